"""The first page of the back office: what was earned, what it cost, and whether everything works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.money import div_half_up
from sautikit_site.backoffice.charts import Chart, columns
from sautikit_site.backoffice.figures import DAYS_SQL, HOURS_SQL, NOW_SQL, PLACES_SQL, RENTS_SQL

DAYS: Final = 14
HOURS: Final = 24
# How many legs fill the bar of an engine; the number beside it has no such end.
LEGS_FULL: Final = 200
PERMISSION: Final = "wallet.view_posting"
CALLBACK_SILENCE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Day:
    """What one Nairobi day brought, live money only, net of VAT."""

    day: date
    calls: int = 0
    talked: int = 0
    seconds: int = 0
    calls_net_minor: int = 0
    carrier_minor: int = 0
    unpriced_seconds: int = 0
    rents_minor: int = 0

    @property
    def revenue_minor(self) -> int:
        return self.calls_net_minor + self.rents_minor

    @property
    def margin_minor(self) -> int:
        return self.revenue_minor - self.carrier_minor

    @property
    def minutes(self) -> int:
        return div_half_up(self.seconds, 60)


@dataclass(frozen=True, slots=True)
class Place:
    """One engine: where it runs, whether it is alive, and how many legs it carries."""

    name: str
    state: str
    legs: int
    permille: int


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the first page shows."""

    days: list[Day]
    revenue: Chart
    minutes: Chart
    callbacks: Chart
    places: list[Place]
    # One row of many counts, by name.
    now: dict[str, Any]
    warnings: list[str]

    @property
    def today(self) -> Day:
        return self.days[-1]

    @property
    def unpriced_minutes(self) -> int:
        return div_half_up(sum(day.unpriced_seconds for day in self.days), 60)

    def total(self, name: str) -> int:
        return sum(getattr(day, name) for day in self.days)

    @property
    def revenue_minor(self) -> int:
        return self.total("revenue_minor")

    @property
    def carrier_minor(self) -> int:
        return self.total("carrier_minor")

    @property
    def margin_minor(self) -> int:
        return self.total("margin_minor")

    @property
    def minutes_total(self) -> int:
        return self.total("minutes")


# Both are unfold's: a callback takes and gives the context of the template.
def context(request: HttpRequest, shown: dict[str, Any]) -> dict[str, Any]:
    """Add the board for those who may see money."""
    if request.user.has_perm(PERMISSION):
        shown["board"] = look()
    shown["title"] = _("Dashboard")
    return shown


def environment(_request: HttpRequest) -> list[str] | None:
    """Say in every page's head that this is no real place."""
    return ["SANDBOX", "warning"] if settings.SANDBOX else None


def look() -> Board:
    """Read the board in five statements, however much there is."""
    today = clock.nairobi_today()
    since = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), clock.NAIROBI)
    days = _days(since, today)
    hours, now = _hours(), _now()
    return Board(
        days=days,
        revenue=columns(
            [(f"{day.day:%d %b}", (day.margin_minor, day.carrier_minor)) for day in days]
        ),
        minutes=columns([(f"{day.day:%d %b}", (day.minutes,)) for day in days]),
        callbacks=columns(hours),
        places=_places(),
        now=now,
        warnings=_warnings(now),
    )


# A row has the types of its columns.
def _rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _days(since: datetime, today: date) -> list[Day]:
    found = {row[0]: Day(*row) for row in _rows(DAYS_SQL, since=since)}
    rents = dict(_rows(RENTS_SQL, since=since, first=first_id(since)))
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    return [replace(found.get(day) or Day(day), rents_minor=rents.get(day, 0)) for day in days]


def _hours() -> list[tuple[str, tuple[int, ...]]]:
    since = clock.now() - timedelta(hours=HOURS - 1)
    rows: Sequence[tuple[datetime, int]] = _rows(HOURS_SQL, since=since)
    return [(f"{at.astimezone(clock.NAIROBI):%H}:00", (count,)) for at, count in rows]


def _places() -> list[Place]:
    return [
        Place(name, state, legs, min(1000, 1000 * legs // LEGS_FULL))
        for name, state, legs in _rows(PLACES_SQL)
    ]


def _now() -> dict[str, Any]:
    day_ago = clock.now() - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(NOW_SQL, {"day_ago": day_ago, "first": first_id(day_ago)})
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))


def first_id(at: datetime) -> UUID:
    """Return the lowest UUIDv7 of a moment: ids are in the order of time, so an index finds them."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0b10 << 62)


def _warnings(now: dict[str, Any]) -> list[str]:
    """Say in sentences what somebody should look at."""
    said = []
    if now["alarm_reason"]:
        said.append(f"M-Pesa: {now['alarm_reason']}")
    silent = now["waiting_prompts"] and (
        now["last_callback_at"] is None or now["last_callback_at"] < clock.now() - CALLBACK_SILENCE
    )
    if silent:
        said.append("Prompts wait for an answer, and no callback came for 15 minutes.")
    if now["unread_callbacks"]:
        said.append(f"{now['unread_callbacks']} messages of M-Pesa wait to be read.")
    if now["oldest_due_at"] and now["oldest_due_at"] < clock.now() - timedelta(minutes=5):
        said.append("Work has been due for more than five minutes: is a worker running?")
    if now["failed_jobs"]:
        said.append(f"Periodic tasks that failed: {now['failed_jobs']}.")
    if now["suspense_count"]:
        said.append(f"Payments in suspense with no known owner: {now['suspense_count']}.")
    return said
