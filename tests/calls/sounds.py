"""Sound files of every kind that `play` plays, made here."""

import io
import wave

import av
import numpy as np


def tone(hertz=700, seconds=0.5, rate=8000):
    at = np.arange(int(seconds * rate)) / rate
    return (np.sin(2 * np.pi * hertz * at) * 12_000).astype("<i2")


def wav(samples=None, *, rate=8000, channels=1):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes((tone(rate=rate) if samples is None else samples).tobytes())
    return out.getvalue()


def coded(codec, container, *, rate=16_000):
    """Have the same tone coded: mp3, ogg with Opus or Vorbis, flac."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        stream = target.add_stream(codec, rate=48_000 if codec == "libopus" else rate)
        frame = av.AudioFrame.from_ndarray(tone(rate=rate)[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        wanted = av.AudioResampler(
            format=stream.format, layout="mono", rate=stream.rate, frame_size=stream.frame_size
        )
        for piece in [*wanted.resample(frame), *wanted.resample(None)]:
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return out.getvalue()
