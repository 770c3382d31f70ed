"""A customer's audio server: takes the sub-protocol, keeps what it hears, and says something back."""

import json
import threading

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

SUBPROTOCOL = "audio.drachtio.org"


class Bot:
    """One server; `answer(socket, message)` is called for each frame that arrives."""

    def __init__(
        self, answer=None, *, start=None, subprotocols=(SUBPROTOCOL,), process_request=None
    ):
        self.answer, self.start = answer, start
        self.first = []
        self.frames = []
        self.headers = None
        self.left = threading.Event()
        self._changed = threading.Condition()
        self.server = serve(
            self._serve,
            "127.0.0.1",
            0,
            subprotocols=list(subprotocols) or None,
            process_request=process_request,
            compression=None,
        )
        port = self.server.socket.getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/audio"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.server.shutdown()

    def heard(self, frames, seconds=15):
        """Wait for so many frames and return their samples."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.frames) >= frames, seconds), self.frames
        return np.frombuffer(b"".join(self.frames), "<i2").astype(float)

    def _serve(self, socket):
        self.headers = socket.request.headers
        try:
            self.first.append(json.loads(socket.recv()))
            if self.start:
                self.start(socket)
            for message in socket:
                with self._changed:
                    self.frames.append(message)
                    self._changed.notify_all()
                if self.answer:
                    self.answer(socket, message)
        except ConnectionClosed:
            pass
        self.left.set()


def echo(socket, message):
    socket.send(message)


def tone(hertz, seconds, rate):
    """A tone as the bytes of a stream."""
    at = np.arange(int(rate * seconds))
    return (np.sin(2 * np.pi * hertz * at / rate) * 10000).astype("<i2").tobytes()
