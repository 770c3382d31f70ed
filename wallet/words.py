"""What a top-up says to a person: its steps, its failures in words, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel import clock
from wallet.models import TopUp

COUNTDOWN_SECONDS = 60
# After this the waiting folds into a line of the wallet; the answer may still come.
PATIENCE = timedelta(seconds=120)

NOT_CHARGED = _("You were not charged.")
UNKNOWN = _("We do not have a final answer from M-PESA yet. Please do not pay again.")


@dataclass(frozen=True, slots=True)
class Failure:
    """One public reason: its sentence, whether money surely stayed, and when to try again."""

    text: str | Promise
    surely_not_charged: bool = False
    may_retry: bool = False
    wait_seconds: int = 0


FAILURES = {
    "cancelled": Failure(_("You cancelled the prompt."), True, True),
    "no_response": Failure(
        _(
            "We got no reply from your phone. If you did enter your PIN, wait a minute before trying again."
        ),
        may_retry=True,
        wait_seconds=60,
    ),
    "insufficient_funds": Failure(_("Your M-PESA balance is too low for this amount."), True, True),
    "wrong_pin": Failure(_("The M-PESA PIN was not correct."), True, True),
    "pin_locked": Failure(_("Your M-PESA PIN is locked. Call Safaricom on 100 or 200."), True),
    "payer_busy": Failure(
        _("Your phone has another M-PESA request open. Close it and try again in a minute."),
        may_retry=True,
        wait_seconds=60,
    ),
    "too_soon": Failure(
        _("You asked for the same amount a moment ago. Try again in 2 minutes."),
        may_retry=True,
        wait_seconds=120,
    ),
    "amount_limit": Failure(_("M-PESA does not allow this amount in one payment."), True, True),
    "daily_limit": Failure(_("This would pass your M-PESA daily limit."), True, True),
    "expired": Failure(_("The request expired before it was completed.")),
    "prompt_not_sent": Failure(
        _(
            "The prompt may not have reached your phone. Check your M-PESA messages before paying again."
        )
    ),
    "provider_busy": Failure(_("M-PESA is busy right now. Please try again shortly.")),
    "provider_error": Failure(
        _("M-PESA cannot take this payment right now. We have been alerted. Use Paybill meanwhile.")
    ),
    "setup_error": Failure(
        _("Something is wrong on our side. We have been alerted. Use Paybill meanwhile.")
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the progress: done, now or later."""

    text: str | Promise
    state: str


STEPS = (
    _("Request sent"),
    _("Prompt on your phone"),
    _("Waiting for your PIN"),
    _("Confirming with M-PESA"),
    _("Money in your wallet"),
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


def steps(topup: TopUp) -> list[Step]:
    """Say how far a top-up is; one line is now, unless all are done."""
    reached = REACHED.get(topup.status, 2)
    return [
        Step(text, "done" if at < reached else "now" if at == reached else "later")
        for at, text in enumerate(STEPS)
    ]


def failure(topup: TopUp) -> Failure:
    """Give the words of a failed top-up; a reason without words is not an answer yet."""
    return FAILURES.get(topup.failure_reason, Failure(UNKNOWN))


def retry_at(topup: TopUp) -> datetime | None:
    """Say when a failed top-up may be tried again, if that is later than now."""
    at = (topup.failed_at or topup.created_at) + timedelta(seconds=failure(topup).wait_seconds)
    return at if at > clock.now() else None


def is_waiting(topup: TopUp) -> bool:
    """Say whether someone should keep looking at the phone."""
    return topup.status not in ("paid", "failed") and clock.now() < topup.created_at + PATIENCE
