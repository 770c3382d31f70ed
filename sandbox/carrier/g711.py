"""G.711 by tables: the decoder as the standard's formula, the encoder as its nearest value."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]
Bytes = npt.NDArray[np.uint8]


class Codec:
    """One of the two laws, with its RTP payload type."""

    def __init__(self, name: str, payload_type: int, levels: Samples) -> None:
        self.name, self.payload_type, self.levels = name, payload_type, levels
        self.codes = nearest_codes(levels)

    def decode(self, payload: bytes) -> Samples:
        """Turn payload bytes into samples."""
        decoded: Samples = self.levels[np.frombuffer(payload, np.uint8)]
        return decoded

    def encode(self, samples: Samples) -> bytes:
        """Turn samples into payload bytes."""
        return self.codes[samples.view(np.uint16)].tobytes()


def mu_law_levels() -> Samples:
    code = ~np.arange(256, dtype=np.uint8)
    mantissa, exponent = (code & 0x0F).astype(np.int32), (code >> 4) & 0x07
    size = (((mantissa << 3) + 132) << exponent) - 132
    return np.where(code & 0x80, -size, size).astype(np.int16)


def a_law_levels() -> Samples:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    mantissa, exponent = (code & 0x0F).astype(np.int32), ((code >> 4) & 0x07).astype(np.int32)
    flat = (mantissa << 4) + 8
    size = np.where(exponent == 0, flat, (flat + 256) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


def nearest_codes(levels: Samples) -> Bytes:
    """Find for each 16-bit sample the code whose level is nearest, indexed by its unsigned view."""
    order = np.argsort(levels, kind="stable")
    ascending = levels[order].astype(np.int32)
    middles = (ascending[1:] + ascending[:-1]) // 2
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)
    return order[np.searchsorted(middles, samples, side="left")].astype(np.uint8)


PCMU = Codec("PCMU", 0, mu_law_levels())
PCMA = Codec("PCMA", 8, a_law_levels())
CODECS = {codec.payload_type: codec for codec in (PCMA, PCMU)}
