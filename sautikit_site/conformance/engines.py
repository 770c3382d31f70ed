"""Which engine carries the calls of a run: the suite knows one only by these few facts.

Another engine joins by a class like `Native` in `ENGINES`; nothing else of the suite changes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from sautikit_site import embedded
from sautikit_site.conformance.asterisk import Asterisk


class Exchange(Protocol):
    """An engine under test, from what our processes are told to where phones call it."""

    # Where phones that call us send their INVITE (UDP on 127.0.0.1).
    sip_port: int

    def variables(self) -> Mapping[str, str]:
        """Return the settings that choose and place the engine."""

    # Trunks are the JSON of SIP_TRUNKS: every phone behaviour is one, on 127.0.0.1.
    def running(self, folder: Path, trunks: str) -> contextlib.AbstractContextManager[None]:
        """Run what is not ours (a real PBX) for as long as the block lasts."""


class Native:
    """The engine that comes with the product."""

    def __init__(self) -> None:
        self.sip_port = embedded.free_port()
        self._rtp_min = 30_000

    def variables(self) -> Mapping[str, str]:
        return {
            "SIP_PORT": str(self.sip_port),
            "RTP_PORT_MIN": str(self._rtp_min),
            "RTP_PORT_MAX": str(self._rtp_min + 1999),
        }

    @contextlib.contextmanager
    def running(self, folder: Path, trunks: str) -> Iterator[None]:
        yield


ENGINES: Final[Mapping[str, type[Exchange]]] = {"native": Native, "asterisk": Asterisk}
