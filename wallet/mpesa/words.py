"""What a payer reads for each reason; nothing claims that no money moved unless that is certain."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.money import Money

SENTENCES: dict[str, str | Promise] = {
    "insufficient_funds": gettext_lazy("Your M-Pesa balance is too low for {amount}."),
    "amount_limit": gettext_lazy("M-Pesa does not allow this amount in one payment."),
    "daily_limit": gettext_lazy("This would pass your M-Pesa daily limit."),
    "provider_error": gettext_lazy(
        "M-Pesa cannot take this payment right now. We have been alerted."
    ),
    "too_soon": gettext_lazy("You asked for the same amount a moment ago. Try again in 2 minutes."),
    "provider_busy": gettext_lazy("M-Pesa is busy right now. Please try again shortly."),
    "payer_busy": gettext_lazy(
        "Your phone has another M-Pesa request open. Close it and try again in a minute."
    ),
    "expired": gettext_lazy("The request expired before it was completed."),
    "prompt_not_sent": gettext_lazy(
        "The prompt may not have reached your phone. Check your M-Pesa messages before paying again."
    ),
    "cancelled": gettext_lazy("You cancelled the prompt. You were not charged."),
    "no_response": gettext_lazy(
        "We got no reply from your phone. If you did enter your PIN, wait a minute before trying again."
    ),
    "wrong_pin": gettext_lazy("The M-Pesa PIN was not correct."),
    "pin_locked": gettext_lazy("Your M-Pesa PIN is locked. Call Safaricom on 100 or 200."),
    "setup_error": gettext_lazy(
        "Something is wrong on our side. We have been alerted. Use Paybill meanwhile."
    ),
    "phone_refused": gettext_lazy("M-Pesa does not accept this phone number."),
    "unknown": gettext_lazy(
        "We do not have a final answer from M-Pesa yet. Please do not pay again."
    ),
}


def sentence(reason: str, amount: Money, *, source: str = "callback") -> str:
    """Return the words for a reason; a query alone never says that nobody was charged."""
    if reason == "cancelled" and source != "callback":
        return _("The prompt was cancelled.")
    return str(SENTENCES.get(reason, SENTENCES["unknown"])).format(amount=amount)
