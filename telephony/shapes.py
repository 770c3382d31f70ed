"""What the replies of telephony look like."""

from kernel.shapes import (
    COUNT,
    E164,
    FLAG,
    TEXT,
    TIME,
    URL,
    extended,
    listing,
    record,
    said,
)
from telephony.interpreter.document import ACTIONS_MAX
from telephony.interpreter.verb import action_schema
from telephony.verbs import ALL

WHERE = said(TEXT, "A JSON path, or the line, column and element of XML.")
FAULT = record(
    "VoiceFault",
    {
        "where": WHERE,
        "message": said(TEXT, "What is wrong there."),
        "mend": said(TEXT, "What to write instead."),
    },
)
WARNING = record(
    "VoiceWarning",
    {"where": WHERE, "message": said(TEXT, "What was skipped, or never runs.")},
)
VERDICT = record(
    "VoiceVerdict",
    {
        "valid": said(FLAG, "Whether a call would run the document."),
        "errors": said(listing(FAULT), "Every action that cannot be read."),
        "warnings": listing(WARNING),
        "mended": said(
            TEXT, "The whole document as it was probably meant; it has no finding left."
        ),
    },
    optional=("mended",),
)
SOUND_HOSTS = record(
    "SoundHosts",
    {"hosts": said(listing(TEXT), "Names, or `*.` and a name: every host below it.")},
)
ACTIONS = {"type": "array", "maxItems": ACTIONS_MAX, "items": action_schema(ALL)}

ICE_SERVER = record(
    "IceServer",
    {
        "urls": listing(TEXT),
        "username": TEXT,
        "credential": TEXT,
    },
    doc="As RTCPeerConnection takes it.",
    optional=("username", "credential"),
)
WEBRTC_TOKEN = record(
    "WebrtcToken",
    {
        "token": said(TEXT, "A JSON Web Token; show it when the WebSocket opens."),
        "endpoint": said(URL, "Where the browser connects."),
        "protocol": said(TEXT, "The WebSocket sub-protocol to ask for."),
        "clientName": said(TEXT, "Who the browser is: what `dial` calls."),
        "sipProfile": said(TEXT, "The SIP address of this client, for `dial.sip`."),
        "phoneNumber": said(E164, "The number it calls as unless it names another of yours."),
        "turnServer": record("TurnServer", {"iceServers": listing(ICE_SERVER)}),
        "expiresIn": said(COUNT, "Seconds in which the browser may connect with it."),
    },
)
SIP_TOKEN = extended("SipToken", WEBRTC_TOKEN, {"expires_at": TIME})
