"""What the reply of the price list looks like."""

from calls.models import PRICED
from kernel.shapes import CURRENCY, MINOR, TEXT, TIME, Shape, listing, maybe, record, said, words

SHILLINGS: Shape = {"type": "number", "description": "Whole shillings and their fraction."}
RATE = record(
    "Rate",
    {
        "direction": words(PRICED),
        "destination": said(TEXT, "The prefix it holds for."),
        "per_minute": SHILLINGS,
        "per_minute_minor": MINOR,
    },
)
PRICING = record(
    "Pricing",
    {
        "currency": CURRENCY,
        "number_monthly_kes": said(maybe(SHILLINGS), "A month's rental before VAT."),
        "number_monthly_minor": maybe(MINOR),
        "number_monthly_with_vat_minor": maybe(MINOR),
        "outbound_per_min_kes": said(maybe(SHILLINGS), "VAT included, billed by the second."),
        "outbound_per_min_minor": maybe(MINOR),
        "inbound_per_min_kes": maybe(SHILLINGS),
        "inbound_per_min_minor": maybe(MINOR),
        "recording_free_gb": {"type": "integer"},
        "rates": listing(RATE),
        "updated_at": maybe(TIME),
    },
)
