"""Where engines run on which machine, and which of them take no new calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from calls.models import Leg
from calls.states import OPEN_LEG
from kernel import clock
from telephony.models import EnginePlace


@dataclass(frozen=True, slots=True)
class Report:
    """One place as its operator sees it."""

    host: str
    name: str
    state: str
    legs: int


def occupy(*, host: str, name: str, engine_id: UUID) -> None:
    """Write down which engine runs in a place now."""
    EnginePlace.objects.update_or_create(host=host, name=name, defaults={"engine_id": engine_id})


def draining(host: str) -> set[str]:
    """Return the places of a machine that take no new calls."""
    drained = EnginePlace.objects.filter(host=host, draining_at__isnull=False)
    return set(drained.values_list("name", flat=True))


def taken(host: str, nodes: Iterable[str]) -> set[str]:
    """Return which of these nodes a gateway of another machine drives now; a node has one engine."""
    alive = EnginePlace.objects.filter(
        name__in=list(nodes), engine__closed_at=None, engine__lease_until__gt=clock.now()
    )
    return set(alive.exclude(host=host).values_list("name", flat=True))


def drain(name: str, *, host: str | None = None) -> int:
    """Let no new call begin in the places of that name; return how many there are.

    The gateway tells its engine within a second; a second time changes nothing.
    """
    found = _named(name, host)
    found.filter(draining_at=None).update(draining_at=clock.now())
    return found.count()


def bring_back(name: str, *, host: str | None = None) -> int:
    """Let calls begin there again, by a new engine once the old one is idle; return how many."""
    return _named(name, host).update(draining_at=None)


def reports() -> list[Report]:
    """Return every place with its state and its calls."""
    rows = EnginePlace.objects.select_related("engine").order_by("host", "name")
    return [_report(row) for row in rows]


def forget(host: str, names: Iterable[str]) -> None:
    """Delete the places of a machine that its settings do not name any more."""
    EnginePlace.objects.filter(host=host).exclude(name__in=list(names)).delete()


def _report(row: EnginePlace) -> Report:
    engine = row.engine
    is_up = engine and engine.closed_at is None and engine.lease_until > clock.now()
    is_ready = bool(is_up and engine and engine.sip_port)
    legs = Leg.objects.filter(engine_id=row.engine_id, state__in=OPEN_LEG).count() if is_up else 0
    if row.draining_at:
        state = "draining" if legs else "drained"
    else:
        state = "ready" if is_ready else "away"
    return Report(row.host, row.name, state, legs)


def _named(name: str, host: str | None) -> QuerySet[EnginePlace]:
    found = EnginePlace.objects.filter(name=name)
    return found.filter(host=host) if host else found
