"""What the replies of calls look like."""

from calls.models import DIRECTIONS
from calls.states import CALL as LIFE
from kernel.shapes import (
    ANYTHING,
    COUNT,
    CURRENCY,
    E164,
    MINOR,
    PAGE_PARAMS,
    TEXT,
    TIME,
    URL,
    UUID,
    extended,
    listing,
    maybe,
    page_of,
    record,
    said,
    words,
)
from kernel.sound import KINDS

STATUS = words(LIFE.states)
SESSION = {
    "type": "string",
    "pattern": "^HD_[0-9a-f]{12}$",
    "description": "Accepted wherever a call id is.",
}
EVENT = record(
    "CallEvent",
    {
        "id": UUID,
        "call_id": UUID,
        "number": said(COUNT, "Its place in the call, without gaps."),
        "kind": TEXT,
        "payload": ANYTHING,
        "occurred_at": TIME,
        "created_at": TIME,
    },
)
EVENTS = page_of(EVENT)
BILLING = record(
    "CallBilling",
    {
        "rate_id": maybe(UUID),
        "rate_version": said(maybe(TEXT), "Direction, prefix and version of the price it kept."),
        "rate_minor_per_minute": MINOR,
        "answered_at_ms": said(maybe(COUNT), "Milliseconds since 1970, UTC."),
        "ended_at_ms": said(maybe(COUNT), "Milliseconds since 1970, UTC."),
        "connected_ms": said(maybe(COUNT), "Talk time as the media engine measured it."),
        "paid_until_seconds": said(COUNT, "The second to which money was held."),
        "billed_seconds": said(
            maybe(COUNT), "`min(ceil(connected_ms / 1000), paid_until_seconds)`"
        ),
        "formula": said(TEXT, "How the cost follows from the fields above."),
    },
    doc="Everything the cost was computed from.",
)
CALL = record(
    "Call",
    {
        "id": UUID,
        "workspace_id": UUID,
        "session_id": maybe(SESSION),
        "mode": words(["live", "test"]),
        "direction": words(DIRECTIONS),
        "purpose": said(
            words(["conversation", "supervision"]), "`supervision` is a supervisor's own call."
        ),
        "local_e164": said(E164, "Your number."),
        "remote_e164": said(TEXT, "The far end; `anonymous` when a caller hides it."),
        "country": maybe(TEXT),
        "started_at": TIME,
        "answered_at": maybe(TIME),
        "ended_at": maybe(TIME),
        "duration_seconds": said(maybe(COUNT), "Whole seconds of talk, rounded up."),
        "status": STATUS,
        "cost_minor": said(maybe(MINOR), "What the call cost, VAT included, once it is over."),
        "cost_currency": maybe(CURRENCY),
        "rate_per_minute_minor": maybe(MINOR),
        "billing": maybe(BILLING),
        "parent_call_id": said(maybe(UUID), "The call that a `dial` action made this one for."),
        "failure_code": maybe(TEXT),
        "hangup_cause": maybe(TEXT),
        "client_request_id": maybe(TEXT),
        "metadata": maybe(ANYTHING),
        "created_at": TIME,
        "updated_at": TIME,
        "events": said(listing(EVENT), "The time line, oldest first."),
    },
)
CALLS = page_of(CALL)
CALLS_PARAMS = {
    "status": said(TEXT, f"One or more of {', '.join(sorted(LIFE.states))}, separated by commas."),
    "direction": said(words(DIRECTIONS), "Only calls of this direction."),
    "q": said(TEXT, "How the far end's number begins or ends, or how the session id begins."),
    "session_id": said(TEXT, "One `HD_…` id, whole."),
    "from": said(TEXT, "Calls from this RFC 3339 time or unix second on."),
    "to": said(TEXT, "Calls before this RFC 3339 time or unix second."),
    **PAGE_PARAMS,
}
ONE_OR_MANY = {
    "description": "One E.164 number or a list of up to 10; all are dialled, the first to answer wins.",
    "anyOf": [E164, {"type": "array", "items": E164, "minItems": 1, "maxItems": 10}],
}
PLACED = record(
    "PlacedCall",
    {
        "call_id": UUID,
        "pbx_session_id": SESSION,
        "session_id": said(SESSION, "The same as `pbx_session_id`."),
        "status": STATUS,
        "stream_url": said(URL, "Server-Sent Events of this call; needs no key."),
        "client_request_id": said(TEXT, "What you sent, only when you sent it."),
    },
    optional=["client_request_id"],
)
ONE_CALL = record(
    "CallReply",
    {
        "call": CALL,
        **{
            name: CALL["properties"][name]
            for name in ("id", "session_id", "status", "duration_seconds", "cost_minor")
        },
        "duration": said(maybe(COUNT), "The same as `duration_seconds`."),
    },
    doc="The call, and its most read fields once more at the top.",
)
TRANSCRIPT = record(
    "Transcript",
    {
        "status": words(["pending", "completed", "failed"]),
        "text": maybe(TEXT),
        "confidence_percent": said(maybe(COUNT), "How sure the recogniser is, where it says so."),
        "recogniser": maybe(TEXT),
        "reason": said(maybe(TEXT), "Why nobody could understand it."),
    },
)
RECORDING = record(
    "Recording",
    {
        "id": UUID,
        "call_id": UUID,
        "status": words(["pending", "ready", "deleted", "expired", "lost"]),
        "source": said(
            words(["record", "dial", "conference", "voicemail"]), "The verb that made it."
        ),
        "channels": said(COUNT, "2 when each side of a bridge has its own channel."),
        "duration_seconds": maybe(COUNT),
        "size_bytes": maybe(COUNT),
        "end_reason": said(maybe(TEXT), "silence, key, max, hangup, stopped, or lost."),
        "transcript": said(maybe(TRANSCRIPT), "Null unless the record action asked for it."),
        "created_at": TIME,
        "ready_at": maybe(TIME),
        "expires_at": said(maybe(TIME), "When it will be deleted."),
    },
)
RECORDINGS = page_of(RECORDING)
RECORDING_PARAMS = {
    "format": said(
        words(["wav", "mp3", "opus"]),
        "The format of the sound; left out, what Accept asks for, else WAV.",
    )
}
RECORDING_PENDING = record(
    "RecordingPending", {"status": words(["pending"]), "retry_after_seconds": COUNT}
)
HUNG_UP = record("HungUpCall", {"call_id": UUID, "status": words(["hung_up"])})
BUCKET = record(
    "CallsBucket",
    {
        "start": TIME,
        "total": COUNT,
        "inbound": COUNT,
        "outbound": COUNT,
        "completed": COUNT,
        "missed": COUNT,
        "failed": COUNT,
        "spend_minor": MINOR,
    },
    doc="One interval; completed + missed + failed = total.",
)
_SUMS = record(
    "CallSums",
    {
        "total": COUNT,
        "completed": COUNT,
        "failed": said(COUNT, "Failed, not answered, busy or canceled."),
        "minutes_total": COUNT,
        "spend_minor": MINOR,
        "currency": CURRENCY,
    },
)
STATISTICS = extended(
    "CallStatistics",
    _SUMS,
    {"series": said(listing(BUCKET), "Oldest first, without gaps; only when `bucket` is sent.")},
)
STATISTICS["required"].remove("series")
STATISTICS_PARAMS = {
    "since": said(
        TEXT | {"default": "today"}, "today, 7d, month, an RFC 3339 time or unix seconds."
    ),
    "bucket": said(words(["hour", "day"]), "Counts for each hour or day as well."),
}
_CAP = {
    "day_minor": said(maybe(MINOR), "The most that calls may cost in a Nairobi day."),
    "call_minor": said(maybe(MINOR), "The most that one call may cost; it ends at that second."),
    "minute_minor": said(maybe(MINOR), "The highest price per minute that may be called."),
    "committed_minor": said(
        maybe(MINOR), "What today's calls cost so far or hold; null without limits."
    ),
}
KEY_LIMITS = record("KeyLimits", {"api_key_id": UUID, "label": TEXT, **_CAP})
LIMITS = record(
    "Limits",
    {
        **_CAP,
        "currency": CURRENCY,
        "keys": said(listing(KEY_LIMITS), "The limits of single API keys."),
        "destinations": said(listing(TEXT), "The prefixes that may be called."),
        "is_stopped": said({"type": "boolean"}, "True while operators have stopped all calls."),
    },
)
DO_NOT_CALL = record(
    "DoNotCallNumber", {"id": UUID, "e164": E164, "reason": TEXT, "created_at": TIME}
)
DO_NOT_CALL_LIST = page_of(DO_NOT_CALL)
DO_NOT_CALL_ADDED = record(
    "DoNotCallAdded",
    {"added": said(COUNT, "New on the list."), "known": said(COUNT, "On it already.")},
)
UPLOAD = record(
    "AudioUpload",
    {
        "url": said(URL, "What `play` plays; it needs no key."),
        "size_bytes": COUNT,
        "mime_type": words(list(KINDS.values())),
        "expires_at": said(TIME, "When the address ends and the file is deleted."),
    },
)
