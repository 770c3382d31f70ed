"""The traps of the simulated M-Pesa in words: one sentence each, in the order of a payment."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("The payer"), ("auto", "prompt_seconds", "same_amount_rule")),
    (_("The request"), ("token_dies", "push_error", "reply_lost")),
    (
        _("The callback"),
        (
            "callback_before_reply", "delay_seconds", "lose_callback", "duplicate", "reorder",
            "alter_amount", "other_checkout", "no_receipt", "text_values", "foreign_address",
        ),
    ),
    (_("The query"), ("query",)),
    (
        _("Paybill and Pull"),
        (
            "c2b_for_push", "lose_confirmation", "no_validation", "phone_form", "hide_from_pull",
            "pull",
        ),
    ),
    (
        _("The back office"),
        ("lose_result", "status_unknown", "refuse_refund", "extra_in_account"),
    ),
)  # fmt: skip

SENTENCES: dict[str, str | Promise] = {
    "auto": _("The phone answers by itself: with the PIN, with a wrong one, or by cancelling."),
    "prompt_seconds": _("The prompt stays on the phone so many seconds."),
    "same_amount_rule": _("The same amount from the same phone within two minutes is refused (17)."),
    "token_dies": _("The access token ends before its time, once."),
    "push_error": _("The request is refused, or seems to be: with the last three a prompt is shown."),
    "reply_lost": _("The prompt goes out, but the line breaks before the reply."),
    "callback_before_reply": _("The callback arrives before the reply to the request."),
    "delay_seconds": _("Callback and confirmation come so many seconds late."),
    "lose_callback": _("The callback is never sent."),
    "duplicate": _("Callback and confirmation are sent so many times."),
    "reorder": _("The callback waits until that of another payment has gone out."),
    "alter_amount": _("Callback and confirmation name so many shillings more than were paid."),
    "other_checkout": _("The callback names a CheckoutRequestID that nobody knows."),
    "no_receipt": _("A paid callback comes without receipt and amount."),
    "text_values": _("Codes and amounts come as text instead of numbers."),
    "foreign_address": _("Messages come from an address that is not Safaricom's."),
    "query": _("The query never knows, answers with an error, or lies."),
    "c2b_for_push": _("A paid prompt is also announced as a Paybill payment."),
    "lose_confirmation": _("The Paybill payment is made and nobody is told."),
    "no_validation": _("The business is not asked before a Paybill payment."),
    "phone_form": _("The payer's number is masked; choose plain or hashed instead."),
    "hide_from_pull": _("Pull does not list what this phone pays."),
    "pull": _("Pull fails, or starts anew at every page. Set it for all phones."),
    "lose_result": _("The result of a refund, a status or a balance is never sent."),
    "status_unknown": _("Transaction Status does not know what this phone paid."),
    "refuse_refund": _("A reversal or payout to this phone fails: too little money."),
    "extra_in_account": _(
        "The business's account holds so many shillings more than came in. Set it for all phones."
    ),
}  # fmt: skip
