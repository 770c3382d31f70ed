"""What the overview answers: may I still spend, is everything all right, what is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import queries as accounts
from calls import queries as calls
from calls.models import Call
from calls.queries import Bucket
from kernel import clock
from kernel.money import div_ceil, div_half_up
from numbers import queries as numbers
from wallet import queries as wallet
from webhooks import queries as webhooks

# Name in the address, bucket of the statistics, words.
RANGES: tuple[tuple[str, str, str | Promise], ...] = (
    ("24h", "hour", _("24 hours")),
    ("7d", "day", _("7 days")),
    ("month", "day", _("This month")),
)
HOURS = 24
CHART_WIDTH = 720
CHART_HEIGHT = 130
CHART_HEADROOM = 6
KINDS = ("completed", "missed", "failed")
# The order that the index of calls has.
NEWEST = ("-created_at", "-pk")


@dataclass(frozen=True, slots=True)
class Piece:
    """One coloured part of a bar."""

    kind: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval of the chart, in whole units of its view box."""

    x: int
    width: int
    pieces: tuple[Piece, ...]
    spend: tuple[Piece, ...]
    label: str
    bucket: Bucket

    @property
    def point(self) -> str:
        """Its beginning in epoch seconds and its figures, for the script that draws it."""
        row = self.bucket
        figures = (row.completed, row.missed, row.failed, row.spend_minor)
        return ",".join(str(each) for each in (int(row.start.timestamp()), *figures))


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn series; the tops are the figures at the upper lines, `fit` how the axis labels stand."""

    bars: tuple[Bar, ...]
    axis: tuple[str, ...]
    fit: str
    top: int
    spend_top_minor: int
    total: int
    completed: int
    failed: int
    spend_minor: int

    @property
    def answer_percent(self) -> int | None:
        """How many of a hundred calls somebody talked in; None when there were none."""
        return div_half_up(self.completed * 100, self.total) if self.total else None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the quickstart."""

    title: str | Promise
    text: str | Promise
    url_name: str
    action: str | Promise
    is_done: bool


def chart(workspace_id: UUID, mode: str, *, since: str) -> Chart:
    """Count the ended calls of a range and lay them out as stacked bars, and what they cost."""
    bucket = {name: size for name, size, _label in RANGES}[since]
    start = _start(since)
    series = calls.statistics(workspace_id, mode, since=start, bucket=bucket)
    return draw(series, bucket=bucket, start=start)


def draw(series: list[Bucket], *, bucket: str, start: datetime) -> Chart:
    """Lay counted calls out as stacked bars."""
    slots = HOURS if bucket == "hour" else max(len(series), 7)
    top = _round_up(max((row.total for row in series), default=0))
    spend_top = 100 * _round_up(div_ceil(max((row.spend_minor for row in series), default=0), 100))
    axis, fit = _axis(bucket, slots, start)
    return Chart(
        bars=tuple(
            Bar(
                x=index * (CHART_WIDTH // slots),
                width=CHART_WIDTH // slots,
                pieces=_pieces(row, top),
                spend=_stacked([("spend", row.spend_minor)], spend_top),
                label=_label(row.start, bucket),
                bucket=row,
            )
            for index, row in enumerate(series)
        ),
        axis=axis,
        fit=fit,
        top=top,
        spend_top_minor=spend_top,
        total=sum(row.total for row in series),
        completed=sum(row.completed for row in series),
        failed=sum(row.missed + row.failed for row in series),
        spend_minor=sum(row.spend_minor for row in series),
    )


def _start(since: str) -> datetime:
    """Return where a range begins: the hour of 23 hours ago, or what the API calls by that name."""
    if since == "24h":
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        return hour - timedelta(hours=HOURS - 1)
    start = calls.since_of(since)
    assert start is not None
    return start


def _label(start: datetime, bucket: str) -> str:
    return dateformat.format(
        start.astimezone(clock.NAIROBI), "D H:i" if bucket == "hour" else "D j M"
    )


def _axis(bucket: str, slots: int, start: datetime) -> tuple[tuple[str, ...], str]:
    """Name the hours at the ends of each quarter of the day, or the days."""
    if bucket == "hour":
        local = start.astimezone(clock.NAIROBI)
        marks = (local + timedelta(hours=passed) for passed in range(0, HOURS + 1, 6))
        return tuple(dateformat.format(mark, "H:i") for mark in marks), "ends"
    days = [start + timedelta(days=index) for index in range(slots)]
    names = tuple(dateformat.format(day, "j M") for day in days)
    return (names, "slots") if slots <= 7 else ((names[0], names[-1]), "ends")


def _pieces(row: Bucket, top: int) -> tuple[Piece, ...]:
    return _stacked([(kind, getattr(row, kind)) for kind in KINDS], top)


def _stacked(counts: list[tuple[str, int]], top: int) -> tuple[Piece, ...]:
    """Stack some counts from the ground line; none but nought is too small to see."""
    space = CHART_HEIGHT - 1
    found = []
    y = space
    for kind, count in counts:
        if count:
            height = max(2, count * (space - CHART_HEADROOM) // top)
            y -= height
            found.append(Piece(kind=kind, y=y, height=height))
    return tuple(found)


def _round_up(highest: int) -> int:
    """Choose a calm number for the upper line."""
    for size in (4, 10, 20, 50, 100, 200, 500):
        if highest <= size:
            return size
    return -(-highest // 1000) * 1000


def last_failures(workspace_id: UUID, mode: str) -> list[Call]:
    """List the newest calls of the last day that nobody talked in."""
    rows = calls.list_calls(
        workspace_id,
        mode,
        statuses=list(calls.FAILED_STATUSES),
        since=clock.now() - timedelta(days=1),
    )
    return list(rows.order_by(*NEWEST)[:5])


def quickstart(workspace_id: UUID, mode: str) -> list[Step]:
    """List the six steps to a first call, each ticked by what is in the database."""
    return [
        Step(_("Make a workspace"), _("Done when you signed up."), "", "", True),
        Step(
            _("Top up the wallet"),
            _("Type an amount here and your M-Pesa PIN on your phone."),
            "wallet:topup",
            _("Top up"),
            wallet.statement(
                workspace_id, mode, kinds=["topup", "trial", "suspense_release"]
            ).exists(),
        ),
        Step(
            _("Claim a number"),
            _("It is yours at once; you pay for the days left of this month."),
            "numbers:available",
            _("Choose a number"),
            numbers.numbers_of(workspace_id, mode).exists(),
        ),
        Step(
            _("Make an API key"),
            _("It is shown once. Keep it in the environment of your server."),
            "accounts:api_keys",
            _("Make a key"),
            accounts.api_keys(workspace_id, mode).exists(),
        ),
        Step(
            _("Place a call"),
            _("One POST to /v1/calls, and a phone rings."),
            "",
            "",
            bool(calls.list_calls(workspace_id, mode, direction="outbound").order_by(*NEWEST)[:1]),
        ),
        Step(
            _("Listen to events"),
            _("Register an https address that gets every event, signed."),
            "webhooks:list",
            _("Add a webhook"),
            webhooks.endpoints(workspace_id, mode).exists(),
        ),
    ]
