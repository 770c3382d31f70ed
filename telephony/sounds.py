"""Sound files the engine can play: spoken texts, downloaded recordings, silence."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kernel.http import HttpFailed, Timeouts, request
from telephony.errors import SoundUnavailable
from telephony.interpreter.prompts import Audio, Prompt, Silence, Speech
from telephony.tts import client

AUDIO_BYTES_MAX = 10 * 1024 * 1024
AUDIO_TIMEOUTS = Timeouts(connect_seconds=3.0, total_seconds=10.0)
AUDIO_KEPT_SECONDS = 24 * 3600


def key_of(prompt: Prompt) -> str:
    """Name a prompt, so that its file is found again when its turn comes."""
    return json.dumps(prompt_as_json(prompt), separators=(",", ":"))


# A prompt is stored as its kind and its fields.
def prompt_as_json(prompt: Prompt) -> list[str | int]:
    match prompt:
        case Speech(text, language, voice):
            return ["speech", text, language, voice]
        case Audio(url):
            return ["audio", url]
        case Silence(seconds):
            return ["silence", seconds]


# A prompt is stored as its kind and its fields.
def prompt_from_json(plain: list[str | int]) -> Prompt:
    kind, *values = plain
    if kind == "speech":
        text, language, voice = map(str, values)
        return Speech(text, language, voice)
    return Audio(str(values[0])) if kind == "audio" else Silence(int(values[0]))


def make(prompt: Prompt, *, call_id: UUID) -> Path:
    """Return the 8 kHz mono WAV file of a prompt; raises SoundUnavailable."""
    match prompt:
        case Speech(text, language, voice):
            return _speak(text, language, voice)
        case Audio(url):
            return _download(url, call_id)
        case Silence(seconds):
            return _silence(seconds)


def melody() -> Path:
    """Return what is heard while waiting when the customer names nothing."""
    path = _folder("music") / "melody.wav"
    if not path.exists():
        from telephony import waves

        waves.save(path, waves.melody())
    return path


def forget_old() -> int:
    """Delete downloaded recordings of yesterday's calls and return how many."""
    limit = time.time() - AUDIO_KEPT_SECONDS
    old = [path for path in _folder("audio").glob("*.wav") if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _speak(text: str, language: str, voice: str) -> Path:
    try:
        return client.speak(text=text, language=language, voice=voice).path
    except client.SpeechUnavailable as problem:
        raise SoundUnavailable(str(problem)) from None


def _download(url: str, call_id: UUID) -> Path:
    """Fetch a recording once per call and convert it to what the engine plays."""
    name = hashlib.sha256(f"{call_id}\n{url}".encode()).hexdigest()
    path = _folder("audio") / f"{name}.wav"
    if path.exists():
        return path
    try:
        reply = request("GET", url, timeouts=AUDIO_TIMEOUTS, max_bytes=AUDIO_BYTES_MAX)
    except HttpFailed as problem:
        raise SoundUnavailable(f"{url}: {problem.reason}") from None
    if reply.status != 200:
        raise SoundUnavailable(f"{url} answered {reply.status}")
    if reply.truncated:
        raise SoundUnavailable(f"{url} is larger than {AUDIO_BYTES_MAX // 1024 // 1024} MiB")
    # numpy is slow to load and only the worker makes sounds.
    from telephony import waves

    waves.save(path, waves.convert(reply.body))
    return path


def _silence(seconds: int) -> Path:
    path = _folder("silence") / f"{seconds}.wav"
    if not path.exists():
        from telephony import waves

        waves.save(path, waves.silence(seconds))
    return path


def _folder(name: str) -> Path:
    folder = Path(settings.VAR_DIR) / "media" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
