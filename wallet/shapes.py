"""What the wallet's replies look like."""

from kernel.shapes import (
    ANYTHING,
    CURRENCY,
    MINOR,
    PAGE_PARAMS,
    TEXT,
    TIME,
    UUID,
    extended,
    maybe,
    page_of,
    record,
    said,
    words,
)
from wallet.chart import STATEMENT_KINDS, Kind
from wallet.states import PUBLIC_STATUS
from wallet.states import SUBSCRIBER as SUBSCRIBER_LIFE

PUBLIC_KINDS = [kind for kind in STATEMENT_KINDS if kind != Kind.SUSPENSE_RELEASE]

BALANCE = record(
    "Balance",
    {
        "workspace_id": UUID,
        "balance_minor": said(MINOR, "Settled money, in minor units: 100 is KES 1.00."),
        "held_minor": said(MINOR, "What running calls have reserved."),
        "available_minor": said(MINOR, "What may be spent now: `balance_minor - held_minor`."),
        "currency": CURRENCY,
        "low_balance_threshold_minor": said(
            MINOR, "`wallet.low_balance` is sent when the balance falls below it; 0 is never."
        ),
    },
)
WALLET = extended("Wallet", BALANCE, {"status": said(TEXT, "The state of the workspace.")})

TOPUP = record(
    "TopUp",
    {
        "topup_id": UUID,
        "status": words(set(PUBLIC_STATUS.values())),
        "provider": words(["mpesa"]),
        "amount_minor": MINOR,
        "currency": CURRENCY,
        "phone_e164": TEXT,
        "mpesa_account_ref": said(TEXT, "The account number to type when paying by Paybill."),
        "mpesa_paybill": said(TEXT, "The business number to type when paying by Paybill."),
        "failure_reason": maybe(TEXT),
        "provider_reference": said(maybe(TEXT), "The M-Pesa receipt, once the money is here."),
        "retry_after_s": maybe({"type": "integer"}),
        "created_at": TIME,
        "confirmed_at": maybe(TIME),
        "expires_at": maybe(TIME),
    },
)

STATEMENT_ROW = record(
    "StatementRow",
    {
        "id": UUID,
        "kind": words(PUBLIC_KINDS),
        "direction": words(["credit", "debit"]),
        "amount_minor": said(MINOR, "Always positive; `direction` is its sign."),
        "net_minor": MINOR,
        "vat_minor": MINOR,
        "balance_after_minor": MINOR,
        "currency": CURRENCY,
        "call_id": maybe(UUID),
        "number_id": maybe(UUID),
        "topup_id": maybe(UUID),
        "description": TEXT,
        "basis": said(
            maybe(ANYTHING),
            "What a call's charge was computed from: rate version, milliseconds, billed seconds, "
            "formula.",
        ),
        "created_at": TIME,
    },
)
STATEMENT = page_of(STATEMENT_ROW)
STATEMENT_PARAMS = {
    "kind": said(TEXT, f"One or more of {', '.join(PUBLIC_KINDS)}, separated by commas."),
    "from": said(TEXT, "From this day (2026-11-22) or RFC 3339 time on."),
    "to": said(TEXT, "Up to the end of this day, or before this RFC 3339 time."),
    **PAGE_PARAMS,
}

SUBSCRIBER = record(
    "AlertSubscriber",
    {
        "id": UUID,
        "email": {"type": "string", "format": "email"},
        "status": said(
            words(SUBSCRIBER_LIFE.states),
            "`pending` until the address has agreed by the link in its mail; only then it is told.",
        ),
        "created_at": TIME,
        "confirmed_at": maybe(TIME),
    },
)
SUBSCRIBERS = page_of(SUBSCRIBER)
