"""Recording one caller: when it begins, what silence is, and why it is over; no sockets, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from telephony.engine.codec import FRAME, FRAME_SECONDS, SAMPLE_RATE, Codec, Pcm
from telephony.engine.recorder import File

LONGEST_SECONDS = 3600.0
# Below this a frame is the noise of a line: about 45 dB under full scale.
VOICE_LEVEL = 180.0
# What a trimmed recording keeps before the first word and after the last.
PADDING_FRAMES = 10
BEEP_HERTZ = 1000
BEEP_SECONDS = 0.3
BEEP_LEVEL = 8000


@dataclass
class Capture:
    """One recording in progress; every method returns the reason when it is over, else None."""

    id: str
    file: File
    silence_s: float
    max_s: float
    finish_on_key: str
    trim: bool
    digits: str = ""
    begun: bool = False
    _heard: int = 0
    _silent: int = 0
    _held: list[Pcm] = field(default_factory=list)

    def hear(self, frame: Pcm) -> str | None:
        """Take one frame of what the caller says."""
        self._heard += 1
        if is_voice(frame):
            self._silent = 0
            self._keep(frame)
        else:
            self._silent += 1
            self._hold(frame)
        if self._heard * FRAME_SECONDS >= min(self.max_s, LONGEST_SECONDS):
            return "max"
        if self.silence_s and self._silent * FRAME_SECONDS >= self.silence_s:
            return "silence"
        return None

    def press(self, key: str) -> str | None:
        """Take one key; keys that do not end the recording are no part of it."""
        if key not in self.finish_on_key:
            return None
        self.digits = key
        return "key"

    def close(self) -> int:
        """Finish the file and return its length in milliseconds."""
        for frame in self._held[:PADDING_FRAMES]:
            self.file.add(frame)
        self.file.close()
        return round(self.file.frames * FRAME_SECONDS * 1000)

    def _keep(self, frame: Pcm) -> None:
        for each in (*self._held, frame):
            self.file.add(each)
        self._held.clear()

    def _hold(self, frame: Pcm) -> None:
        """Keep silence back until a voice follows; before the first word only a little of it."""
        if not self.trim:
            self.file.add(frame)
            return
        self._held.append(frame)
        if not self.file.frames and len(self._held) > PADDING_FRAMES:
            self._held.pop(0)


def is_voice(frame: Pcm) -> bool:
    """Say whether a frame is louder than a quiet line."""
    samples = frame.astype(np.float32)
    return float(np.dot(samples, samples)) > VOICE_LEVEL * VOICE_LEVEL * len(frame)


def beep(codec: Codec) -> bytes:
    """Return the tone that says "speak now" as whole frames."""
    frames = round(BEEP_SECONDS / FRAME_SECONDS)
    at = np.arange(frames * FRAME, dtype=np.float32)
    tone = np.sin(at * np.float32(2 * np.pi * BEEP_HERTZ / SAMPLE_RATE)) * BEEP_LEVEL
    return codec.encode(tone.astype(np.int16))
