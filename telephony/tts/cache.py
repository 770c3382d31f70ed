"""The folder of spoken texts: one WAV file per text, voice, language and version."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from telephony.tts.audio import write_wav
from telephony.tts.voices import VERSION

BYTES_MAX = 2 * 1024**3
SAVES_BETWEEN_PRUNES = 500


class Cache:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.saves = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.prune()

    def path(self, *, text: str, language: str, voice: str) -> Path:
        """Return where this speech is, or will be."""
        key = json.dumps([VERSION, language.lower(), voice, text])
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.wav"

    def hit(self, path: Path) -> bool:
        """Say whether the file is there, and mark it as used."""
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def save(self, path: Path, pcm: bytes) -> None:
        """Put a file there whole or not at all; the engine may read it at any moment."""
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as made:
            part = Path(made.name)
        try:
            write_wav(part, pcm)
            part.chmod(0o644)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        self.saves += 1
        if self.saves % SAVES_BETWEEN_PRUNES == 0:
            self.prune()

    def prune(self, bytes_max: int = BYTES_MAX) -> None:
        """Keep what was heard last, up to the limit; drop what a crash left unfinished."""
        for part in self.folder.glob("*.part"):
            part.unlink(missing_ok=True)
        files = [(path, path.stat()) for path in self.folder.glob("*.wav")]
        kept = 0
        for path, status in sorted(files, key=lambda each: each[1].st_mtime, reverse=True):
            kept += status.st_size
            if kept > bytes_max:
                path.unlink(missing_ok=True)
