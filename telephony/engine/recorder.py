"""Taps: what a leg heard and said, as stereo WAV, written away from the tick thread."""

from __future__ import annotations

import queue
import sys
import threading
import wave
from pathlib import Path

import numpy as np

from telephony.engine.codec import SAMPLE_RATE, Pcm

CHUNK_FRAMES = 50


class Tap:
    """One leg's file: left is heard, right is sent; flushed every second."""

    def __init__(self, recorder: Recorder, path: Path) -> None:
        self._recorder = recorder
        self._path = path
        self._frames: list[tuple[Pcm, Pcm]] = []

    def add(self, heard: Pcm, sent: Pcm) -> None:
        """Take one frame of each side."""
        self._frames.append((heard, sent))
        if len(self._frames) >= CHUNK_FRAMES:
            self._flush()

    def close(self) -> None:
        """Write what is left and close the file."""
        self._flush()
        self._recorder.write(self._path, None)

    def _flush(self) -> None:
        frames, self._frames = self._frames, []
        if frames:
            self._recorder.write(self._path, frames)


class Recorder:
    """One writer thread for every tap of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._work: queue.Queue[tuple[Path, list[tuple[Pcm, Pcm]] | None] | None] = queue.Queue()
        self._files: dict[Path, wave.Wave_write] = {}
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def tap(self, leg_id: str) -> Tap:
        """Return a new tap for one leg."""
        return Tap(self, self._folder / f"{leg_id}.wav")

    def write(self, path: Path, frames: list[tuple[Pcm, Pcm]] | None) -> None:
        """Queue frames for a file; None closes it."""
        self._work.put((path, frames))

    def close(self) -> None:
        """Finish every file and stop the thread."""
        self._work.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        while (item := self._work.get()) is not None:
            try:
                self._write(*item)
            except (OSError, wave.Error) as error:
                print(f"tap {item[0].name}: {error}", file=sys.stderr)
        for file in self._files.values():
            file.close()

    def _write(self, path: Path, frames: list[tuple[Pcm, Pcm]] | None) -> None:
        if frames is None:
            file = self._files.pop(path, None)
            if file is not None:
                file.close()
            return
        if path not in self._files:
            self._files[path] = _open(path)
        heard = np.concatenate([frame[0] for frame in frames])
        sent = np.concatenate([frame[1] for frame in frames])
        stereo = np.column_stack((heard, sent)).astype("<i2")
        # writeframes keeps the header right after every chunk, so a killed engine leaves a
        # readable file.
        self._files[path].writeframes(stereo.tobytes())


def _open(path: Path) -> wave.Wave_write:
    file = wave.open(str(path), "wb")  # noqa: SIM115 - stays open for the length of the call.
    file.setnchannels(2)
    file.setsampwidth(2)
    file.setframerate(SAMPLE_RATE)
    return file
