"""The torture messages of RFC 4475 and many damaged packets at the ports of one engine."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kernel import env
from sautikit_site import embedded
from sautikit_site.bootstrap import ROOT
from sautikit_site.faults import storm
from sautikit_site.faults.rfc4475 import MESSAGES

_HOST, _STRANGER = "127.0.0.1", "127.0.0.9"
_PING_EVERY: Final = 50
_PING_SECONDS: Final = 20.0
_BEAT_SECONDS: Final = 0.3
# What a transaction of SIP lives at most; afterwards nothing of the storm may be left.
_AFTERMATH_SECONDS: Final = 40.0
# What the second of two equal storms may add to what the first one left behind.
_GROWTH_MIB: Final = 4.0
_PLATEAU_COUNT: Final = 10_000
_SAID_BYTES: Final = 2_000_000
_GOOD_CALLS: Final = 10


class Engine:
    """An engine process of our own, and the trunk it knows, played by one socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trunk = _bound(_HOST)
        self.media = _bound(_HOST)
        self.legs: dict[str, list[str]] = {}
        self._said = (folder / "stderr").open("wb")
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "telephony.engine", "--fd", str(theirs.fileno())],
                cwd=ROOT, env=env.child_environment(), pass_fds=[theirs.fileno()], stderr=self._said,
                stdin=subprocess.DEVNULL, preexec_fn=embedded.child_setup(signal.SIGKILL),
            )  # fmt: skip
        self._socket = ours
        self._sending = threading.Lock()
        self.send(self._configuration())
        self._lines = ours.makefile("rb")
        self.port = int(json.loads(self._lines.readline())["sip_port"])
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._beat, daemon=True).start()

    # A line is one JSON object of the engine protocol.
    def send(self, line: dict[str, Any]) -> None:
        with self._sending, contextlib.suppress(OSError):
            self._socket.sendall(json.dumps(line).encode() + b"\n")

    def memory_mib(self) -> float:
        """Return what the process holds in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def call(self, leg: str) -> int:
        """Have the engine call the trunk and answer it; return the engine's media port."""
        self.send(
            {"kind": "originate", "leg": leg, "from": "+254207000001", "to": "+254711000001",
             "trunk": "t", "ring_timeout_s": 20, "paid_until_s": 3600, "display": None}
        )  # fmt: skip
        invite = self.hear("INVITE ")
        own, media = self.trunk.getsockname()[1], self.media.getsockname()[1]
        self.trunk.sendto(storm.answer(invite, own, media).encode(), self.address)
        self.hear("ACK ")
        port = re.search(r"m=audio (\d+)", invite)
        assert port is not None
        return int(port[1])

    def hang_up(self, leg: str) -> None:
        self.send({"kind": "hangup", "leg": leg, "cause": "over"})
        bye = self.hear("BYE ")
        self.trunk.sendto(storm.reply(bye, "200 OK").encode(), self.address)

    @property
    def address(self) -> tuple[str, int]:
        return _HOST, self.port

    def hear(self, begin: str) -> str:
        """Return the next message to the trunk that begins so; answers to the storm are passed."""
        deadline = time.monotonic() + _PING_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                text = self.trunk.recv(65535).decode(errors="replace")
                if text.startswith(begin):
                    return text
        raise TimeoutError(f"the engine never said {begin!r}")

    def ping(self, number: int) -> None:
        """Ask whether it lives, and so wait until it has read what came before."""
        own = self.trunk.getsockname()[1]
        wanted = f"storm-{number}@127.0.0.1"
        for _ in range(int(_PING_SECONDS)):
            self.trunk.sendto(storm.request("OPTIONS", number, own, self.port), self.address)
            with contextlib.suppress(TimeoutError):
                while True:
                    text = self.trunk.recv(65535).decode(errors="replace")
                    if wanted in text and text.startswith("SIP/2.0 200"):
                        return
        raise TimeoutError("the engine does not answer OPTIONS any more")

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self._said.close()
            self._socket.close()

    def said(self) -> int:
        return (self.folder / "stderr").stat().st_size

    def _listen(self) -> None:
        """Do what a gateway does: refuse who calls, note what happened."""
        with contextlib.suppress(OSError, ValueError):
            for raw in self._lines:
                line = json.loads(raw)
                if "seq" in line:
                    self.send({"kind": "ack", "seq": line["seq"]})
                if "leg" in line:
                    self.legs.setdefault(line["leg"], []).append(line["kind"])
                if line["kind"] == "incoming":
                    self.send({"kind": "reject", "leg": line["leg"], "code": 404})

    def _beat(self) -> None:
        while self.process.poll() is None:
            self.send({"kind": "lease"})
            time.sleep(_BEAT_SECONDS)

    def _configuration(self) -> dict[str, Any]:
        trunk = {
            "name": "t", "host": _HOST, "port": self.trunk.getsockname()[1], "username": "",
            "password": "", "prefixes": ["+254"], "mode": "both",
        }  # fmt: skip
        return {
            "engine_id": "storm", "sip_host": "0.0.0.0", "sip_port": 0, "public_host": _HOST,
            "rtp_min": 34_000, "rtp_max": 35_999, "trunks": [trunk],
            "journal": str(self.folder / "journal"), "tap_dir": None, "lease_seconds": 10,
            "user_agent": "Sautikit",
        }  # fmt: skip


def run(*, seed: int, count: int) -> bool:
    """Send the torture messages and so many damaged packets; True when nothing came of it."""
    folder = Path(tempfile.mkdtemp(prefix="sautikit-storm-"))
    engine = Engine(folder)
    wrong: list[str] = []
    try:
        figure = _weather(engine, storm.Dice(seed), count, wrong)
    except (TimeoutError, OSError) as problem:
        wrong.append(f"{problem}; exit code {engine.process.poll()}")
        figure = "it broke off"
    if (code := engine.stop()) != 0:
        wrong.append(f"the engine ended with {code}")
    if engine.said() > _SAID_BYTES:
        wrong.append(f"it said {engine.said()} bytes of complaints")
    for line in wrong:
        print(f"WRONG: {line}")
    if wrong:
        print((folder / "stderr").read_text(errors="replace")[-3000:])
    shutil.rmtree(folder, ignore_errors=True)
    print(
        f"faults sip, seed {seed}: {figure}: {'FAILED' if wrong else 'every promise held'}",
        flush=True,
    )
    return not wrong


def _weather(engine: Engine, dice: storm.Dice, count: int, wrong: list[str]) -> str:
    """Play the storm while one call goes on, and ten calls after it."""
    print(f"  the {len(MESSAGES)} messages of RFC 4475, then {count} damaged packets", flush=True)
    media = engine.call("steady")
    stranger = _bound(_STRANGER)
    for number, (name, message) in enumerate(MESSAGES.items()):
        engine.trunk.sendto(message, engine.address)
        stranger.sendto(message, engine.address)
        try:
            engine.ping(10_000_000 + number)
        except TimeoutError:
            wrong.append(f"after {name} the engine does not answer")
            raise
    marks = list(_rain(engine, dice, count, media, stranger))
    heard = _replies(stranger)
    if heard:
        wrong.append(f"a stranger got {heard} answers")
    if "ended" in engine.legs.get("steady", []):
        wrong.append("the call that went on beside the storm was ended")
    else:
        engine.hang_up("steady")
    for number in range(_GOOD_CALLS):
        engine.call(f"good-{number}")
        engine.hang_up(f"good-{number}")
    growth = marks[-1] - marks[len(marks) // 2 - 1]
    if count >= _PLATEAU_COUNT and growth > _GROWTH_MIB:
        wrong.append(f"the second half of the storm took {growth:.1f} MiB more: {_mib(marks)}")
    stranger.close()
    return (
        f"{len(MESSAGES)} torture messages, {count} damaged packets, memory {_mib(marks)} MiB "
        f"({growth:+.1f} in the second half), {heard} answers to strangers, "
        f"{_GOOD_CALLS} good calls afterwards"
    )


def _rain(
    engine: Engine, dice: storm.Dice, count: int, media: int, stranger: socket.socket
) -> Iterator[float]:
    """Send the packets in two halves and give the memory after each quarter.

    In the middle and at the end once more, when all timers have run out.
    """
    own = engine.trunk.getsockname()[1]
    began = time.monotonic()
    quarters = [count * part // 4 for part in range(1, 5)]
    for number in range(count):
        kind = dice.kind()
        if kind == "media":
            engine.media.sendto(dice.rtp(number), (_HOST, media))
        else:
            sender = engine.trunk if kind == "trunk" else stranger
            sender.sendto(dice.sip(number, own, engine.port), engine.address)
        if number % _PING_EVERY == _PING_EVERY - 1:
            engine.ping(20_000_000 + number)
        if number + 1 not in quarters:
            continue
        print(f"  {number + 1} packets in {time.monotonic() - began:.0f} s, "
              f"{engine.memory_mib():.0f} MiB", flush=True)  # fmt: skip
        yield engine.memory_mib()
        if quarters.index(number + 1) % 2:
            if count >= _PLATEAU_COUNT:
                time.sleep(_AFTERMATH_SECONDS)
            yield engine.memory_mib()


def _mib(marks: list[float]) -> str:
    return " ".join(f"{each:.0f}" for each in marks)


def _replies(sock: socket.socket) -> int:
    heard = 0
    with contextlib.suppress(TimeoutError):
        while sock.recv(65535):
            heard += 1
    return heard


def _bound(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    sock.settimeout(1.0)
    return sock
