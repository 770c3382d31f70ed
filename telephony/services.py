"""The runner: moves a call through its voice document and turns effects into rows.

Every verb takes the lock of the call, which guards the session too, and may run twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from calls import labels
from calls import services as calls
from calls.models import Call
from calls.queries import RECORDING_LINK, recording_url
from kernel import rows
from kernel.work import enqueue
from telephony import conferences, dialing, hearing, orders, ports, routes, streams
from telephony.interpreter import effects, events
from telephony.interpreter.session import Session as State
from telephony.interpreter.step import step
from telephony.models import Fetch, Session

FINAL = "final"
# What is only told: the answer is ignored.
REPORTS = frozenset({FINAL, streams.STATUS})
SESSION = rows.Lookup(lambda call: Session.objects.filter(pk=call))
SESSION_ON = rows.Lookup(lambda leg: Session.objects.filter(leg_id=leg))


def start_session(*, call_id: UUID, leg_id: UUID, locked: Call | None = None) -> bool:
    """Open the voice document of a call on the leg that talks, once; say whether this was the time.

    `locked` is the call when the caller holds its lock.
    """
    with transaction.atomic(savepoint=False):
        call = locked or calls.lock_call(call_id)
        if call.is_final or SESSION.first(call_id):
            return False
        url = _voice_url(call)
        actions = None if url else routes.actions_without_url(call)
        state = State(
            voice_url=url,
            fallback_url=call.voice_fallback_url,
            actions=actions,
            **dialing.announcement(call, asks=bool(url)),
        )
        state, done = step(state, _started(call))
        session = rows.insert(Session(call=call, leg_id=leg_id, state=state.to_json()))
        for effect in done:
            _carry_out(call, session, effect)
        return True


def engine_event(*, leg_id: UUID, event: events.Event) -> None:
    """Tell the document of a leg what the engine saw; legs without a document are ignored."""
    if isinstance(event, events.Played) and event.id.startswith(dialing.CONSENT):
        consent_heard(leg_id=leg_id, ticket=event.id)
        return
    session = SESSION_ON.first(leg_id)
    if session is not None:
        tell(call_id=session.call_id, event=event)


def recording_ended(*, leg_id: UUID, ticket: str, ms: int, reason: str, digits: str) -> None:
    """Have a recording stored and tell the document that asked for it, if it still runs."""
    with transaction.atomic():
        recording = calls.record_captured(leg_id=leg_id, ticket=ticket, ms=ms, reason=reason)
        if recording is None:
            return
        event = events.Recorded(
            id=ticket,
            recording_id=str(recording.id),
            url=recording_url(recording, lifetime=RECORDING_LINK),
            seconds=recording.seconds or 0,
            digits=digits,
            reason=reason,
        )
        engine_event(leg_id=leg_id, event=event)


def caller_answered(*, leg_id: UUID) -> None:
    """Join a caller who was answered because somebody they wanted answered."""
    with transaction.atomic():
        if found := _session_on(leg_id):
            dialing.join(*found)


def consent_heard(*, leg_id: UUID, ticket: str) -> None:
    """Join two who heard that they are recorded."""
    with transaction.atomic():
        if found := _session_on(leg_id):
            dialing.announced(*found, ticket)


def dialled_answered(*, dialled: Call) -> None:
    """Join somebody who was called with the caller they were called for, or hang up."""
    with transaction.atomic():
        call, session = _family(dialled)
        dialing.answered(call, session, dialled)


def dialled_ended(*, dialled: Call) -> None:
    """Go on with the document of the caller when nobody they wanted is left."""
    with transaction.atomic():
        call, session = _family(dialled)
        outcome = dialing.ended(call, session, dialled)
        if outcome is not None:
            _advance(call, session, outcome)


def let_go(*, caller: Call, dialled: Call) -> None:
    """Go on with the document of a caller, whose lock is held, without the one they talked to."""
    session = Session.objects.filter(pk=caller.pk).first()
    outcome = dialing.let_go(session, dialled) if session else None
    if session and outcome is not None:
        _advance(caller, session, outcome)


def document_ended(*, leg_id: UUID, locked: Call) -> None:
    """End the document of a leg that has ended, and hang up whoever was called for it.

    The caller holds the lock of the call of the leg, `locked`.
    """
    session = SESSION_ON.first(leg_id)
    if session is None:
        return
    call = locked
    if session.call_id != locked.id:
        call, session = calls.lock_call(session.call_id), SESSION.get(session.call_id)
    _advance(call, session, events.Ended())
    dialing.release(session)


@dataclass(frozen=True, slots=True)
class Told:
    """What the time line says of an answer, and when it came."""

    payload: dict[str, Any]
    at: datetime


def document_arrived(
    *, call_id: UUID, arrived: events.DocumentArrived, files: dict[str, str], told: Told
) -> None:
    """Run a document that a worker fetched, with the sounds it has made so far."""
    tell(call_id=call_id, event=arrived, files=files, told=told)


def document_failed(
    *, call_id: UUID, failure: events.DocumentFailed, told: Told | None = None
) -> None:
    """Go on without the document: the interpreter has a fallback or apologises."""
    tell(call_id=call_id, event=failure, told=told)


def tell(
    *,
    call_id: UUID,
    event: events.Event,
    files: dict[str, str] | None = None,
    told: Told | None = None,
) -> None:
    """Step the session of a call and carry out what follows."""
    with transaction.atomic(savepoint=False):
        locked = calls.lock_call_soon(call_id)
        session, call = SESSION.get(call_id), locked.get()
        if told is not None:
            calls.write(call, "voice.fetched", told.payload, occurred_at=told.at)
        if files is not None:
            session.sounds = files
        _advance(call, session, event)


def keep_sounds(*, call_id: UUID, files: dict[str, str]) -> None:
    """Remember sounds that were made ahead of their turn."""
    with transaction.atomic():
        calls.lock_call(call_id)
        session = SESSION.get(call_id)
        session.sounds |= files
        session.save(update_fields=["sounds", "updated_at"])


def sounds_made(
    *, call_id: UUID, ticket: str, files: list[str], problems: list[dict[str, str]]
) -> None:
    """Send the order that waited for its sounds, unless the call has moved on."""
    with transaction.atomic():
        call = calls.lock_call(call_id)
        session = SESSION.get(call_id)
        if session.pending is None or session.pending["id"] != ticket:
            return
        for problem in problems:
            calls.note(call_id=call.id, kind="voice.error", payload=problem)
        order, session.pending = session.pending, None
        session.save(update_fields=["pending", "updated_at"])
        hearing.send(session, order, files)


def report_end(call: Call) -> None:
    """Tell the voice URL of an ended call how it ended; the reply is ignored.

    The caller holds the lock of the call and knows that it was not told.
    """
    url = _voice_url(call) if call.is_final else ""
    if not url:
        return
    fetch = rows.insert(Fetch(call=call, url=_labelled(call, url), purpose=FINAL))
    enqueue("telephony.fetch", fetch.id)


def _voice_url(call: Call) -> str:
    """Return where the call asks for documents: its own URL, else the laptop that listens."""
    if call.voice_url or call.parent_id or call.client:
        return call.voice_url
    laptop = ports.voice_listener(call.workspace_id, call.mode)
    return laptop.url if laptop else ""


def _started(call: Call) -> events.Started:
    answered = call.status == "answered"
    if call.direction == "inbound" or call.is_from_client:
        return events.Started("inbound", already_answered=answered)
    return events.Started("outbound", already_answered=answered)


def _family(dialled: Call) -> tuple[Call, Session]:
    """Lock the call that a call was dialled for and return it with its session."""
    assert dialled.parent_id is not None
    return calls.lock_call(dialled.parent_id), SESSION.get(dialled.parent_id)


def _session_on(leg_id: UUID) -> tuple[Call, Session] | None:
    found = SESSION_ON.first(leg_id)
    # What it says is read under the lock.
    return (calls.lock_call(found.call_id), SESSION.get(found.call_id)) if found else None


def _advance(call: Call, session: Session, event: events.Event) -> None:
    state, done = step(State.from_json(session.state), event)
    session.state = state.to_json()
    rows.save(session, "state", "sounds", "updated_at")
    for effect in done:
        _carry_out(call, session, effect)


def _carry_out(call: Call, session: Session, effect: effects.Effect) -> None:
    match effect:
        case effects.Note(kind, payload):
            calls.write(call, kind, dict(payload))
        case effects.Fetch():
            _ask(call, effect)
        case effects.Answer():
            orders.write(session.leg_id, "answer", paid_until_s=call.paid_until_seconds)
        case effects.Play(id, prompts):
            hearing.hear(session, {"kind": "play", "id": id}, prompts)
        case effects.Gather(id, prompts, num_digits, timeout_seconds, finish_on_key):
            order = {
                "kind": "gather",
                "id": id,
                "num_digits": num_digits,
                "timeout_s": timeout_seconds,
                "finish_on_key": finish_on_key,
            }
            hearing.hear(session, order, prompts)
        case effects.Record():
            _record(call, session, effect)
        case effects.Dial():
            outcome = dialing.begin(call, session, effect)
            if outcome is not None:
                _advance(call, session, outcome)
        case effects.Stream():
            streams.begin(call, session, effect)
        case effects.Conference():
            conferences.enter(call, session, effect)
        case effects.Interrupt():
            _interrupt(call, session)
        case effects.Reject(code):
            orders.write(session.leg_id, "reject", code=code)
        case effects.Hangup(reason, failure_code):
            if failure_code:
                calls.record_failure(call_id=call.id, failure_code=failure_code)
            orders.write(session.leg_id, "hangup", cause=reason)


def _interrupt(call: Call, session: Session) -> None:
    """Stop what the document did so far: sounds, keys, recording, room, and whoever was dialled."""
    session.pending = None
    session.save(update_fields=["pending", "updated_at"])
    conferences.withdraw(call, session)
    orders.write(session.leg_id, "unbridge")
    orders.write(session.leg_id, "stop")
    dialing.release(session)


def _record(call: Call, session: Session, effect: effects.Record) -> None:
    recording = calls.start_recording(
        call=call,
        leg_id=session.leg_id,
        ticket=effect.id,
        source="record" if _voice_url(call) or not routes.takes_message(call) else "voicemail",
    )
    if effect.transcribe:
        calls.want_transcript(recording, callback_url=effect.transcribe_url)
    orders.write(
        session.leg_id,
        "record_start",
        id=effect.id,
        path=str(recording.spool),
        silence_s=effect.silence_seconds,
        max_s=effect.max_seconds,
        finish_on_key=effect.finish_on_key,
        trim=effect.trim,
        beep=effect.beep,
    )


def _ask(call: Call, effect: effects.Fetch) -> None:
    fetch = Fetch(
        call=call,
        ticket=effect.id,
        url=_labelled(call, effect.url),
        method=effect.method,
        purpose=effect.purpose,
        params=dict(effect.params),
    )
    rows.insert(fetch)
    enqueue("telephony.fetch", fetch.id)


def _labelled(call: Call, url: str) -> str:
    return labels.with_label(url, call.client_request_id)
