"""The processes, phones and customer that a bench of calls needs."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import seed
from bench.far_end import Client, VoiceServer
from sautikit_site import crew, embedded
from sautikit_site.conformance import phones, waves
from sautikit_site.conformance.ears import Ears
from sautikit_site.faults import storm
from sautikit_site.processes import CALLING

PROBE = "+254729"
TALK_SECONDS = 12
# The workspaces that call: what one of them does at once waits for its own wallet.
TENANTS = 16
EARS_FIRST_PORT = 50_000
_thread = threading.local()


@dataclass
class Lab:
    """What the legs of a bench share."""

    folder: Path
    web: int
    # Whose program each thread is: workspaces take turns.
    tenants: Iterator[seed.Tenant]
    customer: VoiceServer
    ears: Ears
    phones: phones.Phones
    ports: dict[str, int]
    crew: crew.Crew
    probe: Probe

    def cpu_seconds(self) -> dict[str, float]:
        """Return what each of our processes has used, children included."""
        return {name: cpu_of(self.crew.pids(name)) for name in self.crew.running}


class Probe:
    """A called party that notes when each INVITE arrives and is busy."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.seen: dict[str, float] = {}
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                data, source = self.sock.recvfrom(65535)
            except OSError:
                return
            now, text = time.monotonic(), data.decode(errors="replace")
            called = re.search(r"^To:.*?(\d{9,15})@", text, re.M | re.I)
            if text.startswith("INVITE") and called:
                self.seen.setdefault(f"+{called[1]}", now)
                self.sock.sendto(storm.reply(text, "486 Busy Here", tag=True).encode(), source)


@contextlib.contextmanager
def running_lab(environment: dict[str, str]) -> Iterator[Lab]:
    """Run the processes a call needs, with SIPp phones on their trunks, and a customer."""
    with (
        tempfile.TemporaryDirectory(prefix="sautikit-bench-") as name,
        contextlib.ExitStack() as stack,
    ):
        folder, probe, ports = Path(name), Probe(), phones.choose_ports()
        trunks = [it for it in phones.trunks(ports) if not it["name"].startswith("softphone")]
        trunks.insert(0, {**trunks[0], "name": "probe", "port": probe.port, "prefixes": [PROBE]})
        sip = embedded.free_port()
        chosen = environment | {
            "SIP_TRUNKS": json.dumps(trunks), "SIP_PORT": str(sip), "RTP_PORT_MIN": "36000",
            "RTP_PORT_MAX": "37999",
        }  # fmt: skip
        working = stack.enter_context(crew.working(chosen, *CALLING))
        customer, ears = VoiceServer(_pages()), Ears(EARS_FIRST_PORT)
        stack.callback(customer.close)
        stack.callback(ears.close)
        made = phones.Phones(folder, ears, sip, ports)
        stack.callback(made.close)
        made.start({"instant"})
        tenants = itertools.cycle(seed.tenants(TENANTS))
        web = working.port("web")
        yield Lab(folder, web, tenants, customer, ears, made, ports, working, probe)
        probe.sock.close()


def _pages() -> dict[str, tuple[str, bytes]]:
    """Return what the customer says: goodbye at once, or a tone for as long as a talk takes."""
    talk = [{"play": {"url": "tone.wav"}}]
    return {
        "/voice": ("application/json", json.dumps({"actions": [{"hangup": {}}]}).encode()),
        "/talk": ("application/json", json.dumps({"actions": talk}).encode()),
        "/tone.wav": ("audio/wav", waves.wav(waves.tone(450, TALK_SECONDS))),
    }


def post(lab: Lab, to: str, page: str = "voice") -> None:
    tenant, client = _client(lab)
    order = {"from": tenant.number, "to": [to], "voice_callback_url": f"{lab.customer.url}/{page}"}
    status, answer = client.post("/v1/calls", json.dumps(order).encode())
    if status != 202:
        raise SystemExit(f"POST /v1/calls answered {status}: {answer!r}")


def _client(lab: Lab) -> tuple[seed.Tenant, Client]:
    """Return whose program this thread is, and its connection."""
    if not hasattr(_thread, "client"):
        tenant = next(lab.tenants)
        _thread.client = tenant, Client(lab.web, tenant.key)
    client: tuple[seed.Tenant, Client] = _thread.client
    return client


def until(found: object, seconds: float = 60.0, *, every: float = 0.02) -> None:
    deadline = time.monotonic() + seconds
    while not found() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(every)


def cpu_of(pids: list[int]) -> float:
    """Return the CPU seconds of these processes."""
    ticks = 0
    for each in pids:
        with contextlib.suppress(OSError, IndexError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
