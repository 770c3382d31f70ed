"""What the reply about storage looks like."""

from calls.storage import TIERS
from kernel.shapes import COUNT, CURRENCY, MINOR, TIME, listing, maybe, record, said

GIGABYTES = {"type": "integer", "enum": list(TIERS)}
_PRICES = {
    "retention_days": said(COUNT, "How long a recording is kept."),
    "monthly_price_minor": said(MINOR, "A month without VAT."),
    "monthly_vat_minor": said(MINOR, "The VAT on it."),
}
OFFER = record(
    "StorageOffer",
    {
        "tier_gb": GIGABYTES,
        **_PRICES,
        "switch_net_minor": said(MINOR, "What moving there debits now, without VAT; down is 0."),
        "switch_vat_minor": said(MINOR, "The VAT on it."),
    },
)
STORAGE = record(
    "StorageTier",
    {
        "tier_gb": said(GIGABYTES, "1 GB is 1,000,000,000 bytes; 5 GB are free."),
        "used_bytes": said(COUNT, "What the stored recordings of this mode weigh."),
        "limit_bytes": COUNT,
        **_PRICES,
        "currency": CURRENCY,
        "effective_at": said(maybe(TIME), "Since when; null while nobody chose a tier."),
        "unpaid_since": said(maybe(TIME), "The wallet could not pay the month since then."),
        "over_since": said(
            maybe(TIME), "More is kept than the tier holds since then; 7 days later the oldest go."
        ),
        "tiers": listing(OFFER),
    },
)
