"""Kill the dispatcher, the worker, the broker and the database while events flow to twenty servers."""

from __future__ import annotations

import random
import subprocess
import sys
import time

from sautikit_site import platforms
from sautikit_site.bootstrap import ROOT
from sautikit_site.platforms import Platform

VICTIMS = ("relay", "worker", "valkey", "postgres")


def run(*, seed: int, seconds: int, rate: int, strikes: int) -> bool:
    """Run one seeded story; what happened is printed, and True when every promise held."""
    with platforms.running("relay", "worker") as platform:
        story = subprocess.Popen(
            [
                sys.executable, "-m", "sautikit_site.faults.traffic", "--seed", str(seed),
                "--seconds", str(seconds), "--rate", str(rate),
            ],
            cwd=ROOT, env=platform.environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert story.stdout is not None
        print(story.stdout.readline().strip(), flush=True)
        _strike_all(platform, random.Random(seed), seconds, strikes)
        for line in story.stdout:
            print(line.rstrip(), flush=True)
        return story.wait(30) == 0


def _strike_all(platform: Platform, chance: random.Random, seconds: int, strikes: int) -> None:
    """Spread the strikes over the run; each victim has its turn before one has a second."""
    order: list[str] = []
    while len(order) < strikes:
        order += chance.sample(VICTIMS, len(VICTIMS))
    for victim in order[:strikes]:
        time.sleep(seconds / (strikes + 1) * chance.uniform(0.6, 1.0))
        print(f"kill -9 {victim}", flush=True)
        platform.strike(victim)
