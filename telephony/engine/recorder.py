"""WAV files of calls, written away from the tick thread: taps of both sides, and recordings."""

from __future__ import annotations

import queue
import sys
import threading
import wave
from pathlib import Path

import numpy as np

from telephony.engine.codec import SAMPLE_RATE, Pcm

CHUNK_FRAMES = 50
PART = ".part"


class File:
    """One WAV file being written; flushed every second."""

    def __init__(
        self, recorder: Recorder, path: Path, *, channels: int, whole_only: bool = False
    ) -> None:
        self.path = path
        self.channels = channels
        # Such a file has its name only when it is whole; until then it has PART behind it.
        self.whole_only = whole_only
        self.frames = 0
        self._recorder = recorder
        self._waiting: list[tuple[Pcm, ...]] = []

    @property
    def working_path(self) -> Path:
        return self.path.with_name(self.path.name + PART) if self.whole_only else self.path

    def add(self, *sides: Pcm) -> None:
        """Take one frame of each channel."""
        self.frames += 1
        self._waiting.append(sides)
        if len(self._waiting) >= CHUNK_FRAMES:
            self._flush()

    def close(self) -> None:
        """Write what is left and give the file its name."""
        self._flush()
        self._recorder.write(self, None)

    def _flush(self) -> None:
        frames, self._waiting = self._waiting, []
        if frames:
            self._recorder.write(self, frames)


class Recorder:
    """One writer thread for every file of the process."""

    def __init__(self) -> None:
        self._work: queue.Queue[tuple[File, list[tuple[Pcm, ...]] | None] | None] = queue.Queue()
        self._open: dict[File, wave.Wave_write] = {}
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def file(self, path: Path, *, channels: int, whole_only: bool = False) -> File:
        """Return a new file; nothing is on disk before its first second."""
        return File(self, path, channels=channels, whole_only=whole_only)

    def write(self, file: File, frames: list[tuple[Pcm, ...]] | None) -> None:
        """Queue frames for a file; None closes it."""
        self._work.put((file, frames))

    def close(self) -> None:
        """Finish every file and stop the thread."""
        self._work.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        while (item := self._work.get()) is not None:
            try:
                self._write(*item)
            except (OSError, wave.Error) as error:
                print(f"recorder {item[0].path.name}: {error}", file=sys.stderr)
        for wav in self._open.values():
            wav.close()

    def _write(self, file: File, frames: list[tuple[Pcm, ...]] | None) -> None:
        if file not in self._open:
            self._open[file] = _open(file)
        if frames is None:
            self._open.pop(file).close()
            file.working_path.replace(file.path)
            return
        sides = [np.concatenate(side) for side in zip(*frames, strict=True)]
        # writeframes keeps the header right after every chunk, so a killed engine leaves a
        # readable file.
        self._open[file].writeframes(np.column_stack(sides).astype("<i2").tobytes())


def _open(file: File) -> wave.Wave_write:
    file.path.parent.mkdir(parents=True, exist_ok=True)
    wav = wave.open(str(file.working_path), "wb")  # noqa: SIM115 - open as long as the call is.
    wav.setnchannels(file.channels)
    wav.setsampwidth(2)
    wav.setframerate(SAMPLE_RATE)
    # Even a file without a frame has its header.
    wav.writeframes(b"")
    return wav
