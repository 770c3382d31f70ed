"""Sound files the engine can play: spoken texts, downloaded recordings, silence."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path
from uuid import UUID

from django.conf import settings

from calls.services import uploads
from telephony import downloads
from telephony.errors import SoundUnavailable
from telephony.interpreter.prompts import Audio, Prompt, Silence, Speech
from telephony.tts import client

log = logging.getLogger(__name__)


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
            return _uploaded(url) if uploads.is_ours(url) else downloads.get(url, _folder("audio"))
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
    return downloads.forget_old(_folder("audio"))


def _uploaded(url: str) -> Path:
    """Read a customer's file from our own storage and not over the network."""
    path = _folder("audio") / f"{hashlib.sha256(url.encode()).hexdigest()}.wav"
    if path.exists():
        return path
    try:
        raw = uploads.sound_at(url)
    except Exception:
        # Each kind of store has its own words for being away.
        log.exception("an upload cannot be read")
        raise SoundUnavailable("the uploaded file cannot be read now") from None
    if raw is None:
        raise SoundUnavailable(f"{url} has ended: upload the file again")
    from telephony import waves

    waves.save(path, waves.convert(raw))
    return path


def _speak(text: str, language: str, voice: str) -> Path:
    try:
        return client.speak(text=text, language=language, voice=voice).path
    except client.SpeechUnavailable as problem:
        raise SoundUnavailable(str(problem)) from None


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
