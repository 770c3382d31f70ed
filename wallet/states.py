"""The lives of a hold, a top-up, a receipt, its release and an alert subscriber."""

from kernel.states import Machine, T

# Holds are moved by the SQL functions of migration 0003, which follow this table.
HOLD = Machine(
    initial="placed",
    final=("captured", "voided", "expired"),
    table=[
        T("capture", ("placed",), "captured"),
        T("void", ("placed",), "voided"),
        T("expire", ("placed",), "expired"),
    ],
)

_OPEN = ("created", "pushing", "submitted", "submit_unknown", "confirming")

# Only `paid` is absorbing: a payment may still arrive after every kind of failure.
TOPUP = Machine(
    initial="created",
    final=("paid",),
    table=[
        T("start_push", ("created",), "pushing"),
        # A slow reply may come after another worker gave the push up.
        T("submit", ("pushing", "submit_unknown"), "submitted"),
        T("lose_reply", ("pushing",), "submit_unknown"),
        T("await_receipt", (*_OPEN, "failed"), "confirming"),
        T("fail", _OPEN, "failed"),
        # The callback's reason is better than the one a query or the clock had given.
        T("explain", ("failed",), "failed"),
        T("pay", (*_OPEN, "failed"), "paid"),
    ],
)

PUBLIC_STATUS = {
    **dict.fromkeys(_OPEN, "pending"),
    "paid": "confirmed",
    "failed": "failed",
}

# A receipt is born credited (its owner is known) or in suspense.
RECEIPT = Machine(
    initial="suspense",
    final=("reversed",),
    table=[
        T("release", ("suspense",), "credited"),
        T("freeze", ("credited",), "held"),
        T("unfreeze", ("held",), "credited"),
        T("reverse", ("credited", "held", "suspense"), "reversed"),
    ],
)

# Large sums are released by a second person.
RELEASE = Machine(
    initial="asked",
    final=("done", "refused"),
    table=[
        T("do", ("asked",), "done"),
        T("refuse", ("asked",), "refused"),
    ],
)

REFUND_OPEN = ("asked", "sending", "sent", "unknown")

# A refund is sent once; without an answer it stays open until M-Pesa's result or a person says.
REFUND = Machine(
    initial="asked",
    final=("done", "failed"),
    table=[
        T("start", ("asked",), "sending"),
        T("accept", ("sending",), "sent"),
        T("lose_reply", ("sending",), "unknown"),
        T("finish", ("sending", "sent", "unknown"), "done"),
        T("fail", ("asked", "sending", "sent", "unknown"), "failed"),
    ],
)

# A question to M-Pesa moves nothing, so it is asked again until there is an answer or we give up.
INQUIRY = Machine(
    initial="open",
    final=("confirmed", "denied"),
    table=[
        T("confirm", ("open", "lost"), "confirmed"),
        T("deny", ("open", "lost"), "denied"),
        T("lose", ("open",), "lost"),
        T("ask_again", ("lost",), "open"),
    ],
)

# Who says that a payment with a wrong account number is theirs.
CLAIM = Machine(
    initial="open",
    final=("credited", "refused"),
    table=[
        T("credit", ("open",), "credited"),
        T("refuse", ("open",), "refused"),
    ],
)

# What a statement and our books disagree on: corrected by a new posting, accepted as it is with a
# reason, or settled because it came right by itself.
FINDING = Machine(
    initial="open",
    final=("corrected", "accepted", "settled"),
    table=[
        T("ask", ("open",), "asked"),
        T("correct", ("open", "asked"), "corrected"),
        T("refuse", ("asked",), "open"),
        T("accept", ("open",), "accepted"),
        T("settle", ("open", "asked"), "settled"),
    ],
)

# An address agrees once; leaving removes the row.
SUBSCRIBER = Machine(
    initial="pending",
    final=("confirmed",),
    table=[T("confirm", ("pending",), "confirmed")],
)
