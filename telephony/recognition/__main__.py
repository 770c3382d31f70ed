"""``python -m telephony.recognition FILE``: the words of a WAV file as one line of JSON."""

from __future__ import annotations

import json
import os
import sys
import wave

import numpy as np
import numpy.typing as npt
import soxr
from pocketsphinx import Decoder

MODEL_HERTZ = 16_000
# Calls matter more than what was said in one.
NICER = 10
SECONDS_MAX = 600
# In what is quieter than this the recogniser hears words that nobody said.
NOISE_LEVEL = 300


def main(path: str) -> None:
    """Decode one file."""
    os.nice(NICER)
    sound = _load(path)
    found, sure = _decode(sound) if np.abs(sound).max(initial=0) > NOISE_LEVEL else ("", [])
    percent = round(100 * min(1.0, sum(sure) / len(sure))) if sure else 0
    print(json.dumps({"text": found, "confidence_percent": percent}))


def _decode(sound: npt.NDArray[np.int16]) -> tuple[str, list[float]]:
    """Return the words and how sure each of them is."""
    decoder = Decoder(samprate=MODEL_HERTZ, loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    text = found.hypstr if found else ""
    # What stands in angle brackets is silence and noise, not words.
    words = decoder.seg() if text else []
    return text, [each.prob for each in words if not each.word.startswith("<")]


def _load(path: str) -> npt.NDArray[np.int16]:
    """Read the first ten minutes of every channel as one voice at the model's rate."""
    with wave.open(path) as file:
        hertz, channels = file.getframerate(), file.getnchannels()
        raw = file.readframes(SECONDS_MAX * hertz)
    samples = np.frombuffer(raw[: len(raw) // (2 * channels) * 2 * channels], "<i2")
    mono = samples.reshape(-1, channels).mean(axis=1).astype(np.float32)
    heard = soxr.resample(mono, hertz, MODEL_HERTZ)
    rounded: npt.NDArray[np.int16] = np.clip(np.rint(heard), -32768, 32767).astype(np.int16)
    return rounded


if __name__ == "__main__":
    main(sys.argv[1])
