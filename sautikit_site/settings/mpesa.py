"""How money comes in."""

from __future__ import annotations

from kernel import env

DARAJA_BASE_URL = env.text(
    "DARAJA_BASE_URL", "https://sandbox.safaricom.co.ke", doc="In production api.safaricom.co.ke."
)
DARAJA_CONSUMER_KEY = env.text("DARAJA_CONSUMER_KEY", "", doc="Consumer key of the Daraja app.")
DARAJA_CONSUMER_SECRET = env.text("DARAJA_CONSUMER_SECRET", "", doc="Its secret.", secret=True)
DARAJA_SHORTCODE = env.text("DARAJA_SHORTCODE", "", doc="The Paybill number that takes the money.")
DARAJA_PASSKEY = env.text("DARAJA_PASSKEY", "", doc="The M-Pesa Express passkey.", secret=True)
DARAJA_C2B_VERSION = env.text("DARAJA_C2B_VERSION", "v2", doc="The app's C2B product: v1 or v2.")
DARAJA_C2B_SECRET = env.text("DARAJA_C2B_SECRET", "", doc="Empty: made of PEPPER.", secret=True)
DARAJA_INITIATOR = env.text("DARAJA_INITIATOR", "", doc="Operator, name:credential.", secret=True)
DARAJA_SOURCE_IPS = env.listing("DARAJA_SOURCE_IPS", "", doc="Who may send C2B; empty: anyone.")
VERIFY_MIN_MINOR = env.integer(
    "VERIFY_MIN_MINOR", "5000000", doc="M-Pesa is asked before so many cents are credited."
)
UTILITY_GAP_MAX_MINOR = env.integer(
    "UTILITY_GAP_MAX_MINOR", "0", doc="Cents by which M-Pesa and our books may drift in an hour."
)
SUSPENSE_DAYS = env.integer("SUSPENSE_DAYS", "14", doc="Then money without an owner goes back.")
CLAIM_ALONE_MAX_MINOR = env.integer(
    "CLAIM_ALONE_MAX_MINOR", "2000000", doc="Above it two people release money from suspense."
)
TOPUP_MIN_MINOR = env.integer("TOPUP_MIN_MINOR", "1000", doc="Smallest top-up, in cents.")
TOPUP_MAX_MINOR = env.integer("TOPUP_MAX_MINOR", "25000000", doc="Largest top-up, in cents.")
TRIAL_CREDIT_MINOR = env.integer("TRIAL_CREDIT_MINOR", "0", doc="Cents given to a new workspace.")
