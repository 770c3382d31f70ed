"""Sound files of any make, turned into what phones play and people keep, in a process of their own.

A decoder reads what strangers send, so it runs with little memory, little time and no files to open.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final, Literal

Format = Literal["mp3", "opus"]
MEDIA_TYPES: Final = {"wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg"}
# What strangers may send, by the words of `kind`.
KINDS: Final = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
}

KIND_SECONDS = 20
TELEPHONE_SECONDS = 30
ENCODE_SECONDS = 300
# What the child says when the file is at fault and not we.
REFUSED = 3


class NotSound(Exception):
    """The bytes are no sound that we read; the reason is a sentence without its end."""


def kind(raw: bytes) -> str:
    """Say what a file of sound is by its content, one of KINDS; raises NotSound."""
    return _run(["kind", ""], raw, KIND_SECONDS).decode()


def telephone(raw: bytes, *, seconds_max: int) -> bytes:
    """Turn WAV, MP3, Ogg or FLAC into an 8 kHz mono 16-bit WAV; raises NotSound."""
    return _run(["telephone", str(seconds_max)], raw, TELEPHONE_SECONDS)


def encode(wav: Path, form: Format) -> bytes:
    """Return a WAV file in another format, its channels kept; raises NotSound."""
    return _run(["encode", form], wav.read_bytes(), ENCODE_SECONDS)


def _run(arguments: list[str], raw: bytes, seconds: int) -> bytes:
    command = [sys.executable, "-m", "kernel.sound", *arguments]
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            command, input=raw, capture_output=True, timeout=seconds, cwd=root, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotSound("it takes too long to read") from None
    if done.returncode == REFUSED:
        raise NotSound(done.stderr.decode(errors="replace").strip()[:200])
    if done.returncode:
        raise NotSound("it cannot be read")
    return done.stdout
