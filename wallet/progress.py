"""How far a top-up is, for people: its steps, why it failed, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock
from kernel.money import Money
from wallet.models import TopUp
from wallet.mpesa.results import result_of
from wallet.mpesa.words import sentence
from wallet.queries import PATIENCE
from wallet.services import cooldowns

# The ring's length; it is no verdict, a prompt may be answered later.
COUNTDOWN_SECONDS = 60

STEPS = (
    gettext_lazy("Request sent"),
    gettext_lazy("Prompt on your phone"),
    gettext_lazy("Waiting for your PIN"),
    gettext_lazy("Confirming with M-Pesa"),
    gettext_lazy("Money in your wallet"),
)
# How many of the steps are done in a state.
REACHED = {
    "created": 0,
    "pushing": 0,
    "submitted": 2,
    "submit_unknown": 1,
    "confirming": 3,
    "paid": 5,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the progress: done, now or later."""

    text: str | Promise
    state: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a top-up failed, whether money surely stayed, and when to try again."""

    text: str
    is_certain: bool
    may_retry: bool
    retry_at: datetime | None


def steps(topup: TopUp) -> list[Step]:
    """Say how far a top-up is; one line is now, unless all are done."""
    reached = REACHED.get(topup.status, 2)
    return [
        Step(text, "done" if at < reached else "now" if at == reached else "later")
        for at, text in enumerate(STEPS)
    ]


def failure(topup: TopUp) -> Failure | None:
    """Explain a failed top-up in the words of its reason."""
    if topup.status != "failed":
        return None
    amount = Money(topup.amount_minor, topup.currency)
    text = sentence(topup.failure_reason, amount, source=topup.failure_source)
    result = result_of(topup.result_code)
    is_certain = bool(result and result.is_certain) and topup.failure_source == "callback"
    if is_certain and topup.failure_reason != "cancelled":
        text = f"{text} {_('You were not charged.')}"
    wait = cooldowns.again_after_seconds(topup)
    return Failure(
        text=text,
        is_certain=is_certain,
        may_retry=wait is not None,
        retry_at=clock.now() + timedelta(seconds=wait) if wait else None,
    )


def is_waiting(topup: TopUp) -> bool:
    """Say whether someone should keep looking at the phone."""
    return topup.status not in ("paid", "failed") and clock.now() < topup.created_at + PATIENCE
