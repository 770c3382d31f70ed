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

# An address agrees once; leaving removes the row.
SUBSCRIBER = Machine(
    initial="pending",
    final=("confirmed",),
    table=[T("confirm", ("pending",), "confirmed")],
)
