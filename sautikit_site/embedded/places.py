"""Where things are on this machine: free ports, installed packages, paths short enough for a socket."""

from __future__ import annotations

import hashlib
import socket
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_SOCKET_PATH_MAX: Final = 85


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """Return a port that nobody holds at this moment."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int, kind: int = socket.SOCK_STREAM) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


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
