"""The thread that gives every stream its 20 ms."""

import threading
import time
import traceback

from sandbox.carrier.rtp import Stream

TICK_SECONDS = 0.02
LATE_MAX_SECONDS = 1.0


class MediaClock(threading.Thread):
    """Tick all streams; a stream that fails is dropped, the others go on."""

    def __init__(self) -> None:
        super().__init__(name="carrier-media", daemon=True)
        self.streams: set[Stream] = set()
        self.lock = threading.Lock()
        self.is_stopping = threading.Event()

    def add(self, stream: Stream) -> None:
        """Start to tick a stream."""
        with self.lock:
            self.streams.add(stream)

    def remove(self, stream: Stream) -> None:
        """Stop ticking a stream and close it; harmless when it is gone already."""
        with self.lock:
            self.streams.discard(stream)
            stream.close()

    def run(self) -> None:
        """Tick until stopped; after a long stall start anew instead of sending a burst."""
        due = time.monotonic()
        while not self.is_stopping.is_set():
            self._tick_all()
            due += TICK_SECONDS
            wait = due - time.monotonic()
            if wait < -LATE_MAX_SECONDS:
                due = time.monotonic()
            time.sleep(max(0.0, wait))

    def stop(self) -> None:
        """End the thread at its next tick."""
        self.is_stopping.set()

    def _tick_all(self) -> None:
        with self.lock:
            for stream in list(self.streams):
                try:
                    stream.tick()
                except Exception:
                    traceback.print_exc()
                    self.streams.discard(stream)
