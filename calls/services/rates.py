"""The price list: versions that are added and never edited, and the one that holds for a call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q

from calls.errors import DestinationDenied, RateRefused
from calls.models import Rate
from kernel import audit, clock
from kernel.rows import Lookup

PREFIX = re.compile(r"\+\d{0,15}")
_OF_PREFIXES = Lookup(
    lambda workspace, direction, currency, prefixes, now: Rate.objects.filter(
        Q(workspace_id=None) | Q(workspace_id=workspace),
        direction=direction,
        currency=currency,
        prefix__any_of=prefixes,
        valid_from__lte=now,
    )
)
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('calls.publish_rate', 0))"


def rate_for(*, direction: str, e164: str, currency: str, workspace_id: UUID | None = None) -> Rate:
    """Return the price that holds now; raises DestinationDenied where there is none.

    A workspace's own price comes before everybody's, then the longest prefix, then the newest.
    """
    return ask_rate(direction=direction, e164=e164, currency=currency, workspace_id=workspace_id)()


def ask_rate(
    *, direction: str, e164: str, currency: str, workspace_id: UUID | None
) -> Callable[[], Rate]:
    """Ask for a price with the next statement; what is returned answers or raises as `rate_for`."""
    prefixes = [e164[:length] for length in range(len(e164) + 1)]
    now = clock.now()
    found = _OF_PREFIXES.soon(workspace_id, direction, currency, prefixes, now)

    def answer() -> Rate:
        best = max(in_force(found.each(), now), key=_closeness, default=None)
        if best is None:
            raise DestinationDenied(e164=e164)
        return best

    return answer


def in_force(rates: Iterable[Rate], at: datetime) -> list[Rate]:
    """Keep of every prefix the version that began last, unless it has ended."""
    newest: dict[tuple[UUID | None, str, str, str], Rate] = {}
    begun = (rate for rate in rates if rate.valid_from <= at)
    for rate in sorted(begun, key=lambda each: (each.valid_from, each.version)):
        newest[rate.workspace_id, rate.direction, rate.currency, rate.prefix] = rate
    return [each for each in newest.values() if each.valid_until is None or each.valid_until > at]


@transaction.atomic
def publish_rate(
    *,
    prefix: str,
    direction: str,
    minor_per_minute: int,
    currency: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    workspace_id: UUID | None = None,
    cost_minor_per_minute: int | None = None,
    actor: str,
) -> Rate:
    """Add the next version of a price; the versions before it stay as they are.

    Raises RateRefused for a price in the past, or a higher one for everybody without its notice.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    wanted = Rate(
        prefix=prefix, direction=direction, minor_per_minute=minor_per_minute, currency=currency,
        valid_from=valid_from, valid_until=valid_until, workspace_id=workspace_id,
        cost_minor_per_minute=cost_minor_per_minute,
    )  # fmt: skip
    same = Rate.objects.filter(prefix=prefix, direction=direction, currency=currency)
    same = same.filter(workspace_id=workspace_id) if workspace_id else same.filter(workspace=None)
    _check(wanted, same)
    wanted.version = (same.aggregate(last=Max("version"))["last"] or 0) + 1
    wanted.save(force_insert=True)
    audit.record(
        "rates.published",
        actor=actor,
        subject=wanted.id,
        workspace_id=workspace_id,
        after={"name": wanted.name, "minor_per_minute": minor_per_minute},
    )
    return wanted


def _check(wanted: Rate, same: Iterable[Rate]) -> None:
    now = clock.now()
    if not PREFIX.fullmatch(wanted.prefix):
        raise RateRefused(reason="A prefix is + and up to 15 digits.")
    if wanted.minor_per_minute < 0:
        raise RateRefused(reason="A price is zero cents or more.")
    if wanted.cost_minor_per_minute is not None and wanted.cost_minor_per_minute < 0:
        raise RateRefused(reason="What the carrier takes is zero cents or more.")
    if wanted.valid_from < now - timedelta(minutes=1):
        raise RateRefused(
            reason="A price cannot begin in the past: calls keep what they began with."
        )
    if wanted.valid_until and wanted.valid_until <= wanted.valid_from:
        raise RateRefused(reason="A price ends after it begins.")
    if wanted.workspace_id or not (before := in_force(same, wanted.valid_from)):
        return
    notice = timedelta(days=settings.RATE_NOTICE_DAYS)
    is_dearer = wanted.minor_per_minute > before[0].minor_per_minute
    if is_dearer and wanted.valid_from < now + notice - timedelta(minutes=1):
        days = settings.RATE_NOTICE_DAYS
        raise RateRefused(reason=f"A higher price for everybody needs {days} days of notice.")


def _closeness(rate: Rate) -> tuple[bool, int]:
    return rate.workspace_id is not None, len(rate.prefix)
