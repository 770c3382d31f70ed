"""What a rehearsed call would cost: the real price list, the rounding of a real call, no money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from calls import services as calls
from calls.errors import DestinationDenied
from kernel.money import call_cost, vat_inside
from telephony.rehearsal.told import Told


@dataclass(frozen=True, slots=True)
class Line:
    """One call of the bill: the caller's own, or one that was dialled for them."""

    direction: str
    e164: str
    seconds: int
    rate_minor_per_minute: int | None
    cost_minor: int
    refused: str = ""

    @property
    def vat_minor(self) -> int:
        return vat_inside(self.cost_minor)


@dataclass(frozen=True, slots=True)
class Bill:
    currency: str
    lines: tuple[Line, ...]

    @property
    def cost_minor(self) -> int:
        return sum(line.cost_minor for line in self.lines)

    @property
    def vat_minor(self) -> int:
        return sum(line.vat_minor for line in self.lines)


def bill_of(told: Told, *, workspace_id: UUID, currency: str, direction: str, to: str) -> Bill:
    """Price a rehearsed call to (or, when it comes in, on) a number, and all that it dialled."""

    def lines() -> Iterator[Line]:
        wanted = [(direction, to, told.connected_seconds)]
        wanted += [("outbound", it.e164, it.seconds) for it in told.talks if it.e164[0] == "+"]
        for way, e164, seconds in wanted:
            yield _line(way, e164, seconds, workspace_id=workspace_id, currency=currency)

    return Bill(currency, tuple(lines()))


def _line(direction: str, e164: str, seconds: int, *, workspace_id: UUID, currency: str) -> Line:
    try:
        rate = calls.rate_for(
            direction=direction, e164=e164, currency=currency, workspace_id=workspace_id
        ).minor_per_minute
    except DestinationDenied as problem:
        return Line(direction, e164, seconds, None, 0, problem.code)
    return Line(direction, e164, seconds, rate, call_cost(seconds, rate))
