"""``python -m kernel.sound``: bytes in on standard input, bytes out on standard output."""

from __future__ import annotations

import io
import resource
import sys
import wave
from collections.abc import Callable, Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from kernel.sound import REFUSED, NotSound

PHONE_HERTZ = 8000
MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = {"kind": 10, "telephone": 20, "encode": 240}
# The demuxer is named by us: one that is guessed may be one that opens other files.
MAGIC = ((b"RIFF", "wav"), (b"OggS", "ogg"), (b"fLaC", "flac"), (b"ID3", "mp3"))
# Codec, container, bits a second for each channel, sampling rate, form of a sample.
FORMATS = {
    "mp3": ("libmp3lame", "mp3", 32_000, 16_000, "s16p"),
    "opus": ("libopus", "ogg", 24_000, 16_000, "s16"),
}


def main(arguments: list[str]) -> int:
    """Read the command line and run."""
    work, value = arguments
    _confine(CPU_SECONDS[work])
    raw = sys.stdin.buffer.read()
    works: dict[str, Callable[[], bytes]] = {
        "kind": lambda: kind(raw).encode(),
        "telephone": lambda: telephone(raw, int(value)),
        "encode": lambda: encode(raw, value),
    }
    try:
        sys.stdout.buffer.write(works[work]())
    except NotSound as problem:
        print(problem, file=sys.stderr)
        return REFUSED
    except (av.FFmpegError, ValueError, EOFError) as problem:
        print(f"it cannot be decoded: {problem}", file=sys.stderr)
        return REFUSED
    return 0


def kind(raw: bytes) -> str:
    """Return what the sound is kept in, once the first of it was decoded."""
    for piece in _pcm(raw, layout="mono", hertz=PHONE_HERTZ):
        if piece:
            return _container(raw)
    raise NotSound("it holds no sound")


def telephone(raw: bytes, seconds_max: int) -> bytes:
    """Return the sound as phones play it; longer than the limit is refused."""
    pieces: list[bytes] = []
    length = 0
    for piece in _pcm(raw, layout="mono", hertz=PHONE_HERTZ):
        pieces.append(piece)
        length += len(piece)
        if length > seconds_max * PHONE_HERTZ * 2:
            raise NotSound(f"it is longer than {seconds_max} seconds")
    if not length:
        raise NotSound("it holds no sound")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(PHONE_HERTZ)
        file.writeframes(b"".join(pieces))
    return out.getvalue()


def encode(raw: bytes, form: str) -> bytes:
    """Return the sound in another format."""
    codec, container, bits, hertz, sample = FORMATS[form]
    with av.open(io.BytesIO(raw), "r", format="wav") as source:
        channels = source.streams.audio[0].channels
        layout = "stereo" if channels == 2 else "mono"
        out = io.BytesIO()
        with av.open(out, "w", format=container) as target:
            stream = target.add_stream(codec, rate=hertz)
            assert isinstance(stream, AudioStream)
            stream.layout = layout
            stream.format = sample
            stream.bit_rate = bits * channels
            wanted = AudioResampler(format=sample, layout=layout, rate=hertz)
            for frame in _resampled(source.decode(audio=0), wanted):
                target.mux(stream.encode(frame))
            target.mux(stream.encode(None))
    return out.getvalue()


def _pcm(raw: bytes, *, layout: str, hertz: int) -> Iterator[bytes]:
    with av.open(io.BytesIO(raw), "r", format=_container(raw)) as source:
        if not source.streams.audio:
            raise NotSound("it holds no sound")
        wanted = AudioResampler(format="s16", layout=layout, rate=hertz)
        for frame in _resampled(source.decode(audio=0), wanted):
            yield bytes(frame.planes[0])[: frame.samples * 2]


def _resampled(frames: Iterator[AudioFrame], wanted: AudioResampler) -> Iterator[AudioFrame]:
    for frame in frames:
        frame.pts = None
        yield from wanted.resample(frame)
    yield from wanted.resample(None)


def _container(raw: bytes) -> str:
    for magic, name in MAGIC:
        if raw.startswith(magic):
            return name
    # A frame of MPEG audio begins with eleven ones.
    if len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xE0 == 0xE0:
        return "mp3"
    raise NotSound("it is not WAV, MP3, Ogg or FLAC")


def _confine(cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
