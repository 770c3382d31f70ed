"""Rounds: the order flips each time, the ratio is taken inside the round, the median is quoted."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

Leg = Callable[[], float]

# The peer against itself must come out near one, or the machine is too busy to say anything.
SAME_LOW: Final = 0.85
SAME_HIGH: Final = 1.18
LOAD_JUMP: Final = 4.0
REPEATS: Final = 2


@dataclass(frozen=True, slots=True)
class Round:
    """Both legs once, with the load average before, between and after."""

    ours: float
    peer: float
    loads: tuple[float, float, float]

    @property
    def ratio(self) -> float:
        return self.ours / self.peer

    @property
    def is_steady(self) -> bool:
        return max(self.loads) - self.loads[0] <= LOAD_JUMP


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio of ours to the peer over the rounds; without a floor it judges the machine."""

    name: str
    peer: str
    floor: float | None
    median: float
    low: float
    high: float
    ours_per_second: float
    peer_per_second: float
    loads: list[tuple[float, float, float]]

    @property
    def holds(self) -> bool:
        if self.floor is None:
            return SAME_LOW <= self.median <= SAME_HIGH
        return self.median >= self.floor

    def line(self) -> str:
        lowest, highest = min(map(min, self.loads)), max(map(max, self.loads))
        return (
            f"{self.name}: {self.median:.3f} of {self.peer} ({self.low:.3f} to {self.high:.3f}; "
            f"{self.ours_per_second:.0f}/s against {self.peer_per_second:.0f}/s; "
            f"load {lowest:.1f} to {highest:.1f}); {self._verdict()}"
        )

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}

    def _verdict(self) -> str:
        if self.floor is None:
            return "steady enough" if self.holds else "too noisy: no floor counts in this run"
        return f"floor {self.floor:.3g}: {'ok' if self.holds else 'below the floor'}"


def compare(
    name: str, ours: Leg, *, peer_name: str, peer: Leg, floor: float | None, rounds: int
) -> Figure:
    """Run both legs in each round, A B then B A, and return the median of the ratios."""
    done = [_steady_round(ours, peer, ours_first=number % 2 == 0) for number in range(rounds)]
    ratios = [each.ratio for each in done]
    return Figure(
        name=name,
        peer=peer_name,
        floor=floor,
        median=statistics.median(ratios),
        low=min(ratios),
        high=max(ratios),
        ours_per_second=statistics.median(each.ours for each in done),
        peer_per_second=statistics.median(each.peer for each in done),
        loads=[each.loads for each in done],
    )


def _steady_round(ours: Leg, peer: Leg, *, ours_first: bool) -> Round:
    """Repeat a round in which somebody else began to use the machine."""
    for _ in range(REPEATS):
        found = _round(ours, peer, ours_first=ours_first)
        if found.is_steady:
            break
    return found


def _round(ours: Leg, peer: Leg, *, ours_first: bool) -> Round:
    before = _load()
    first = ours() if ours_first else peer()
    between = _load()
    second = peer() if ours_first else ours()
    a, b = (first, second) if ours_first else (second, first)
    return Round(a, b, (before, between, _load()))


def _load() -> float:
    return float(Path("/proc/loadavg").read_text().split()[0])
