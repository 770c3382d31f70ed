"""Rounds: the order flips each time, the ratio is taken inside the round, the median is quoted."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

Leg = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio of ours to the peer over the rounds."""

    name: str
    peer: str
    floor: float
    median: float
    low: float
    high: float
    ours_per_second: float
    peer_per_second: float
    load: str

    @property
    def holds(self) -> bool:
        return self.median >= self.floor

    def line(self) -> str:
        verdict = "ok" if self.holds else "below the floor"
        return (
            f"{self.name}: {self.median:.2f} of {self.peer} ({self.low:.2f} to {self.high:.2f}; "
            f"{self.ours_per_second:.0f}/s against {self.peer_per_second:.0f}/s; load {self.load}); "
            f"floor {self.floor:.2f}: {verdict}"
        )

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}


def compare(
    name: str, ours: Leg, *, peer_name: str, peer: Leg, floor: float, rounds: int
) -> Figure:
    """Run both legs in each round, A B then B A, and return the median of the ratios."""
    pairs = []
    for number in range(rounds):
        first, second = (ours, peer) if number % 2 == 0 else (peer, ours)
        a, b = first(), second()
        pairs.append((a, b) if number % 2 == 0 else (b, a))
    ratios = [mine / theirs for mine, theirs in pairs]
    return Figure(
        name=name,
        peer=peer_name,
        floor=floor,
        median=statistics.median(ratios),
        low=min(ratios),
        high=max(ratios),
        ours_per_second=statistics.median(mine for mine, _ in pairs),
        peer_per_second=statistics.median(theirs for _, theirs in pairs),
        load=Path("/proc/loadavg").read_text().split()[0],
    )
