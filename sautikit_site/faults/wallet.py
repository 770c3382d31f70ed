"""Two hundred real calls on the money of three, while everything that carries them is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Final

from sautikit_site import embedded, platforms
from sautikit_site.bootstrap import ROOT
from sautikit_site.faults import handsets
from sautikit_site.platforms import Platform

VICTIMS: Final = ("worker", "relay", "valkey", "engine", "engine process")
STRIKES: Final = 10
SLICE_SECONDS: Final = 4
_PORT_FIRST, _PORT_STEP = 32_000, 1_000


@dataclass
class Striker:
    """Kills at random moments and writes down what died when.

    In the main thread: what a thread starts here dies with that thread.
    """

    platform: Platform
    chance: random.Random

    def strike_all(self, seconds: float) -> None:
        """Each victim has its turn before one has a second."""
        order: list[str] = []
        while len(order) < STRIKES:
            order += self.chance.sample(VICTIMS, len(VICTIMS))
        moments = sorted(self.chance.uniform(0.5, seconds) for _ in range(STRIKES))
        began = time.monotonic()
        for victim, moment in zip(order, moments, strict=False):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            print(f"  {moment:4.1f} s: kill -9 {victim}", flush=True)
            self.kill(victim)
            if victim != "engine process":
                self.platform.start(victim)

    def kill(self, victim: str) -> None:
        """Kill one and note the moment, for conversations that so lost their engine."""
        with (self.platform.folder / "strikes.txt").open("a") as file:
            print(time.time(), victim, file=file)
        if victim == "engine process":
            self.platform.strike_engine_process()
        else:
            self.platform.kill(victim)


def run(*, seed: int) -> bool:
    """Run one seeded story; what happened is printed, and True when every promise held."""
    chance = random.Random(seed)
    ports = {name: embedded.free_port() for name in handsets.PREFIXES}
    low = _PORT_FIRST + chance.randrange(10) * _PORT_STEP
    told = {
        "SIP_TRUNKS": handsets.as_setting(ports),
        "SIP_PORT": str(embedded.free_port()),
        "RTP_PORT_MIN": str(low),
        "RTP_PORT_MAX": str(low + _PORT_STEP - 1),
        "CALL_SLICE_SECONDS": str(SLICE_SECONDS),
        "CALL_RING_TIMEOUT_SECONDS": "5",
    }
    with platforms.running("relay", "worker", "engine", "web", told=told) as platform:
        platform.wait()
        striker = Striker(platform, chance)
        held = _tell(platform, striker, seed, ports)
        if not held:
            print(f"the logs are in {platform.keep(f'wallet-{seed}')}", flush=True)
        return held


def run_property(*, seed: int) -> bool:
    """Tell long random stories of money on servers of their own; True when no step broke a rule."""
    command = [
        sys.executable, "-m", "pytest", "tests/wallet/test_money_machine.py", "-q", "-s", "-n", "0",
        "-p", "no:randomly", "-p", "no:schemathesis", "-p", "no:logging", "--long-stories",
        f"--hypothesis-seed={seed}",
    ]  # fmt: skip
    holds = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    word = "no rule of the books broken" if holds else "A RULE OF THE BOOKS BROKEN, see above"
    print(f"faults wallet --property: 200 stories of 300 steps, seed {seed}, {word}", flush=True)
    return holds


def _tell(platform: Platform, striker: Striker, seed: int, ports: dict[str, int]) -> bool:
    """Run the callers and do what they ask for; every other line of theirs is for the reader."""
    story = subprocess.Popen(
        [
            sys.executable, "-m", "sautikit_site.faults.callers", "--seed", str(seed),
            "--web", str(platform.port("web")), "--folder", str(platform.folder),
            *(f"--{name}={number}" for name, number in ports.items()),
        ],
        cwd=ROOT, env=platform.environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert story.stdout is not None
    assert story.stdin is not None
    try:
        for line in story.stdout:
            order, _, name = line.strip().partition(" ")
            if not order.startswith("@"):
                print(line.rstrip(), flush=True)
                continue
            # The callers go on while we strike.
            if order == "@strike":
                print("done", file=story.stdin, flush=True)
                striker.strike_all(float(name))
                continue
            striker.kill(name) if order == "@kill" else platform.start(name)
            print("done", file=story.stdin, flush=True)
        return story.wait(30) == 0
    finally:
        story.kill()
