"""What the API answers, as typed dictionaries.

Made by `manage.py generate` from the API description. Do not edit.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union


class AlertSubscriber(TypedDict):
    id: str
    email: str
    #: `pending` until the address has agreed by the link in its mail; only then it is told.
    status: Literal["confirmed", "pending"]
    created_at: str
    confirmed_at: str | None


class AlertSubscriberPage(TypedDict):
    data: list[AlertSubscriber]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class ApiKey(TypedDict):
    id: str
    label: str
    #: The first characters, to tell keys apart.
    prefix: str
    mode: Literal["live", "test"]
    scopes: list[str] | None
    #: Whether its calls begin from 07:00 to 19:00 in Nairobi only.
    marketing: bool
    status: Literal["active", "expired", "revoked"]
    created_by: str
    created_at: str
    last_used_at: str | None
    expires_at: str | None
    revoked_at: str | None


class ApiKeyPage(TypedDict):
    data: list[ApiKey]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class Attempt(TypedDict):
    number: int
    response_status: int | None
    error: str | None
    duration_ms: int | None
    #: Milliseconds by step: `dns_ms`, `connect_ms`, `tls_ms`, `first_byte_ms`; a step that was
    #: not taken is absent, as on a kept connection.
    timings: dict[str, Any]
    #: The address that was connected to.
    address: str | None
    request_headers: dict[str, Any] | None
    response_headers: dict[str, Any] | None
    response_body: str
    created_at: str


class AudioUpload(TypedDict):
    #: What `play` plays; it needs no key.
    url: str
    size_bytes: int
    mime_type: Literal["audio/flac", "audio/mpeg", "audio/ogg", "audio/wav"]
    #: When the address ends and the file is deleted.
    expires_at: str


class AuditEntry(TypedDict):
    id: str
    action_kind: str
    #: Who did it: `user:`, `key:` or `operator:` and an id, or a job.
    actor: str
    #: What it was done to.
    subject: str
    #: What was changed, as it was.
    before: dict[str, Any] | None
    #: What was changed, as it is now.
    after: dict[str, Any] | None
    reason: str
    created_at: str


class AuditEntryPage(TypedDict):
    data: list[AuditEntry]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class AvailableNumbers(TypedDict):
    available: list[InventoryNumber]
    #: Send it as `cursor` to get the next page.
    next_cursor: str | None


class Balance(TypedDict):
    workspace_id: str
    #: Settled money, in minor units: 100 is KES 1.00.
    balance_minor: int
    #: What running calls have reserved.
    held_minor: int
    #: What may be spent now: `balance_minor - held_minor`.
    available_minor: int
    currency: str
    #: `wallet.low_balance` is sent when the balance falls below it; 0 is never.
    low_balance_threshold_minor: int


class Call(TypedDict):
    id: str
    workspace_id: str
    #: Accepted wherever a call id is.
    session_id: str | None
    mode: Literal["live", "test"]
    direction: Literal["inbound", "outbound"]
    #: `supervision` is a supervisor's own call.
    purpose: Literal["conversation", "supervision"]
    #: Your number.
    local_e164: str
    #: The far end; `anonymous` when a caller hides it.
    remote_e164: str
    country: str | None
    started_at: str
    answered_at: str | None
    ended_at: str | None
    #: Whole seconds of talk, rounded up.
    duration_seconds: int | None
    status: Literal["answered", "busy", "canceled", "completed", "failed", "no_answer", "ringing"]
    #: What the call cost, VAT included, once it is over.
    cost_minor: int | None
    cost_currency: str | None
    #: Minor units: 100 is KES 1.00.
    rate_per_minute_minor: int | None
    billing: CallBilling | None
    #: The call that a `dial` action made this one for.
    parent_call_id: str | None
    failure_code: str | None
    hangup_cause: str | None
    client_request_id: str | None
    metadata: dict[str, Any] | None
    created_at: str
    updated_at: str
    #: The time line, oldest first.
    events: list[CallEvent]


class CallBilling(TypedDict):
    """Everything the cost was computed from."""

    rate_id: str | None
    #: Direction, prefix and version of the price it kept.
    rate_version: str | None
    #: Minor units: 100 is KES 1.00.
    rate_minor_per_minute: int
    #: Milliseconds since 1970, UTC.
    answered_at_ms: int | None
    #: Milliseconds since 1970, UTC.
    ended_at_ms: int | None
    #: Talk time as the media engine measured it.
    connected_ms: int | None
    #: The second to which money was held.
    paid_until_seconds: int
    #: `min(ceil(connected_ms / 1000), paid_until_seconds)`
    billed_seconds: int | None
    #: How the cost follows from the fields above.
    formula: str


class CallEvent(TypedDict):
    id: str
    call_id: str
    #: Its place in the call, without gaps.
    number: int
    kind: str
    payload: dict[str, Any]
    occurred_at: str
    created_at: str


class CallEventPage(TypedDict):
    data: list[CallEvent]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class CallPage(TypedDict):
    data: list[Call]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class _CallStatistics(TypedDict):
    total: int
    completed: int
    #: Failed, not answered, busy or canceled.
    failed: int
    minutes_total: int
    #: Minor units: 100 is KES 1.00.
    spend_minor: int
    currency: str


class CallStatistics(_CallStatistics, total=False):
    #: Oldest first, without gaps; only when `bucket` is sent.
    series: list[CallsBucket]


class CallsBucket(TypedDict):
    """One interval; completed + missed + failed = total."""

    start: str
    total: int
    inbound: int
    outbound: int
    completed: int
    missed: int
    failed: int
    #: Minor units: 100 is KES 1.00.
    spend_minor: int


class Charge(TypedDict):
    """What the claim took from the wallet."""

    #: Minor units: 100 is KES 1.00.
    net_minor: int
    #: Minor units: 100 is KES 1.00.
    vat_minor: int
    #: Minor units: 100 is KES 1.00.
    balance_after_minor: int


class ClaimedNumber(TypedDict):
    id: str
    inventory_id: str
    e164: str
    status: Literal["active", "released", "suspended"]
    mode: Literal["live", "test"]
    country: str
    #: The same as `country`, for older clients.
    country_iso2: str
    capabilities: list[str]
    #: A month's rental before VAT: 10000 is KES 100.
    monthly_price_minor: int
    #: A minute of being called.
    inbound_per_min_minor: int
    #: A minute of calling, billed by the second.
    outbound_per_min_minor: int
    currency: str
    #: The same as `monthly_price_minor`.
    monthly_retail_minor: int
    voice_callback_url: str | None
    voice_fallback_url: str | None
    events_url: str | None
    #: The browser client that rings without a voice URL.
    ring_client: str | None
    #: Who is called without a voice URL, with commas.
    forward_to: str | None
    #: What callers hear who reach nobody: a text, or the address of a sound file; null is none.
    voicemail_greeting: str | None
    #: Who gets a mail for each message; null: the owners.
    voicemail_email: str | None
    has_voice_signing_secret: bool
    claimed_at: str
    created_at: str
    released_at: str | None
    charge: Charge


class Conference(TypedDict):
    conference_id: str
    name: str
    mode: Literal["live", "test"]
    status: Literal["ended", "in_progress", "waiting"]
    max_participants: int
    #: Who has a place now.
    participant_count: int
    #: Who is there; of a room that has ended, who was.
    participants: list[ConferenceParticipant]
    created_at: str
    started_at: str | None
    ended_at: str | None


class ConferenceCommanded(TypedDict):
    conference_id: str
    name: str
    command: Literal["end", "hold", "kick", "mute", "play", "say", "unhold", "unmute"]
    status: Literal["accepted"]
    #: Whom it concerns.
    participants: list[str]


class ConferencePage(TypedDict):
    data: list[Conference]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class ConferenceParticipant(TypedDict):
    participant_id: str
    call_id: str
    session_id: str
    #: The far end's number.
    caller: str
    #: queued: no place yet; waiting: the room has not started; joined; left.
    status: Literal["joined", "left", "queued", "waiting"]
    muted: bool
    held: bool
    start_on_enter: bool
    end_on_exit: bool
    joined_at: str
    left_at: str | None


class Delivery(TypedDict):
    id: str
    event_id: str
    #: The name, such as `call.completed`.
    event: str
    sequence: int | None
    status: Literal["dead_letter", "delivered", "pending", "retrying"]
    attempts: int
    last_error: str | None
    next_attempt_at: str | None
    delivered_at: str | None
    created_at: str


class DeliveryPage(TypedDict):
    data: list[Delivery]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class DeliveryWithAttempts(TypedDict):
    id: str
    event_id: str
    #: The name, such as `call.completed`.
    event: str
    sequence: int | None
    status: Literal["dead_letter", "delivered", "pending", "retrying"]
    attempts: int
    last_error: str | None
    next_attempt_at: str | None
    delivered_at: str | None
    created_at: str
    tries: list[Attempt]


class DoNotCallAdded(TypedDict):
    #: New on the list.
    added: int
    #: On it already.
    known: int


class DoNotCallNumber(TypedDict):
    id: str
    e164: str
    reason: str
    created_at: str


class DoNotCallNumberPage(TypedDict):
    data: list[DoNotCallNumber]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class _Event(TypedDict):
    #: The name, such as `call.completed`.
    event: str
    #: The same as `event`.
    kind: str
    event_id: str
    workspace_id: str
    mode: Literal["live", "test"]
    #: Gap-free in a workspace and mode.
    sequence: int
    occurred_at: str
    data: dict[str, Any]


class Event(_Event, total=False):
    """The body exactly as it is delivered to endpoints."""

    #: Its place among the events of its call.
    call_sequence: int


class EventPage(TypedDict):
    data: list[Event]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class HungUpCall(TypedDict):
    call_id: str
    status: Literal["hung_up"]


class _IceServer(TypedDict):
    urls: list[str]


class IceServer(_IceServer, total=False):
    """As RTCPeerConnection takes it."""

    username: str
    credential: str


class InventoryNumber(TypedDict):
    id: str
    #: Send it to claim the number; the same as `id`.
    inventory_id: str
    e164: str
    country: str
    capabilities: list[str]
    #: A month's rental before VAT: 10000 is KES 100.
    monthly_price_minor: int
    #: A minute of being called.
    inbound_per_min_minor: int
    #: A minute of calling, billed by the second.
    outbound_per_min_minor: int
    currency: str
    quote: Quote


class Invitation(TypedDict):
    id: str
    email: str
    role: Literal["admin", "member", "owner", "viewer"]
    status: Literal["accepted", "expired", "pending", "revoked"]
    invited_by: str | None
    created_at: str
    sent_at: str
    #: 7 days after the last mail.
    expires_at: str


class InvitationPage(TypedDict):
    data: list[Invitation]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class KeyLimits(TypedDict):
    api_key_id: str
    label: str
    #: The most that calls may cost in a Nairobi day.
    day_minor: int | None
    #: The most that one call may cost; it ends at that second.
    call_minor: int | None
    #: The highest price per minute that may be called.
    minute_minor: int | None
    #: What today's calls cost so far or hold; null without limits.
    committed_minor: int | None


class Limits(TypedDict):
    #: The most that calls may cost in a Nairobi day.
    day_minor: int | None
    #: The most that one call may cost; it ends at that second.
    call_minor: int | None
    #: The highest price per minute that may be called.
    minute_minor: int | None
    #: What today's calls cost so far or hold; null without limits.
    committed_minor: int | None
    currency: str
    #: The limits of single API keys.
    keys: list[KeyLimits]
    #: The prefixes that may be called.
    destinations: list[str]
    #: True while operators have stopped all calls.
    is_stopped: bool


class Member(TypedDict):
    id: str
    user: Person
    role: Literal["admin", "member", "owner", "viewer"]
    created_at: str


class MemberPage(TypedDict):
    data: list[Member]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class NewApiKey(TypedDict):
    id: str
    label: str
    #: The first characters, to tell keys apart.
    prefix: str
    mode: Literal["live", "test"]
    scopes: list[str] | None
    #: Whether its calls begin from 07:00 to 19:00 in Nairobi only.
    marketing: bool
    status: Literal["active", "expired", "revoked"]
    created_by: str
    created_at: str
    last_used_at: str | None
    expires_at: str | None
    revoked_at: str | None
    #: Shown once: a replay of the same Idempotency-Key has null here.
    secret: str | None


class NewSipCredential(TypedDict):
    id: str
    label: str
    #: What the phone registers as; also its name in `dial.sip`.
    username: str
    realm: str
    #: What `dial.sip` calls.
    sip_uri: str
    #: Host and port of the registrar.
    server: str
    transport: Literal["udp"]
    #: Where browser phones connect (`POST /v1/webrtc/token`).
    ws_url: str
    #: Whether a phone is there now.
    registered: bool
    registered_until: str | None
    #: What the phone calls itself.
    user_agent: str | None
    created_at: str
    rotated_at: str | None
    #: Shown this once.
    password: str


class Person(TypedDict):
    id: str
    email: str
    name: str


class _PlacedCall(TypedDict):
    call_id: str
    #: Accepted wherever a call id is.
    pbx_session_id: str
    #: The same as `pbx_session_id`.
    session_id: str
    status: Literal["answered", "busy", "canceled", "completed", "failed", "no_answer", "ringing"]
    #: Server-Sent Events of this call; needs no key.
    stream_url: str


class PlacedCall(_PlacedCall, total=False):
    #: What you sent, only when you sent it.
    client_request_id: str


class Pricing(TypedDict):
    currency: str
    #: A month's rental before VAT.
    number_monthly_kes: float | None
    #: Minor units: 100 is KES 1.00.
    number_monthly_minor: int | None
    #: Minor units: 100 is KES 1.00.
    number_monthly_with_vat_minor: int | None
    #: VAT included, billed by the second.
    outbound_per_min_kes: float | None
    #: Minor units: 100 is KES 1.00.
    outbound_per_min_minor: int | None
    #: Whole shillings and their fraction.
    inbound_per_min_kes: float | None
    #: Minor units: 100 is KES 1.00.
    inbound_per_min_minor: int | None
    recording_free_gb: int
    rates: list[Rate]
    updated_at: str | None


class Quote(TypedDict):
    """What claiming costs today: the rest of the month, and the VAT on it."""

    #: Minor units: 100 is KES 1.00.
    net_minor: int
    #: Minor units: 100 is KES 1.00.
    vat_minor: int
    days_left: int
    days_in_month: int


class Rate(TypedDict):
    direction: Literal["inbound", "outbound", "supervision"]
    #: The prefix it holds for.
    destination: str
    #: Whole shillings and their fraction.
    per_minute: float
    #: Minor units: 100 is KES 1.00.
    per_minute_minor: int


class Recording(TypedDict):
    id: str
    call_id: str
    status: Literal["deleted", "expired", "lost", "pending", "ready"]
    #: The verb that made it.
    source: Literal["conference", "dial", "record", "voicemail"]
    #: 2 when each side of a bridge has its own channel.
    channels: int
    duration_seconds: int | None
    size_bytes: int | None
    #: silence, key, max, hangup, stopped, or lost.
    end_reason: str | None
    #: Null unless the record action asked for it.
    transcript: Transcript | None
    created_at: str
    ready_at: str | None
    #: When it will be deleted.
    expires_at: str | None


class RecordingPage(TypedDict):
    data: list[Recording]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class RecordingPending(TypedDict):
    status: Literal["pending"]
    retry_after_seconds: int


class Refund(TypedDict):
    """What the unused days gave back."""

    #: Minor units: 100 is KES 1.00.
    net_minor: int
    #: Minor units: 100 is KES 1.00.
    vat_minor: int
    #: Minor units: 100 is KES 1.00.
    balance_after_minor: int


class Rehearsal(TypedDict):
    #: completed; not_answered: refused or never answered; needs_document: `needs` says for
    #: which address; waiting: `waiting_for` says for what; too_long: it has no end.
    outcome: Literal["completed", "needs_document", "not_answered", "too_long", "waiting"]
    #: document or caller.
    ended_by: str | None
    failure_code: str | None
    lasts_seconds: int
    #: Seconds that are paid for.
    connected_seconds: int
    steps: list[RehearsalStep]
    needs: RehearsalQuestion | None
    waiting_for: RehearsalWait | None
    #: Inputs at the end of the list that nothing waited for.
    unused_inputs: int
    documents: list[RehearsedDocument]
    #: Null unless `to` was given.
    cost: RehearsalCost | None


class RehearsalCharge(TypedDict):
    direction: Literal["inbound", "outbound"]
    e164: str
    seconds: int
    #: Minor units: 100 is KES 1.00.
    rate_per_minute_minor: int | None
    #: Minor units: 100 is KES 1.00.
    cost_minor: int
    #: The error code, where no such call can be made.
    refused: str | None


class RehearsalCost(TypedDict):
    #: VAT included, rounded up once for each call.
    cost_minor: int
    #: Minor units: 100 is KES 1.00.
    vat_minor: int
    currency: str
    #: The call itself, and each one that was dialled for it.
    lines: list[RehearsalCharge]


class RehearsalQuestion(TypedDict):
    url: str
    method: Literal["GET", "POST"]
    #: start, digits, recording, dial, redirect or fallback.
    purpose: str
    #: What is posted beside the fields that every callback has.
    fields: dict[str, str]


class RehearsalStep(TypedDict):
    #: Seconds since the call began; estimated.
    at_seconds: int
    #: How long the caller hears it; estimated.
    lasts_seconds: int
    #: As on the time line of a real call, like `voice.say`.
    kind: str
    #: The step as a sentence.
    says: str
    #: What a real call would note.
    facts: dict[str, Any]


class RehearsalWait(TypedDict):
    #: The kind of input that goes on: digits, recorded, dialled or left.
    kind: str
    facts: dict[str, Any]


class RehearsedDocument(TypedDict):
    url: str
    valid: bool
    errors: list[VoiceFault]
    warnings: list[VoiceWarning]


class ReleasedNumber(TypedDict):
    id: str
    e164: str
    status: Literal["released"]
    released_at: str
    refund: Refund


class ReplacedActions(TypedDict):
    call_id: str
    session_id: str
    status: Literal["accepted"]
    #: How many actions run from now on.
    actions: int


Replay = TypedDict(
    "Replay",
    {
        "id": "str",
        "webhook_id": "str",
        "from": "str",
        "to": "str",
        "created_at": "str",
    },
)


class Seat(TypedDict):
    workspace_id: str
    role: Literal["admin", "member", "owner", "viewer"]


class SigningSecret(TypedDict):
    #: Shown once: a replay of the same Idempotency-Key has null here.
    signing_secret: str | None


class SipCredential(TypedDict):
    id: str
    label: str
    #: What the phone registers as; also its name in `dial.sip`.
    username: str
    realm: str
    #: What `dial.sip` calls.
    sip_uri: str
    #: Host and port of the registrar.
    server: str
    transport: Literal["udp"]
    #: Where browser phones connect (`POST /v1/webrtc/token`).
    ws_url: str
    #: Whether a phone is there now.
    registered: bool
    registered_until: str | None
    #: What the phone calls itself.
    user_agent: str | None
    created_at: str
    rotated_at: str | None


class SipCredentialPage(TypedDict):
    data: list[SipCredential]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class SoundHosts(TypedDict):
    #: Names, or `*.` and a name: every host below it.
    hosts: list[str]


class StatementRow(TypedDict):
    id: str
    kind: Literal["adjustment", "call", "rental", "rental_refund", "reversal", "storage", "supervision", "topup", "trial"]
    direction: Literal["credit", "debit"]
    #: Always positive; `direction` is its sign.
    amount_minor: int
    #: Minor units: 100 is KES 1.00.
    net_minor: int
    #: Minor units: 100 is KES 1.00.
    vat_minor: int
    #: Minor units: 100 is KES 1.00.
    balance_after_minor: int
    currency: str
    call_id: str | None
    number_id: str | None
    topup_id: str | None
    description: str
    #: What a call's charge was computed from: rate version, milliseconds, billed seconds,
    #: formula.
    basis: dict[str, Any] | None
    created_at: str


class StatementRowPage(TypedDict):
    data: list[StatementRow]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class StorageOffer(TypedDict):
    tier_gb: Literal[5, 10, 25, 50, 100, 250]
    #: How long a recording is kept.
    retention_days: int
    #: A month without VAT.
    monthly_price_minor: int
    #: The VAT on it.
    monthly_vat_minor: int
    #: What moving there debits now, without VAT; down is 0.
    switch_net_minor: int
    #: The VAT on it.
    switch_vat_minor: int


class StorageTier(TypedDict):
    #: 1 GB is 1,000,000,000 bytes; 5 GB are free.
    tier_gb: Literal[5, 10, 25, 50, 100, 250]
    #: What the stored recordings of this mode weigh.
    used_bytes: int
    limit_bytes: int
    #: How long a recording is kept.
    retention_days: int
    #: A month without VAT.
    monthly_price_minor: int
    #: The VAT on it.
    monthly_vat_minor: int
    currency: str
    #: Since when; null while nobody chose a tier.
    effective_at: str | None
    #: The wallet could not pay the month since then.
    unpaid_since: str | None
    #: More is kept than the tier holds since then; 7 days later the oldest go.
    over_since: str | None
    tiers: list[StorageOffer]


class Supervision(TypedDict):
    supervision_id: str
    call_id: str
    session_id: str
    supervisor_leg_id: str
    #: The supervisor's own call, which is billed apart.
    supervisor_call_id: str
    mode: Literal["barge", "listen", "whisper"]
    #: Who is told that somebody listens.
    announce: Literal["agent", "both", "none"]
    supervisor: Supervisor
    notify_agent: bool
    state: Literal["connected", "connecting", "ended", "failed", "ringing"]
    connected_at: str | None
    ended_at: str | None
    created_at: str


class SupervisionReply(TypedDict):
    supervision: Supervision | None


class Supervisor(TypedDict):
    type: Literal["client", "phone", "sip"]
    identity: str | None
    number: str | None
    label: str | None


class TenantNumber(TypedDict):
    id: str
    inventory_id: str
    e164: str
    status: Literal["active", "released", "suspended"]
    mode: Literal["live", "test"]
    country: str
    #: The same as `country`, for older clients.
    country_iso2: str
    capabilities: list[str]
    #: A month's rental before VAT: 10000 is KES 100.
    monthly_price_minor: int
    #: A minute of being called.
    inbound_per_min_minor: int
    #: A minute of calling, billed by the second.
    outbound_per_min_minor: int
    currency: str
    #: The same as `monthly_price_minor`.
    monthly_retail_minor: int
    voice_callback_url: str | None
    voice_fallback_url: str | None
    events_url: str | None
    #: The browser client that rings without a voice URL.
    ring_client: str | None
    #: Who is called without a voice URL, with commas.
    forward_to: str | None
    #: What callers hear who reach nobody: a text, or the address of a sound file; null is none.
    voicemail_greeting: str | None
    #: Who gets a mail for each message; null: the owners.
    voicemail_email: str | None
    has_voice_signing_secret: bool
    claimed_at: str
    created_at: str
    released_at: str | None


class TenantNumbers(TypedDict):
    numbers: list[TenantNumber]


class TestSent(TypedDict):
    event_id: str


class TopUp(TypedDict):
    topup_id: str
    status: Literal["confirmed", "failed", "pending"]
    provider: Literal["mpesa"]
    #: Minor units: 100 is KES 1.00.
    amount_minor: int
    currency: str
    phone_e164: str
    #: The account number to type when paying by Paybill.
    mpesa_account_ref: str
    #: The business number to type when paying by Paybill.
    mpesa_paybill: str
    failure_reason: str | None
    #: The M-Pesa receipt, once the money is here.
    provider_reference: str | None
    retry_after_s: int | None
    created_at: str
    confirmed_at: str | None
    expires_at: str | None


class Transcript(TypedDict):
    status: Literal["completed", "failed", "pending"]
    text: str | None
    #: How sure the recogniser is, where it says so.
    confidence_percent: int | None
    recogniser: str | None
    #: Why nobody could understand it.
    reason: str | None


class TurnServer(TypedDict):
    iceServers: list[IceServer]


class VoiceFault(TypedDict):
    #: A JSON path, or the line, column and element of XML.
    where: str
    #: What is wrong there.
    message: str
    #: What to write instead.
    mend: str


class _VoiceVerdict(TypedDict):
    #: Whether a call would run the document.
    valid: bool
    #: Every action that cannot be read.
    errors: list[VoiceFault]
    warnings: list[VoiceWarning]


class VoiceVerdict(_VoiceVerdict, total=False):
    #: The whole document as it was probably meant; it has no finding left.
    mended: str


class VoiceWarning(TypedDict):
    #: A JSON path, or the line, column and element of XML.
    where: str
    #: What was skipped, or never runs.
    message: str


class WebhookEndpoint(TypedDict):
    id: str
    url: str
    #: Names, families such as `call.*`, or `*`.
    events: list[str]
    description: str
    #: One delivery at a time, the events of a call in their order.
    ordered: bool
    status: Literal["active", "disabled", "paused"]
    #: Since when nothing arrived; null while it works.
    failing_since: str | None
    mode: Literal["live", "test"]
    created_at: str


class WebhookEndpointPage(TypedDict):
    data: list[WebhookEndpoint]
    #: Send it as `cursor` to get the next page; null on the last one.
    next_cursor: str | None


class WebhookEndpointWithSecret(TypedDict):
    id: str
    url: str
    #: Names, families such as `call.*`, or `*`.
    events: list[str]
    description: str
    #: One delivery at a time, the events of a call in their order.
    ordered: bool
    status: Literal["active", "disabled", "paused"]
    #: Since when nothing arrived; null while it works.
    failing_since: str | None
    mode: Literal["live", "test"]
    created_at: str
    #: Shown once: a replay has null here.
    secret: str | None


class WebrtcToken(TypedDict):
    #: A JSON Web Token; show it when the WebSocket opens.
    token: str
    #: Where the browser connects.
    endpoint: str
    #: The WebSocket sub-protocol to ask for.
    protocol: str
    #: Who the browser is: what `dial` calls.
    clientName: str
    #: The SIP address of this client, for `dial.sip`.
    sipProfile: str
    #: The number it calls as unless it names another of yours.
    phoneNumber: str
    turnServer: TurnServer
    #: Seconds in which the browser may connect with it.
    expiresIn: int


class Workspace(TypedDict):
    id: str
    name: str
    slug: str
    country: str
    #: Locked after creation.
    currency: str
    #: The account number for paying by Paybill.
    mpesa_account_ref: str
    status: Literal["active", "closed", "suspended"]
    created_at: str


class _RehearsedInput(TypedDict):
    kind: Literal["digits", "silence", "recorded", "dialled", "left", "hangup"]


class RehearsedInput(_RehearsedInput, total=False):
    """One thing that the caller does, or that happens to somebody who is dialled."""

    #: The keys.
    digits: str | None
    status: Literal["answered", "busy", "no-answer", "failed"]
    #: How long was spoken, talked or stayed.
    seconds: int


class _SupervisorBody(TypedDict):
    type: Literal["phone", "client", "sip"]


class SupervisorBody(_SupervisorBody, total=False):
    """Who supervises: a client or SIP phone of yours, or somebody on the phone."""

    identity: str
    number: str | None


class _SayAttributes(TypedDict):
    #: What is spoken.
    text: str


class SayAttributes(_SayAttributes, total=False):
    """Speak a text to the caller."""

    #: Whose voice. alice and woman are the same.
    voice: Literal["woman", "alice", "man"]
    #: The language of the text: en-KE or sw-KE.
    language: str
    #: How often it is spoken; 0 is once.
    loop: int


SayAction = TypedDict(
    "SayAction", {"say": SayAttributes}
)


class _PlayAttributes(TypedDict):
    #: The address of the sound file.
    url: str


class PlayAttributes(_PlayAttributes, total=False):
    """Play a sound file to the caller: WAV, MP3, Ogg (Vorbis or Opus) or FLAC of any rate, at
    most 10 MiB and an hour. It comes from an upload, from the server of the document or from
    a host that the workspace allows, and is kept as long as its Cache-Control and ETag
    allow.
    """

    #: How often it is played; 0 is once.
    loop: int


PlayAction = TypedDict(
    "PlayAction", {"play": PlayAttributes}
)


class PauseAttributes(TypedDict, total=False):
    """Let the caller hear silence."""

    #: For how many seconds.
    length: int


PauseAction = TypedDict(
    "PauseAction", {"pause": PauseAttributes}
)


class GetDigitsAttributes(TypedDict, total=False):
    """Collect keys from the caller. The prompts stop at the first key. What was typed is posted
    as Digits to action; when nothing was typed the next action runs.
    """

    #: How many keys end the input; 0 is no limit.
    numDigits: int
    #: Seconds to wait for a key after the prompts; 0 is the default of the exchange.
    timeout: int
    #: The key that ends the input and is not part of it; empty is none.
    finishOnKey: str
    #: Where the digits are posted; left out, to the address of this document.
    action: str
    #: What is heard while waiting for the first key.
    nested: list[NestedAction]


GetDigitsAction = TypedDict(
    "GetDigitsAction", {"getDigits": GetDigitsAttributes}
)


class DialAttributes(TypedDict, total=False):
    """Call one number, or several, or a browser client or desk phone of yours, and join the
    first who answers with the caller; a caller who still rings is answered then. Each is a
    call of its own, held and billed like one you place. How it ended is sent to action as
    dialCallStatus (completed, busy, no-answer, canceled or failed), dialCallId,
    dialDestinationNumber and dialDurationInSeconds; the answer is the next document.
    """

    #: Who is called. This, numbers, sip or client.
    number: str
    #: Several who are called; the first to answer is joined, the others stop ringing.
    numbers: list[str]
    #: The SIP address of a browser client or a desk phone of yours, or several.
    sip: str | list[str]
    #: The name of a browser client, as its token says it, or several.
    client: str | list[str]
    #: Whether the numbers ring one after the other instead of together.
    sequential: bool
    #: The number that is shown, one of yours; left out, that of the call.
    callerId: str
    #: For how many seconds they ring; 0 is the default of the exchange, 30.
    timeout: int
    #: Whether both sides are recorded from the answer on, each in its own channel.
    record: bool | Literal["record-from-answer", "do-not-record"]
    #: Where the outcome is sent; left out, to the address of this document.
    action: str


DialAction = TypedDict(
    "DialAction", {"dial": DialAttributes}
)


class _ConferenceAttributes(TypedDict):
    #: The room; whoever of your workspace names it meets there.
    name: str


class ConferenceAttributes(_ConferenceAttributes, total=False):
    """Bring the caller into a room of your workspace, where everybody hears everybody else. The
    first to enter makes the room and sets its size; it starts with the first who has
    startOnEnter, and until then, or while it is full, a caller hears waitUrl. Each call in
    the room is held and billed as any other. When the caller is taken out of the room or it
    ends, the next action runs. In XML the name is the text, also inside <Dial>; without one
    the room is called conference.
    """

    #: Words of mod_conference, with | between them: mute, endconf, moderator and nomoh count,
    #: others are ignored.
    flags: str
    #: How many fit into the room; 0 is the default of the exchange, 50.
    maxParticipants: int
    #: Whether what everybody says is recorded while this caller is in the room.
    record: bool | Literal["record-from-start", "do-not-record"]
    #: Whether a beep says that this caller comes and goes.
    beep: bool | Literal["onEnter"]
    #: Whether this caller only listens.
    muted: bool
    #: Whether the room starts when this caller enters.
    startOnEnter: bool
    #: Whether the room ends when this caller leaves.
    endOnExit: bool
    #: A sound file that is heard again and again before the room starts; left out, a melody of
    #: ours.
    waitUrl: str
    #: Where the events of the room are posted.
    statusEventsCallbackUrl: str
    #: Which events are posted; empty is all of start end join leave mute unmute.
    statusEvents: str
    #: Whether keys that this caller presses are posted as DigitsCollected.
    collectDigits: bool
    #: The keys that end what was typed; empty is none.
    finishOnKey: str
    #: How many keys are posted at once; 0 is no limit.
    numDigits: int
    #: Where the keys are posted; left out, to statusEventsCallbackUrl.
    digitsCallbackUrl: str


ConferenceAction = TypedDict(
    "ConferenceAction", {"conference": ConferenceAttributes}
)


class RecordAttributes(TypedDict, total=False):
    """Record what the caller says, until silence, a key or the longest time. What came of it is
    sent to action as recordingUrl, recordingId, recordingDurationInSeconds and
    recordingStatus, also when the caller hangs up; the answer is the next document.
    """

    #: Where the outcome is sent; left out, to the address of this document.
    action: str
    #: How it is sent.
    method: Literal["POST", "GET"]
    #: Seconds of silence that end it; 0 is the default of the exchange, 5.
    timeout: int
    #: The longest recording in seconds; 0 is the default of the exchange, 120.
    maxLength: int
    #: The keys that end it; empty is none. Other keys do nothing.
    finishOnKey: str
    #: Whether a beep says when to speak.
    playBeep: bool
    #: Whether silence before the first word and after the last is left out.
    trim: bool | Literal["trim-silence", "do-not-trim"]
    #: Whether what was said is written down.
    transcribe: bool
    #: Where the words are posted; naming it is the same as transcribe.
    transcribeCallback: str


RecordAction = TypedDict(
    "RecordAction", {"record": RecordAttributes}
)


class _StreamAttributes(TypedDict):
    #: Where your server listens.
    url: str


class StreamAttributes(_StreamAttributes, total=False):
    """Open a WebSocket to your server (sub-protocol audio.drachtio.org) and send it the audio
    of the call as S16LE frames of 20 ms, after one text frame that says whose they are. What
    your server sends back is heard by the caller. With connect the call stays in the stream
    and the actions after it run only when it cannot be opened; without, they run at once,
    beside it. In XML <Connect><Stream> is with connect and <Start><Stream> without;
    <Parameter> inside is a header of the first frame.
    """

    #: What you call it; it comes back with every event.
    name: str
    #: What is sent: what the caller says, what the caller hears, or both mixed.
    track: Literal["inbound_track", "outbound_track", "both_tracks"]
    #: Whether the call stays in the stream.
    connect: bool
    #: The rate of what you receive.
    outputSamplingRate: Literal[8000, 16000]
    #: The rate of what you send back; left out, that of inputSamplingRate.
    bidirectionalSamplingRate: int
    #: Another name of bidirectionalSamplingRate; left out, that of outputSamplingRate.
    inputSamplingRate: int
    #: A JSON object as a string; it is headers of the first frame.
    headerMetadata: str
    #: Any text; it is openMetadata of the first frame.
    openMetadata: str
    #: Where its events are posted; left out, to the voice URL of the call.
    statusCallback: str
    #: Which events are posted; empty is all of stream-started stream-stopped stream-error.
    statusEvents: str


StreamAction = TypedDict(
    "StreamAction", {"stream": StreamAttributes}
)


class _RedirectAttributes(TypedDict):
    #: Where the next document is.
    url: str


class RedirectAttributes(_RedirectAttributes, total=False):
    """Continue with the document at another address. The actions after it run only when that
    document cannot be had.
    """

    #: How it is asked for.
    method: Literal["POST", "GET"]


RedirectAction = TypedDict(
    "RedirectAction", {"redirect": RedirectAttributes}
)


class RejectAttributes(TypedDict, total=False):
    """Refuse a call that was not answered yet. It costs nothing."""

    #: What the caller is told.
    reason: Literal["rejected", "busy"]


RejectAction = TypedDict(
    "RejectAction", {"reject": RejectAttributes}
)


class HangupAttributes(TypedDict):
    """End the call."""



HangupAction = TypedDict(
    "HangupAction", {"hangup": HangupAttributes}
)


Action = Union[
    SayAction,
    PlayAction,
    PauseAction,
    GetDigitsAction,
    DialAction,
    ConferenceAction,
    RecordAction,
    StreamAction,
    RedirectAction,
    RejectAction,
    HangupAction,
]

# What may be heard while keys are collected.
NestedAction = Union[SayAction, PlayAction, PauseAction]


class VoiceDocument(TypedDict):
    """What a voice URL answers."""

    actions: list[Action]
