"""Kill -9 what issues papers, renews rents and storage, and corrects findings, again and again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Final

from sautikit_site import platforms
from sautikit_site.bootstrap import ROOT
from sautikit_site.platforms import Platform

STRIKES: Final = 16
LONGEST_SECONDS: Final = 1.5


def run(*, seed: int) -> bool:
    """Run one seeded story; what happened is printed, and True when every promise held."""
    chance = random.Random(seed)
    with platforms.running() as platform:
        if _clerk(platform, "prepare", seed).wait() != 0:
            return False
        struck = sum(_strike(platform, seed + turn, chance) for turn in range(STRIKES))
        print(f"  killed {struck} of {STRIKES} times in the middle of the work", flush=True)
        return _clerk(platform, "judge", seed).wait() == 0


def _strike(platform: Platform, seed: int, chance: random.Random) -> bool:
    """Let a clerk work for a moment and kill it; say whether it had not finished."""
    clerk = _clerk(platform, "work", seed, stdout=subprocess.PIPE)
    assert clerk.stdout is not None
    # It says when it begins; what comes before is only its start.
    clerk.stdout.readline()
    time.sleep(chance.uniform(0.0, LONGEST_SECONDS))
    was_at_work = clerk.poll() is None
    clerk.kill()
    clerk.wait()
    return was_at_work


def _clerk(
    platform: Platform, act: str, seed: int, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "sautikit_site.faults.clerk", act, "--seed", str(seed)],
        cwd=ROOT, env=platform.environment, stdout=stdout,
    )  # fmt: skip
