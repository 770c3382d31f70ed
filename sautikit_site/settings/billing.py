"""Who sells: what stands at the top of statements, tax invoices and receipts."""

from __future__ import annotations

from kernel import env

SELLER_NAME = env.text("SELLER_NAME", "Sautikit", doc="Our legal name, on statements and receipts.")
SELLER_PIN = env.text("SELLER_PIN", "", doc="Our KRA PIN, on tax invoices.")
SELLER_ADDRESS = env.text("SELLER_ADDRESS", "", doc="Our address, on statements and receipts.")
SELLER_EMAIL = env.text(
    "SELLER_EMAIL", "billing@sautikit.com", doc="Where questions about a document are answered."
)
