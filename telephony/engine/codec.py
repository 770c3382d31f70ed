"""G.711 by lookup tables: A-law and µ-law bytes to 16-bit samples and back."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 8000
FRAME = 160
FRAME_SECONDS = FRAME / SAMPLE_RATE

Pcm = npt.NDArray[np.int16]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Codec:
    """One G.711 law with its static RTP payload type."""

    name: str
    payload_type: int
    silence: int
    decoding: Pcm = field(repr=False)
    encoding: Codes = field(repr=False)

    def encode(self, samples: Pcm) -> bytes:
        """Return one byte a sample."""
        return self.encoding[samples.view(np.uint16)].tobytes()

    def decode(self, payload: bytes) -> Pcm:
        """Return one sample a byte."""
        return self.decoding[np.frombuffer(payload, np.uint8)]

    def quiet(self, frames: int = 1) -> bytes:
        """Return that many frames of silence."""
        return bytes([self.silence]) * (FRAME * frames)


def _mu_law() -> Pcm:
    codes = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((codes & 0x0F) << 3) + 0x84) << ((codes & 0x70) >> 4)) - 0x84
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _a_law() -> Pcm:
    codes = np.arange(256, dtype=np.int32) ^ 0x55
    segment = (codes & 0x70) >> 4
    step = (codes & 0x0F) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)


def _nearest(decoding: Pcm) -> Codes:
    """Return the nearest code of every 16-bit sample, indexed by the sample's bits."""
    order = np.argsort(decoding, kind="stable")
    levels = decoding[order].astype(np.int32)
    borders = (levels[:-1] + levels[1:]) / 2
    samples = np.arange(65536, dtype=np.uint16).view(np.int16)
    return order[np.searchsorted(borders, samples)].astype(np.uint8)


def _codec(name: str, payload_type: int, silence: int, decoding: Pcm) -> Codec:
    return Codec(name, payload_type, silence, decoding, _nearest(decoding))


PCMU = _codec("PCMU", 0, 0xFF, _mu_law())
PCMA = _codec("PCMA", 8, 0xD5, _a_law())

# Order of preference: East African trunks speak A-law.
CODECS = (PCMA, PCMU)
