"""Trunks, engines, the limits of a call, and where recordings are kept."""

from __future__ import annotations

from kernel import env
from sautikit_site.settings.paths import VAR_DIR

CARRIER = env.text(
    "CARRIER",
    "telephony.adapters.native.NativeCarrier",
    doc="The class behind calls' Carrier port.",
)
VOICE_LISTENERS = env.text(
    "VOICE_LISTENERS",
    "webhooks.voice.VoiceListeners",
    doc="The class behind telephony's port for calls that a laptop answers.",
)
# What the apps to the right of calls know of a call, for its time line.
CHRONICLES = ("telephony.chronicle.Documents", "webhooks.chronicle.Deliveries")
SIP_HOST = env.text("SIP_HOST", "127.0.0.1", doc="The address the trunk side listens on.")
SIP_PORT = env.integer("SIP_PORT", "5060", doc="The first engine's SIP port (UDP).")
RTP_PORT_MIN = env.integer("RTP_PORT_MIN", "12000", doc="First UDP port for media.")
RTP_PORT_MAX = env.integer("RTP_PORT_MAX", "12998", doc="Last UDP port for media.")
SIP_TRUNKS = env.structure(
    "SIP_TRUNKS",
    "[]",
    doc='JSON list of trunks: name, host, port, username, password, prefixes (["+254"]), mode (live, test or both).',
)
ENGINES = env.integer("ENGINES", "1", doc="Engine processes on this machine.")
ASTERISK_NODES = env.structure(
    "ASTERISK_NODES",
    "[]",
    doc="JSON list of Asterisk nodes that carry the trunks (docs/asterisk.md); [] is our own SIP.",
)
ENGINE_TAP_DIR = env.text(
    "ENGINE_TAP_DIR", "", doc="Keep the audio of every leg in this folder (sandbox and tests only)."
)
TTS_SOCKET = env.text(
    "TTS_SOCKET", "", doc="Where the speech process listens; empty: run/tts.sock in VAR_DIR."
) or str(VAR_DIR / "run" / "tts.sock")
CALL_SLICE_SECONDS = env.integer(
    "CALL_SLICE_SECONDS", "60", doc="Talk time held when a call starts and at each extension."
)
CALL_RING_TIMEOUT_SECONDS = env.integer(
    "CALL_RING_TIMEOUT_SECONDS", "60", doc="How long an outbound call rings."
)
CALL_DIAL_TIMEOUT_SECONDS = env.integer(
    "CALL_DIAL_TIMEOUT_SECONDS", "30", doc="How long a supervisor rings."
)
CALL_LONGEST_SECONDS = env.integer("CALL_LONGEST_SECONDS", "14400", doc="The longest call.")
CALLS_PER_SECOND = env.integer("CALLS_PER_SECOND", "5", doc="New calls a second per workspace.")
CONCURRENT_CALLS_MAX = env.integer("CONCURRENT_CALLS_MAX", "50", doc="Calls at once per workspace.")
TARIFF = env.text("TARIFF", "calls.tariff.CallTariff", doc="The class behind wallet's price port.")
RATE_NOTICE_DAYS = env.integer(
    "RATE_NOTICE_DAYS", "30", doc="Notice before a higher price for everybody begins."
)
CONFERENCE_SIZE = env.integer(
    "CONFERENCE_SIZE", "50", doc="Callers in a room whose document does not say how many."
)

# --- Recordings -------------------------------------------------------------------------------

RECORDINGS_SECRET = env.text(
    "RECORDINGS_SECRET", "", doc="Encrypts recordings; never change it. Empty: PEPPER.", secret=True
)
RECORDING_DAYS = env.integer(
    "RECORDING_DAYS", "90", doc="How long a recording is kept in the free storage tier."
)
STORAGE_MINOR_PER_GB = env.integer(
    "STORAGE_MINOR_PER_GB", "200", doc="A month of a gigabyte above the free ones, without VAT."
)
_files = "django.core.files.storage.FileSystemStorage"
STORAGES = {
    "default": {"BACKEND": _files},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "recordings": env.structure(
        "RECORDINGS_STORAGE",
        "{}",
        doc="JSON of a Django storage (BACKEND, OPTIONS); {}: recordings/ in VAR_DIR.",
    )
    or {"BACKEND": _files, "OPTIONS": {"location": VAR_DIR / "recordings"}},
}
