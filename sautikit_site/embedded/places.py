"""Where things are on this machine: free ports, installed packages, paths short enough for a socket."""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_SOCKET_PATH_MAX: Final = 85
# Above those that Linux gives to whoever connects, up to the last one. A phone's sound takes the next ones.
_FIRST_PORT, _PARTS, _PART, _STEP = 61_000, 8, 567, 4


def free_port() -> int:
    """Return a port that nobody holds, for TCP and UDP, and that nobody is given by chance."""
    draws = _draws(os.getpid())
    for port in itertools.islice(draws, _PART // _STEP):
        if is_free(port) and is_free(port, socket.SOCK_DGRAM):
            return port
    raise OSError("no port is free")


def is_free(port: int, kind: int = socket.SOCK_STREAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@functools.cache
def _draws(process: int) -> Iterator[int]:
    """Go round the part of one process, so that two that start at once do not choose the same."""
    first = _FIRST_PORT + process % _PARTS * _PART
    ports = range(first, first + _PART, _STEP)
    return itertools.islice(itertools.cycle(ports), secrets.randbelow(len(ports)), None)


def package(name: str) -> Path | None:
    spec = find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def tag(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:10]


def short_path(path: Path, folder: Path) -> Path:
    """Return a path that a socket may have: it must fit into 107 bytes, in a deep folder too."""
    if len(str(path)) <= _SOCKET_PATH_MAX:
        return path
    short = Path(tempfile.gettempdir()) / f"sautikit-{tag(folder)}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / path.name
