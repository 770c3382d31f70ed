"""The suite's engine with a real Asterisk between it and the phones."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT
from telephony.asterisk.install import find
from telephony.asterisk.node import LocalNode

CACHE = ROOT / "var" / "cache" / "asterisk"


class Asterisk:
    """Our gateway and engine as they are; SIP is what `manage.py asterisk_install` put there."""

    def __init__(self) -> None:
        found = find(CACHE)
        if found is None:
            sys.exit("Asterisk is not here: python3 manage.py asterisk_install brings it.")
        self._installed = found
        self.sip_port = embedded.free_port()
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            http = listener.getsockname()[1]
        self._node = {
            "name": "conformance",
            "url": f"ws://127.0.0.1:{http}",
            "password": "conformance",
            "sip_host": "127.0.0.1",
            "sip_port": self.sip_port,
            "rtp_min": 34_000,
            "rtp_max": 35_999,
        }

    def variables(self) -> Mapping[str, str]:
        return {
            "SIP_PORT": str(embedded.free_port()),
            "RTP_PORT_MIN": "32000",
            "RTP_PORT_MAX": "33999",
            "ASTERISK_NODES": json.dumps([self._node]),
        }

    # Trunks are the JSON of SIP_TRUNKS.
    @contextlib.contextmanager
    def running(self, folder: Path, trunks: str) -> Iterator[None]:
        """Run Asterisk beside our processes; they find it when it is up."""
        home = folder / "asterisk"
        home.mkdir()
        print(f"voice_conformance: Asterisk {self._installed.version}", flush=True)
        with LocalNode(self._installed, home, self._node, json.loads(trunks)):
            yield
