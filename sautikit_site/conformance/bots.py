"""The customer's audio server: bots that echo, speak, and stop when they are told to."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from typing import Any, Final

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from sautikit_site.conformance import waves

_PROTOCOL: Final = Subprotocol("audio.drachtio.org")
_LONG_SECONDS: Final = 20.0
# After so many frames of 20 ms the bot that is interrupted drops what it had to say.
_FRAMES_HEARD: Final = 50


class Bots:
    """One WebSocket server; the path says what its bot does.

    `/echo`, `/speak/HERTZ/SECONDS`, `/asked/SECONDS` with the frequency in the headers of the first
    frame, `/interrupted/HERTZ`. All of them speak at 8 kHz.
    """

    def __init__(self) -> None:
        logging.getLogger("websockets.server").setLevel(logging.WARNING)
        self._server = serve(_answer, "127.0.0.1", 0, subprotocols=[_PROTOCOL], compression=None)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, name="bots", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()


def _answer(link: ServerConnection) -> None:
    assert link.request is not None
    _, kind, *words = link.request.path.split("/")
    with contextlib.suppress(ConnectionClosed):
        _BOTS[kind](link, json.loads(link.recv()), words)


# The first frame is the JSON that says whose call it is.
def _echo(link: ServerConnection, _first: dict[str, Any], _words: list[str]) -> None:
    for frame in link:
        link.send(frame)


def _speak(link: ServerConnection, _first: dict[str, Any], words: list[str]) -> None:
    hertz, seconds = words
    link.send(_tone(hertz, seconds))
    _listen(link)


def _asked(link: ServerConnection, first: dict[str, Any], words: list[str]) -> None:
    link.send(_tone(first["headers"]["hertz"], words[0]))
    _listen(link)


def _interrupted(link: ServerConnection, _first: dict[str, Any], words: list[str]) -> None:
    link.send(_tone(words[0], _LONG_SECONDS))
    for _ in range(_FRAMES_HEARD):
        link.recv()
    link.send(json.dumps({"type": "killAudio"}))
    _listen(link)


def _listen(link: ServerConnection) -> None:
    for _frame in link:
        continue


def _tone(hertz: str, seconds: str | float) -> bytes:
    return waves.tone(float(hertz), float(seconds)).astype("<i2").tobytes()


_BOTS: Final = {"echo": _echo, "speak": _speak, "asked": _asked, "interrupted": _interrupted}
