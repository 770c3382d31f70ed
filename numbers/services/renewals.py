"""Renewal: on the 1st each number pays its month, or is suspended, or at last released."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.queries import owner_emails
from kernel import clock, events, mail
from kernel.money import Money
from numbers import queries, rental
from numbers.events import NumberSuspendedEvent
from numbers.models import Number, Rental
from numbers.services import claims
from numbers.services.claims import charge_period, release_number, ring
from numbers.states import HELD, NUMBER
from wallet import services as wallet
from wallet.errors import InsufficientBalance

GRACE = timedelta(days=7)
TOGETHER: Final = 100


def renew_rentals(*, today: date | None = None) -> dict[str, int]:
    """Try every held number whose month is not paid; count what became of them."""
    day = today or clock.nairobi_today()
    paid = Rental.objects.filter(month=rental.month_of(day)).values("number_id")
    due = Number.objects.filter(status__in=HELD).exclude(id__in=paid)
    counts: Counter[str] = Counter()
    ids = list(due.order_by("id").values_list("id", flat=True))
    for at in range(0, len(ids), TOGETHER):
        some = ids[at : at + TOGETHER]
        done = _renew_together(some, today=day)
        counts["paid"] += len(done)
        counts.update(renew_number(each, today=day) for each in some if each not in done)
    return {outcome: count for outcome, count in counts.items() if count}


@transaction.atomic
def _renew_together(number_ids: list[UUID], *, today: date) -> set[UUID]:
    """Charge by one statement the numbers that simply go on; return them.

    Locks the numbers, then the wallets, and waits for neither: what is left goes one by one.
    """
    period = rental.whole_month(today)
    rows = Number.objects.select_for_update(no_key=True, skip_locked=True).filter(id__in=number_ids)
    paid = Rental.objects.filter(month=period.month).values("number_id")
    due = {
        claims.rental_charge(number, period, price).key: (number, price)
        for number in rows.filter(status="active").exclude(id__in=paid).order_by("id")
        if (price := rental.price(number.monthly_price_minor, period)).gross_minor
    }
    booked = wallet.charge_together(
        [claims.rental_charge(number, period, price) for number, price in due.values()]
    )
    charged = {posting.id: due[key] for key, posting in booked.items()}
    Rental.objects.bulk_create(
        claims.rented(number, period, price) for number, price in charged.values()
    )
    wallet.keep_bases(
        {
            posting_id: rental.facts(number.monthly_price_minor, period)
            for posting_id, (number, _) in charged.items()
        }
    )
    return {number.id for number, _ in charged.values()}


def resume_numbers(workspace_id: UUID, mode: str) -> int:
    """Charge the suspended numbers of a workspace that has money again; return how many are back."""
    rows = Number.objects.filter(workspace_id=workspace_id, mode=mode, status="suspended")
    today = clock.nairobi_today()
    tried = [
        renew_number(each.id, today=today, is_due=False) for each in rows.order_by("claimed_at")
    ]
    return tried.count("paid")


@transaction.atomic
def renew_number(number_id: UUID, *, today: date, is_due: bool = True) -> str:
    """Charge a number its month; say "paid", "suspended", "waiting", "released" or "skipped".

    Before it is due again, a wallet that is too small changes nothing. Locks the number, then the
    wallet. Idempotent by (number, month).
    """
    number = Number.objects.select_for_update(no_key=True).get(id=number_id)
    if number.status not in HELD or queries.current_rental(number, today):
        return "skipped"
    try:
        with transaction.atomic():
            charge_period(number, rental.whole_month(today))
    except InsufficientBalance:
        return _refuse(number, today) if is_due else "waiting"
    if not number.is_barred and NUMBER.apply(number, "resume", suspended_at=None):
        ring(number)
    return "paid"


def _refuse(number: Number, today: date) -> str:
    moment = clock.now()
    if NUMBER.apply(number, "suspend", suspended_at=moment):
        announce_suspension(number)
        _tell_owners(number, "number_suspended", today)
        return "suspended"
    assert number.suspended_at is not None
    if today - clock.nairobi_today(number.suspended_at) >= GRACE:
        release_number(number, today=today)
        _tell_owners(number, "number_lapsed", today)
        return "released"
    return "waiting"


def _tell_owners(number: Number, template: str, today: date) -> None:
    context: dict[str, object] = {
        "number": number,
        "price": Money(
            rental.price(number.monthly_price_minor, rental.whole_month(today)).gross_minor,
            number.currency,
        ),
        "until": today + GRACE,
        "url": f"{settings.PUBLIC_URL}/wallet",
    }
    for email in owner_emails(number.workspace_id):
        mail.post(email, template, context)


def announce_suspension(number: Number) -> None:
    """Tell endpoints and open pages that a number takes and makes no calls."""
    assert number.suspended_at is not None
    events.emit(
        NumberSuspendedEvent(
            number_id=number.id,
            e164=number.e164,
            country_code=number.country,
            suspended_at=number.suspended_at,
        ),
        workspace_id=number.workspace_id,
        mode=number.mode,
    )
    ring(number)
