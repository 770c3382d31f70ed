"""Keys as the two tones they are, for far ends that send no telephone-events."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from telephony.engine.codec import FRAME, FRAME_SECONDS, SAMPLE_RATE, Pcm
from telephony.engine.dtmf import Digit

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
PAD = ("123A", "456B", "789C", "*0#D")
# A phone may be off by one and a half in a hundred.
DRIFTS = (0.987, 1.0, 1.013)
# Of all energy in a frame so much lies on the two tones; speech spreads its own.
SHARE_MIN = 0.82
# One tone may be so much stronger than the other, and than its neighbours.
TWIST_MAX = 6.3
CLEAR_MIN = 2.5
LEVEL_MIN = 250.0
# A press is two frames long at least, and over after two without it.
PRESSED_FRAMES = 2
RELEASED_FRAMES = 2

_at = np.arange(FRAME, dtype=np.float64)
_hertz = [drift * tone for drift in DRIFTS for tone in (*ROWS, *COLUMNS)]
_turns = np.exp(-2j * np.pi * np.outer(_hertz, _at) / SAMPLE_RATE)


class Listener:
    """Turns frames of sound into one digit per press."""

    def __init__(self) -> None:
        self._key = ""
        self._frames = 0
        self._missing = 0

    def hear(self, frame: Pcm) -> Digit | None:
        """Take 20 ms of sound; a digit comes out when its key is let go."""
        key = key_of(frame)
        if key and key == self._key:
            self._frames += 1 + self._missing
            self._missing = 0
            return None
        if self._key:
            self._missing += 1
            if not key and self._missing < RELEASED_FRAMES:
                return None
        digit = self._close()
        self._key, self._frames, self._missing = key, 1, 0
        return digit

    def _close(self) -> Digit | None:
        if not self._key or self._frames < PRESSED_FRAMES:
            return None
        return Digit(self._key, "inband", round(self._frames * FRAME_SECONDS * 1000))


def key_of(frame: Pcm) -> str:
    """Return the key whose two tones a frame is made of, or nothing."""
    samples = frame.astype(np.float64)
    total = float(np.dot(samples, samples))
    if total < LEVEL_MIN**2 * FRAME:
        return ""
    energy = (np.abs(_turns @ samples) ** 2 * 2 / FRAME).reshape(len(DRIFTS), 8).max(axis=0)
    rows, columns = energy[:4], energy[4:]
    row, column = int(rows.argmax()), int(columns.argmax())
    low, high = float(rows[row]), float(columns[column])
    if low + high < SHARE_MIN * total or max(low, high) > TWIST_MAX * min(low, high):
        return ""
    is_clear = _stands_out(rows, row) and _stands_out(columns, column)
    return PAD[row][column] if is_clear else ""


def _stands_out(energy: npt.NDArray[np.float64], place: int) -> bool:
    return bool(energy[place] > CLEAR_MIN * np.delete(energy, place).max())
