"""Browser phones and desk phones: how they reach us and how we reach each other."""

from __future__ import annotations

from urllib.parse import urlsplit

from kernel import env
from sautikit_site.settings.paths import VAR_DIR

SIP_DOMAIN = (
    env.text(
        "SIP_DOMAIN",
        "",
        doc="The domain of the SIP addresses of browser clients and desk phones; empty: PUBLIC_URL's.",
    )
    or urlsplit(
        env.text("PUBLIC_URL", "http://127.0.0.1:8000", doc="Where browsers reach web.")
    ).hostname
    or "127.0.0.1"
)

# --- Desk phones ------------------------------------------------------------------------------

PHONE_SIP_HOST = env.text(
    "PHONE_SIP_HOST", "127.0.0.1", doc="The address that desk phones register at."
)
PHONE_SIP_PORT = env.integer(
    "PHONE_SIP_PORT", "5090", doc="The port that desk phones register at (UDP)."
)
PHONE_FAILURES = env.integer(
    "PHONE_FAILURES", "5", doc="Wrong passwords in ten minutes after which an address is not heard."
)

# --- Browser phones ---------------------------------------------------------------------------

WEBRTC_SOCKET = env.text(
    "WEBRTC_SOCKET",
    "",
    doc="Where the browser phones' process listens; empty: run/webrtc.sock in VAR_DIR.",
) or str(VAR_DIR / "run" / "webrtc.sock")
WEBRTC_SIP_PORT = env.integer(
    "WEBRTC_SIP_PORT",
    "5080",
    doc="The port on SIP_HOST where browser phones and engines meet (UDP).",
)
WEBRTC_ADDRESSES = env.listing(
    "WEBRTC_ADDRESSES",
    "",
    doc="Our addresses that browsers send sound to, comma separated; empty: all of this machine.",
)
WEBRTC_PUBLIC_ADDRESS = env.text(
    "WEBRTC_PUBLIC_ADDRESS", "", doc="The address the world sees when ours are behind NAT."
)
_live = urlsplit(
    env.text("LIVE_URL", "http://127.0.0.1:8001", doc="Where browsers reach live streams.")
)
WEBRTC_URL = f"{'wss' if _live.scheme == 'https' else 'ws'}://{_live.netloc}/v1/webrtc/socket"
STUN_URLS = env.listing(
    "STUN_URLS", "", doc="STUN servers that browsers ask, comma separated (stun:host:3478)."
)
TURN_URLS = env.listing(
    "TURN_URLS", "", doc="TURN servers that browsers may relay through (turn:host:3478)."
)
TURN_SECRET = env.text(
    "TURN_SECRET",
    "",
    doc="The secret shared with the TURN servers (coturn: static-auth-secret); makes passing logins.",
    secret=True,
)
WEBRTC_TOKEN_SECONDS = env.integer(
    "WEBRTC_TOKEN_SECONDS", "900", doc="How long a browser may connect with its token."
)
