"""Sound files the engine can play: spoken texts, downloaded recordings, silence."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import time
import wave
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
import soxr
from django.conf import settings

from kernel.http import HttpFailed, Timeouts, request
from telephony.errors import SoundUnavailable
from telephony.interpreter.prompts import Audio, Prompt, Silence, Speech
from telephony.tts import client

Samples = npt.NDArray[np.int16]
Waves = npt.NDArray[np.float32]

SAMPLE_RATE = 8000
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
    _save(path, convert(reply.body))
    return path


def convert(raw: bytes) -> Samples:
    """Turn a WAV file of any rate into 8 kHz mono samples; raises SoundUnavailable."""
    try:
        with wave.open(io.BytesIO(raw)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as problem:
        raise SoundUnavailable(f"the file is not a PCM WAV file: {problem}") from None
    samples = _samples(frames, width)
    usable = len(samples) // channels * channels
    mono = samples[:usable].reshape(-1, channels).mean(axis=1).astype(np.float32)
    if rate != SAMPLE_RATE:
        mono = soxr.resample(mono, rate, SAMPLE_RATE)
    heard: Samples = np.clip(np.rint(mono * 32767), -32768, 32767).astype(np.int16)
    return heard


def _samples(frames: bytes, width: int) -> Waves:
    if width == 1:
        return ((np.frombuffer(frames, np.uint8).astype(np.float32)) - 128) * np.float32(1 / 128)
    if width not in (2, 4):
        raise SoundUnavailable("the WAV file is neither 8, 16 nor 32 bit")
    kind = "<i2" if width == 2 else "<i4"
    scale = np.float32(1 / 2 ** (8 * width - 1))
    whole = frames[: len(frames) // width * width]
    return np.frombuffer(whole, kind).astype(np.float32) * scale


def _silence(seconds: int) -> Path:
    path = _folder("silence") / f"{seconds}.wav"
    if not path.exists():
        _save(path, np.zeros(seconds * SAMPLE_RATE, np.int16))
    return path


def _folder(name: str) -> Path:
    folder = Path(settings.VAR_DIR) / "media" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _save(path: Path, samples: Samples) -> None:
    """Put a file there whole or not at all; the engine may read it at any moment."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(descriptor, "wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    Path(part).replace(path)
