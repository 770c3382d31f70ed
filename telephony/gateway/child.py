"""One engine process: its socket, its row and its lease."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from kernel import clock
from kernel.env import child_environment
from kernel.ids import uuid7
from telephony import inside, places
from telephony.gateway.places import Place
from telephony.models import Engine

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
USER_AGENT = "Sautikit"


class Child:
    """An engine we started; lines may be sent from any thread."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.id: UUID = uuid7()
        self.is_ready = threading.Event()
        # Told to take no new legs, which cannot be taken back.
        self.is_draining = False
        self.sip_port = 0
        self.journal = Path(settings.VAR_DIR) / "engine" / f"{self.id}.journal"
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        self._sending = threading.Lock()
        # What the engine's end of the socket had no room for.
        self._unsent = bytearray()
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "telephony.engine", "--fd", str(theirs.fileno())],
                cwd=settings.BASE_DIR,
                env=child_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._socket = ours
        self.send(self._configuration())

    def row(self) -> Engine:
        """Return the row of this run, which events and leases refer to; write it when missing.

        A database brought back from a backup under a running gateway has lost it.
        """
        now = clock.now()
        found, is_new = Engine.objects.get_or_create(
            pk=self.id,
            defaults={
                "host": socket.gethostname(),
                "pid": self.process.pid,
                "sip_port": self.sip_port,
                "journal": str(self.journal),
                "renewed_at": now,
                "lease_until": now + LEASE,
            },
        )
        if is_new:
            places.occupy(host=found.host, name=self.place.name, engine_id=found.id)
        return found

    def listens_on(self, sip_port: int) -> None:
        """Store where the engine answers SIP; it is ready now."""
        self.sip_port = sip_port
        self.row()
        Engine.objects.filter(pk=self.id).update(sip_port=sip_port)
        self.is_ready.set()

    def renew(self) -> None:
        """Renew the lease in the database and only then tell the engine until when it holds.

        The engine reads the same clock, so a line that waited for it promises no more than the row.
        """
        until = time.monotonic() + LEASE.total_seconds()
        now = clock.now()
        held = Engine.objects.filter(pk=self.id, closed_at=None).update(
            renewed_at=now, lease_until=now + LEASE
        )
        if held or self.row().closed_at is None:
            self.send({"kind": "lease", "until": until})

    def drain(self) -> None:
        """Let the engine take no new legs and stop when the last one ends."""
        self.is_draining = True
        self.send({"kind": "drain"})

    # A line is one JSON object of the engine protocol.
    def send(self, line: dict[str, Any]) -> None:
        """Send one line without waiting; an engine that is gone ends its legs by itself.

        What a busy engine has no room for goes with the next line, at the latest with its lease:
        whoever sends serves other engines too.
        """
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        with self._sending:
            self._unsent += data
            try:
                while self._unsent:
                    del self._unsent[: self._socket.send(self._unsent, socket.MSG_DONTWAIT)]
            except BlockingIOError:
                return
            except OSError as problem:
                self._unsent.clear()
                log.warning("engine %s does not listen: %s", self.id, problem)

    # A line is one JSON object of the engine protocol.
    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what the engine says until its socket closes."""
        with self._socket.makefile("rb") as stream:
            while raw := self._read_line(stream):
                yield json.loads(raw)

    def close(self) -> int:
        """Wait for the process to be gone and return its exit code."""
        self._socket.close()
        try:
            return self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def _read_line(self, stream: Any) -> bytes:
        """Read one line; a cut connection is the end of the stream."""
        try:
            raw: bytes = stream.readline()
        except OSError:
            return b""
        return raw if raw.endswith(b"\n") else b""

    # The configuration is the first line of the engine protocol.
    def _configuration(self) -> dict[str, Any]:
        rtp_min, rtp_max = self.place.rtp_ports
        return {
            "engine_id": str(self.id),
            "sip_host": settings.SIP_HOST,
            "sip_port": self.place.sip_port,
            "rtp_min": rtp_min,
            "rtp_max": rtp_max,
            "trunks": [*settings.SIP_TRUNKS, *inside.trunks()],
            "journal": str(self.journal),
            "tap_dir": settings.ENGINE_TAP_DIR or None,
            "lease_seconds": int(LEASE.total_seconds()),
            "user_agent": USER_AGENT,
            "asterisk": self.place.node,
            "private_targets": settings.ALLOW_PRIVATE_TARGETS,
        }
