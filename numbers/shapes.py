"""What the replies of numbers look like."""

from kernel.shapes import (
    COUNT,
    CURRENCY,
    E164,
    FLAG,
    MINOR,
    PAGE_PARAMS,
    TEXT,
    TIME,
    UUID,
    extended,
    listing,
    maybe,
    page_of,
    record,
    said,
    words,
)
from numbers.states import NUMBER

PRICES = {
    "monthly_price_minor": said(MINOR, "A month's rental before VAT: 10000 is KES 100."),
    "inbound_per_min_minor": said(MINOR, "A minute of being called."),
    "outbound_per_min_minor": said(MINOR, "A minute of calling, billed by the second."),
    "currency": CURRENCY,
}
QUOTE = record(
    "Quote",
    {"net_minor": MINOR, "vat_minor": MINOR, "days_left": COUNT, "days_in_month": COUNT},
    doc="What claiming costs today: the rest of the month, and the VAT on it.",
)
OFFER = record(
    "InventoryNumber",
    {
        "id": UUID,
        "inventory_id": said(UUID, "Send it to claim the number; the same as `id`."),
        "e164": E164,
        "country": TEXT,
        "capabilities": listing(TEXT),
        **PRICES,
        "quote": QUOTE,
    },
)
AVAILABLE = record(
    "AvailableNumbers",
    {
        "available": listing(OFFER),
        "next_cursor": said(maybe(TEXT), "Send it as `cursor` to get the next page."),
    },
)
AVAILABLE_PARAMS = {
    "country": said(TEXT, "ISO 3166 alpha-2, such as KE."),
    "currency": said(TEXT, "ISO 4217, such as KES."),
    "capability": said(TEXT, "What the number must be able to do, such as voice."),
    "contains": said(TEXT, "Digits the number must hold."),
    **PAGE_PARAMS,
    "limit": said(PAGE_PARAMS["limit"] | {"default": 100}, "Rows a page."),
}

TENANT_NUMBER = record(
    "TenantNumber",
    {
        "id": UUID,
        "inventory_id": UUID,
        "e164": E164,
        "status": words(NUMBER.states),
        "mode": words(["live", "test"]),
        "country": TEXT,
        "country_iso2": said(TEXT, "The same as `country`, for older clients."),
        "capabilities": listing(TEXT),
        **PRICES,
        "monthly_retail_minor": said(MINOR, "The same as `monthly_price_minor`."),
        "voice_callback_url": maybe(TEXT),
        "voice_fallback_url": maybe(TEXT),
        "events_url": maybe(TEXT),
        "ring_client": said(maybe(TEXT), "The browser client that rings without a voice URL."),
        "forward_to": said(maybe(TEXT), "Who is called without a voice URL, with commas."),
        "voicemail_greeting": said(
            maybe(TEXT),
            "What callers hear who reach nobody: a text, or the address of a sound file; null is none.",
        ),
        "voicemail_email": said(maybe(TEXT), "Who gets a mail for each message; null: the owners."),
        "has_voice_signing_secret": FLAG,
        "claimed_at": TIME,
        "created_at": TIME,
        "released_at": maybe(TIME),
    },
)
MOVEMENT = {"net_minor": MINOR, "vat_minor": MINOR, "balance_after_minor": MINOR}
CLAIMED = extended(
    "ClaimedNumber",
    TENANT_NUMBER,
    {"charge": record("Charge", MOVEMENT, doc="What the claim took from the wallet.")},
)
CLAIMED_INSIDE = record("ClaimedNumberInside", {"number": CLAIMED})
NUMBERS = record("TenantNumbers", {"numbers": listing(TENANT_NUMBER)})
RELEASED = record(
    "ReleasedNumber",
    {
        "id": UUID,
        "e164": E164,
        "status": words(["released"]),
        "released_at": TIME,
        "refund": record("Refund", MOVEMENT, doc="What the unused days gave back."),
    },
)

SIP_CREDENTIAL = record(
    "SipCredential",
    {
        "id": UUID,
        "label": TEXT,
        "username": said(TEXT, "What the phone registers as; also its name in `dial.sip`."),
        "realm": TEXT,
        "sip_uri": said(TEXT, "What `dial.sip` calls."),
        "server": said(TEXT, "Host and port of the registrar."),
        "transport": words(["udp"]),
        "ws_url": said(TEXT, "Where browser phones connect (`POST /v1/webrtc/token`)."),
        "registered": said(FLAG, "Whether a phone is there now."),
        "registered_until": maybe(TIME),
        "user_agent": said(maybe(TEXT), "What the phone calls itself."),
        "created_at": TIME,
        "rotated_at": maybe(TIME),
    },
)
SIP_CREDENTIALS = page_of(SIP_CREDENTIAL)
SIP_CREDENTIALS_PARAMS = PAGE_PARAMS
NEW_SIP_CREDENTIAL = extended(
    "NewSipCredential", SIP_CREDENTIAL, {"password": said(TEXT, "Shown this once.")}
)
