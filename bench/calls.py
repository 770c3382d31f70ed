"""Calls: from the API's request to the INVITE, whole calls a second, and audio of many at once.

SIPp calling SIPp is the peer, in the same rounds: what both lose, the machine loses.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.call_lab import PROBE, TALK_SECONDS, TENANTS, Lab, post, running_lab, until
from calls.models import Call
from calls.states import LIVE
from kernel import clock
from sautikit_site import embedded
from sautikit_site.conformance import phones, waves
from sautikit_site.conformance.ears import Ear
from sautikit_site.conformance.scenarios import scenario

PROBES, PROBE_RATE = 150, 20.0
WHOLE, CLIENTS = 250, 16
TOGETHER = 100
PEER_RATE = 400
FLOOR_P99_MS, FLOOR_RATE, FLOOR_LOSS = 250.0, 50.0, 0
# One call of the suite's wait for the last of many.
PATIENCE_SECONDS = 120


@dataclass
class CallFigure:
    """One figure with its floor, and what else was seen."""

    name: str
    floor: float | None
    value: float
    unit: str
    is_ceiling: bool
    peer: str
    loads: list[float] = field(default_factory=list)
    notes: str = ""

    @property
    def holds(self) -> bool:
        if self.floor is None:
            return True
        return self.value <= self.floor if self.is_ceiling else self.value >= self.floor

    def line(self) -> str:
        word = "at most" if self.is_ceiling else "floor"
        verdict = "ok" if self.holds else "NOT HELD"
        load = f"load {min(self.loads):.1f} to {max(self.loads):.1f}" if self.loads else ""
        return (
            f"{self.name}: {self.value:.4g} {self.unit} against {self.peer} ({self.notes}; {load}); "
            f"{word} {self.floor:g}: {verdict}"
        )

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}


def run(environment: dict[str, str], rounds: int) -> list[CallFigure]:
    """Measure the three, each round after the other, ours and the peer's next to each other."""
    with contextlib.ExitStack() as stack:
        lab = stack.enter_context(running_lab(environment))
        delays, whole, together = [], [], []
        loads: list[float] = []
        for number in range(rounds):
            loads.append(os.getloadavg()[0])
            print(f"bench calls: round {number + 1} of {rounds}", flush=True)
            delays.append(_delays(lab, number))
            loads.append(os.getloadavg()[0])
            legs = (_whole_calls, _peer_calls) if number % 2 == 0 else (_peer_calls, _whole_calls)
            found = {leg: leg(lab) for leg in legs}
            whole.append((found[_whole_calls], found[_peer_calls]))
            loads.append(os.getloadavg()[0])
            sides = (_talk, _peer_talk) if number % 2 == 0 else (_peer_talk, _talk)
            lab.phones.start({"stay"})
            heard = {side: side(lab) for side in sides}
            # A phone that waits for a call looks around all the time.
            lab.phones.stop({"stay"})
            together.append((heard[_talk], heard[_peer_talk]))
            loads.append(os.getloadavg()[0])
        return [
            _delay_figure(delays, loads),
            _whole_figure(whole, loads),
            _together_figure(together, loads),
        ]


# From the request to the INVITE


def _delays(lab: Lab, number: int) -> list[float]:
    """Offer calls at a steady rate and return the milliseconds from request to INVITE of each."""
    sent: dict[str, float] = {}
    numbers = [f"{PROBE}{number:02d}{at:04d}" for at in range(PROBES)]

    def one(at: int) -> None:
        due = began + at / PROBE_RATE
        time.sleep(max(0.0, due - time.monotonic()))
        # What waits for a client of ours counts too.
        sent[numbers[at]] = due
        post(lab, numbers[at])

    began = time.monotonic() + 0.5
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(one, range(PROBES)))
    until(lambda: len(lab.probe.seen.keys() & sent.keys()) == PROBES)
    _wait_for_quiet()
    return [1000 * (lab.probe.seen[it] - sent[it]) for it in numbers if it in lab.probe.seen]


def _delay_figure(delays: list[list[float]], loads: list[float]) -> CallFigure:
    p99 = statistics.median(_percentile(each, 99) for each in delays)
    p50 = statistics.median(_percentile(each, 50) for each in delays)
    lost = PROBES * len(delays) - sum(map(len, delays))
    return CallFigure(
        "API request to INVITE, p99", FLOOR_P99_MS, p99, "ms", True, "its own floor", loads,
        f"p50 {p50:.0f} ms at {PROBE_RATE:g} calls/s offered, {lost} of {PROBES * len(delays)} never came",
    )  # fmt: skip


# Whole calls a second


def _whole_calls(lab: Lab) -> tuple[float, int, dict[str, float]]:
    """Place calls as fast as the API takes them; return calls a second, failures, CPU by process."""
    sink = _sink()
    to = f"{phones._prefix('instant')}{sink.getsockname()[1]:05d}"
    before, known = lab.cpu_seconds(), Call.objects.count()
    began = clock.now()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: post(lab, to), range(WHOLE)))
    _wait_for_quiet()
    made = list(Call.objects.order_by("created_at")[known:])
    failed = WHOLE - sum(call.status == "completed" for call in made)
    # Each was billed in the transaction that ended it.
    seconds = (max(call.ended_at or clock.now() for call in made) - began).total_seconds()
    used = {name: total - before[name] for name, total in lab.cpu_seconds().items()}
    sink.close()
    return WHOLE / seconds, failed, used


def _peer_calls(lab: Lab) -> tuple[float, int, dict[str, float]]:
    """Have SIPp call the same SIPp, at a rate that it keeps."""
    sink = _sink()
    port = sink.getsockname()[1]
    count = PEER_RATE * 4
    began = time.monotonic()
    done = _sipp(
        lab, "call; bye", f"{phones._prefix('instant')}{port:05d}", lab.ports["instant"],
        "-r", str(PEER_RATE), "-m", str(count), "-l", str(count), "-key", "ear", str(port),
    )  # fmt: skip
    code = done.wait(60)
    sink.close()
    return count / (time.monotonic() - began), int(code != 0), {}


def _whole_figure(
    whole: list[tuple[tuple[float, int, dict[str, float]], tuple[float, int, dict[str, float]]]],
    loads: list[float],
) -> CallFigure:
    rate = statistics.median(ours[0] for ours, _ in whole)
    peer = statistics.median(theirs[0] for _, theirs in whole)
    failed = sum(ours[1] for ours, _ in whole)
    names = whole[0][0][2]
    used = {it: statistics.median(ours[2][it] for ours, _ in whole) * 1000 / WHOLE for it in names}
    spent = ", ".join(
        f"{name} {ms:.1f}" for name, ms in sorted(used.items(), key=lambda it: -it[1])
    )
    limit = max(used, key=lambda name: used[name])
    return CallFigure(
        "whole calls", FLOOR_RATE, rate, "calls/s", False, f"SIPp to SIPp {peer:.0f}/s", loads,
        f"ratio {rate / peer:.3f}; {TENANTS} workspaces, {failed} failed of {WHOLE * len(whole)}; CPU ms a call: {spent}; "
        f"what limits it is the {limit}",
    )  # fmt: skip


# Many at once


def _talk(lab: Lab) -> dict[str, float]:
    """Let so many calls hear a prompt and speak at the same time; say what was lost on the way."""
    called = [lab.phones.called("stay") for _ in range(TOGETHER)]
    before = lab.cpu_seconds()
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda phone: post(lab, phone.number, page="talk"), called))
    until(lambda: all("done" in phone.marks for phone in called), seconds=PATIENCE_SECONDS)
    seconds = time.monotonic() - began
    used = {name: total - before[name] for name, total in lab.cpu_seconds().items()}
    figures = _of_ears([phone.ear for phone in called])
    for phone in called:
        lab.phones.forget(phone)
    _wait_for_quiet()
    return figures | {"engine": 100 * used["engine"] / seconds}


def _peer_talk(lab: Lab) -> dict[str, float]:
    """Have SIPp stream the same tone to the same ears."""
    tone = lab.folder / "tone.pcma"
    tone.write_bytes(waves.encode(waves.tone(450, TALK_SECONDS)))
    called = [lab.phones.called("stay") for _ in range(TOGETHER)]
    numbers = lab.folder / "numbers.csv"
    numbers.write_text("SEQUENTIAL\n" + "".join(f"{it.number};\n" for it in called))
    text = scenario("call; bye").replace("[service]", "[field0]")
    play = f'<nop><action><exec rtp_stream="{tone},1,8"/></action></nop>\n<pause milliseconds="{TALK_SECONDS * 1000}"/>\n'
    source = lab.folder / "peer-talk.xml"
    at = text.index("<send", text.index("ACK sip:"))
    source.write_text(
        (text[:at] + play + text[at:]).replace("m=audio [ear]", "m=audio [media_port]")
    )
    done = _start_sipp(
        lab, source, "ignored", lab.ports["stay"], "-r", "50", "-m", str(TOGETHER), "-l",
        str(TOGETHER), "-inf", str(numbers), "-key", "ear", "9",
    )  # fmt: skip
    done.wait(90)
    figures = _of_ears([phone.ear for phone in called])
    for phone in called:
        lab.phones.forget(phone)
    return figures


def _of_ears(ears: list[Ear]) -> dict[str, float]:
    """Count what never arrived between the first and the last packet of each."""
    lost = heard = silent = 0
    for ear in ears:
        if ear.frames:
            span = max(ear.frames) - min(ear.frames) + 1
            lost += span - len(ear.frames)
            heard += len(ear.frames)
        tones = sum(label == "450" for label in ear.frames.values())
        silent += tones * waves.FRAME_SECONDS < TALK_SECONDS - 0.5
    return {"lost": lost, "heard": heard, "silent": silent}


def _together_figure(
    together: list[tuple[dict[str, float], dict[str, float]]], loads: list[float]
) -> CallFigure:
    lost = sum(ours["lost"] for ours, _ in together)
    silent = sum(ours["silent"] for ours, _ in together)
    theirs = sum(peer["lost"] for _, peer in together)
    heard = sum(ours["heard"] for ours, _ in together)
    engine = statistics.median(ours["engine"] for ours, _ in together)
    return CallFigure(
        f"{TOGETHER} calls at once with a prompt and speech", FLOOR_LOSS, lost + silent,
        "packets lost or prompts cut", True, f"SIPp to SIPp {theirs:.0f}", loads,
        f"{heard:.0f} packets heard, {silent:.0f} of {TOGETHER * len(together)} prompts cut, "
        f"engine {engine:.0f} % of a core",
    )  # fmt: skip


# Small things


def _sipp(lab: Lab, sentence: str, to: str, port: int, *arguments: str) -> subprocess.Popen[bytes]:
    source = lab.folder / f"peer-{time.monotonic_ns()}.xml"
    source.write_text(scenario(sentence))
    return _start_sipp(lab, source, to, port, *arguments)


def _start_sipp(
    lab: Lab, source: Path, to: str, port: int, *arguments: str
) -> subprocess.Popen[bytes]:
    media = str(embedded.free_port())
    with (lab.folder / "peer.log").open("ab") as log:
        return subprocess.Popen(
            ["sipp", "-sf", str(source), "-i", "127.0.0.1", "-mi", "127.0.0.1", "-mp", media, "-nostdin",
             "-s", to, "-key", "from", "+254730000000", *arguments, f"127.0.0.1:{port}"],
            cwd=lab.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def _sink() -> socket.socket:
    """Return where sound goes that nobody listens to: the kernel drops what is not read."""
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("127.0.0.1", 0))
    return sink


def _wait_for_quiet() -> None:
    """Wait for the last call, and ask for it seldom: what is measured runs on the same cores."""
    live = Call.objects.filter(status__in=LIVE)
    until(lambda: not live.exists(), seconds=PATIENCE_SECONDS, every=0.25)


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return (
        ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else float("inf")
    )
