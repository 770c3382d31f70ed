"""How people sign in beside their mailbox: the second step, Google, and leaving."""

from __future__ import annotations

from datetime import timedelta

from kernel import env

ACCOUNT_ADAPTER = "accounts.stages.Adapter"
MFA_ADAPTER = "accounts.second_step.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Asked again for what cannot be taken back.
PROOF_LASTS = timedelta(minutes=15)
BROWSER_COOKIE_NAME = "sk_browser"
BROWSER_COOKIE_AGE = timedelta(days=400)
LEAVING_TAKES = timedelta(days=7)

GOOGLE_CLIENT_ID = env.text(
    "GOOGLE_CLIENT_ID", "", doc="Offers signing in with Google, together with the secret."
)
GOOGLE_CLIENT_SECRET = env.text(
    "GOOGLE_CLIENT_SECRET", "", doc="The secret of the OAuth client at Google."
)
GOOGLE_ISSUER = env.text(
    "GOOGLE_ISSUER",
    "https://accounts.google.com",
    doc="The OpenID Connect provider behind the Google button.",
)
