"""Ask the speech process for a file.

It speaks HTTP over a Unix socket of this machine, which ``kernel.http`` (the client for the
outside, with pinned addresses) has no business with; the standard library is enough.
"""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

TIMEOUT_SECONDS = 30


class SpeechUnavailable(Exception):
    """The text was not spoken: the process is away, too slow, or refused the text."""


@dataclass(frozen=True, slots=True)
class Speech:
    path: Path
    milliseconds: int


def speak(
    *, text: str, language: str, voice: str, timeout_seconds: float = TIMEOUT_SECONDS
) -> Speech:
    """Return the WAV file of a text; raises SpeechUnavailable."""
    body = json.dumps({"text": text, "language": language, "voice": voice})
    connection = _UnixConnection(settings.TTS_SOCKET, timeout_seconds)
    try:
        connection.request("POST", "/speak", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise SpeechUnavailable(f"the speech process did not answer: {problem}") from problem
    finally:
        connection.close()
    if response.status != 200:
        raise SpeechUnavailable(f"the speech process refused the text: {answer.get('message')}")
    return Speech(Path(answer["path"]), answer["ms"])


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
