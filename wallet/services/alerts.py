"""Who hears by mail that money runs low: asked first, told once per crossing, free to leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from kernel import audit, clock, limits, mail
from kernel.models import Event
from kernel.money import Money
from kernel.signing import make_token, read_token
from wallet.errors import (
    AlertLinkInvalid,
    SubscriberExists,
    SubscribersFull,
)
from wallet.models import AlertSubscriber
from wallet.states import SUBSCRIBER

SUBSCRIBERS_MAX = 20
CONFIRM_TTL = timedelta(days=7)
# A stranger's mailbox is asked a few times a day at most, by all workspaces together.
QUESTIONS_BURST, QUESTIONS_PER_SECOND = 3, 3.5e-5

CONFIRM, LEAVE = "wallet.alert.confirm", "wallet.alert.leave"


@transaction.atomic
def add_subscriber(*, workspace_id: UUID, mode: str, email: str, actor: str) -> AlertSubscriber:
    """Put an address on the list and mail it the question whether it wants to be there.

    Raises SubscriberExists, SubscribersFull, RateLimited.
    """
    address = email.strip().lower()
    mine = AlertSubscriber.objects.filter(workspace_id=workspace_id, mode=mode)
    row, is_new = mine.get_or_create(
        email=address, defaults={"workspace_id": workspace_id, "mode": mode}
    )
    if not is_new:
        raise SubscriberExists(email=address)
    if mine.count() > SUBSCRIBERS_MAX:
        raise SubscribersFull(limit=SUBSCRIBERS_MAX)
    limits.require(f"alert:{address}", rate_per_second=QUESTIONS_PER_SECOND, burst=QUESTIONS_BURST)
    mail.post(
        address,
        "alert_confirm",
        {
            "workspace": row.workspace.name,
            "url": _link("wallet:alert_confirm", CONFIRM, row),
            "days": CONFIRM_TTL.days,
        },
    )
    _record("wallet.subscriber_added", row, actor)
    return row


@transaction.atomic
def remove_subscriber(row: AlertSubscriber, *, actor: str) -> None:
    """Take an address off the list; no mail that waits is sent to it. Idempotent."""
    if AlertSubscriber.objects.filter(id=row.id).delete()[0]:
        _record("wallet.subscriber_removed", row, actor)


def find_subscriber(token: str, purpose: str) -> AlertSubscriber:
    """Return whom the link of a mail names. Raises AlertLinkInvalid."""
    match read_token(settings.PEPPER, token):
        case (said, row_id) if said == purpose:
            row = AlertSubscriber.objects.select_related("workspace").filter(id=row_id).first()
        case _:
            row = None
    is_old = row is not None and row.status == "pending" and clock.now() > _asked_until(row)
    if row is None or is_old:
        raise AlertLinkInvalid()
    return row


def confirm_subscriber(token: str) -> AlertSubscriber:
    """Take an address's yes. Idempotent. Raises AlertLinkInvalid."""
    row = find_subscriber(token, CONFIRM)
    SUBSCRIBER.apply(row, "confirm", confirmed_at=clock.now())
    return row


def leave_list(token: str) -> None:
    """Take an address off the list by the link in its mail. Raises AlertLinkInvalid."""
    remove_subscriber(find_subscriber(token, LEAVE), actor="mail link")


def tell_subscribers(event_id: str) -> None:
    """Mail one crossing to every address that agreed. Idempotent: each keeps what it was told."""
    event = Event.objects.get(id=event_id)
    agreed = AlertSubscriber.objects.filter(
        workspace_id=event.workspace_id, mode=event.mode, status="confirmed"
    )
    for row in agreed.select_related("workspace"):
        _tell(row, event)


@transaction.atomic
def _tell(row: AlertSubscriber, event: Event) -> None:
    untold = AlertSubscriber.objects.filter(id=row.id, told_event_id__lt=event.id)
    if not untold.update(told_event_id=event.id):
        return
    facts, currency = event.payload, event.payload["currency"]
    mail.post(
        row.email,
        "low_balance",
        {
            "workspace": row.workspace.name,
            "is_test": event.mode == "test",
            "balance": str(Money(facts["balance_minor"], currency)),
            "threshold": str(Money(facts["threshold_minor"], currency)),
            "minutes": facts["minutes_left"],
            "url": f"{settings.PUBLIC_URL}{reverse('wallet:topup')}",
            "leave_url": _link("wallet:alert_leave", LEAVE, row),
        },
    )


def _asked_until(row: AlertSubscriber) -> datetime:
    return row.created_at + CONFIRM_TTL


def _link(page: str, purpose: str, row: AlertSubscriber) -> str:
    token = make_token(settings.PEPPER, purpose, str(row.id))
    return f"{settings.PUBLIC_URL}{reverse(page, args=[token])}"


def _record(action: str, row: AlertSubscriber, actor: str) -> None:
    audit.record(action, actor=actor, subject=row.id, workspace_id=row.workspace_id)
