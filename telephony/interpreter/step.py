"""Move a call on by one event: the state before and what happened, the state after and what to do."""

from __future__ import annotations

from dataclasses import replace

from telephony.interpreter.effects import (
    ANSWER,
    Answer,
    Effect,
    Effects,
    Fetch,
    Interrupt,
    Note,
    Play,
)
from telephony.interpreter.events import (
    INVALID,
    Answered,
    Dialed,
    DocumentArrived,
    DocumentFailed,
    Ended,
    Event,
    Gathered,
    LeftRoom,
    Played,
    Recorded,
    Replaced,
    Started,
    Streamed,
)
from telephony.interpreter.prompts import Speech
from telephony.interpreter.session import START, Session
from telephony.verbs.say import Say

SILENT_DOCUMENTS_MAX = 20
ANNOUNCER = "woman"

NOTICE = Say(text="This is a call from Sautikit. No voice instructions were set.")
APOLOGY = Say(text="We are sorry, an application error has occurred. Goodbye.")

Move = tuple[Session, Effects]
Outcome = (
    DocumentArrived | DocumentFailed | Played | Gathered | Recorded | Dialed | Streamed | LeftRoom
)


def step(session: Session, event: Event) -> Move:
    """Return the session after the event and what has to happen; a stale event changes nothing."""
    if session.ended:
        return session, ()
    match event:
        case Ended():
            return replace(session, ended=True, waiting_for=""), ()
        case Started():
            return _started(session, event)
        case Answered():
            return _answered(session)
        case DocumentArrived() if _is_awaited(session, event, "fetch"):
            return _document_arrived(session, event)
        case DocumentFailed() if _is_awaited(session, event, "fetch"):
            return _document_failed(session, event)
        case Played() if _is_awaited(session, event, "play"):
            return _next(replace(session, silent_documents=0))
        case Played() if _is_awaited(session, event, "consent"):
            return _run(session)
        case Gathered() if _is_awaited(session, event, "gather"):
            return _resumed(session, event)
        case Recorded() if _is_awaited(session, event, "record"):
            return _resumed(session, event)
        case Dialed() if _is_awaited(session, event, "dial"):
            return _resumed(replace(session, dials=session.dials + 1), event)
        case LeftRoom() if _is_awaited(session, event, "conference"):
            return _resumed(session, event)
        case Replaced():
            return _replaced(session, event)
        case Streamed() if _is_awaited(session, event, "stream"):
            return _resumed(session, event)
    return session, ()


def _is_awaited(session: Session, event: Outcome, kind: str) -> bool:
    """Say whether the event answers what the call stands still for."""
    nameless = kind == "fetch" and not event.id
    awaited = session.waiting_for
    return awaited.startswith(f"{kind}-") and (nameless or event.id == awaited)


def _started(session: Session, event: Started) -> Move:
    if session.waiting_for != START:
        return session, ()
    answered = session.answered or event.already_answered
    session = replace(session, direction=event.direction, answered=answered)
    if event.direction == "outbound" and not answered:
        return replace(session, waiting_for=ANSWER), ()
    return _open(session)


def _answered(session: Session) -> Move:
    awaited = session.waiting_for == ANSWER
    session = replace(session, answered=True)
    if not awaited:
        return session, ()
    return _open(session) if session.actions is None else _run(session)


def _open(session: Session) -> Move:
    """Ask the voice URL what to do; without one, say so to who answered and refuse who rings.

    A session may begin with its document.
    """
    if session.actions is not None:
        return _run(session)
    if session.voice_url:
        state = "Answered" if session.answered else "Ringing"
        params = {"callSessionState": state, "CallSessionState": state}
        return _fetch(session, session.voice_url, "start", params)
    if session.answered:
        return _run(replace(session, actions=(NOTICE,)))
    return _await(session, (Note("voice.error", {"reason": "No voice URL."}), session.ending()))


def _fetch(session: Session, url: str, purpose: str, params: dict[str, str]) -> Move:
    session = replace(session, turn=session.turn + 1)
    return _await(session, (Fetch(session.ticket("fetch"), url, purpose, params=params),))


def _document_arrived(session: Session, event: DocumentArrived) -> Move:
    session = replace(
        session,
        actions=event.document.actions,
        position=0,
        url=event.url or session.asked_url,
        failures=session.failures if session.purpose == "fallback" else 0,
        silent_documents=session.silent_documents + 1,
    )
    if session.silent_documents > SILENT_DOCUMENTS_MAX:
        return _apologise(session, INVALID, "The documents redirect without end.")
    notes = tuple(
        Note("voice.warning", {"where": it.where, "message": it.message})
        for it in event.document.remarks
    )
    return _after(notes, _run(session))


def _replaced(session: Session, event: Replaced) -> Move:
    """Run another document from its first action; what was awaited is nobody's any more."""
    session = replace(
        session,
        actions=event.document.actions,
        position=0,
        url=session.url or session.voice_url,
        turn=session.turn + 1,
        silent_documents=0,
        failures=0,
        failure_code="",
    )
    return _after((Interrupt(),), _run(session))


def _document_failed(session: Session, event: DocumentFailed) -> Move:
    """Go on with the actions after a redirect, else the fallback URL, else apologise."""
    if session.purpose == "redirect" and session.position + 1 < len(session.actions or ()):
        return _after((_error(session, event.code, event.reason),), _next(session))
    if session.fallback_url and not session.failures:
        params = {
            "failedUrl": session.asked_url,
            "failureCode": event.code,
            "failureReason": event.reason,
        }
        note = _error(session, event.code, event.reason)
        session = replace(session, failures=session.failures + 1)
        return _after((note,), _fetch(session, session.fallback_url, "fallback", params))
    return _apologise(session, event.code, event.reason)


def _apologise(session: Session, code: str, reason: str) -> Move:
    note = _error(session, code, reason)
    session = replace(session, actions=(APOLOGY,), position=0, failure_code=code)
    return _after((note,), _run(session))


def _error(session: Session, code: str, reason: str) -> Note:
    return Note("voice.error", {"code": code, "reason": reason, "url": session.asked_url})


def _resumed(session: Session, event: Gathered | Recorded | Dialed | Streamed | LeftRoom) -> Move:
    session = replace(session, silent_documents=0, turn=session.turn + 1)
    effects = session.verb.resume(session, event) if session.verb else ()
    if any(effect.awaits for effect in effects):
        return _await(session, effects)
    return _after(effects, _next(session))


def _next(session: Session) -> Move:
    return _run(replace(session, position=session.position + 1))


def _run(session: Session) -> Move:
    """Begin the action the call stands at, or the first after it that is possible."""
    done: list[Effect] = []
    while verb := session.verb:
        if verb.PRECONDITION == "answered" and not session.answered:
            return _await(session, (*done, Answer()))
        if verb.PRECONDITION == "unanswered" and session.answered:
            done.append(_too_late(session, verb.NAME))
        elif verb.is_recorded and session.announcement and not session.announced:
            session = replace(session, turn=session.turn + 1, announced=True)
            return _await(session, (*done, *announcement(session)))
        else:
            session = replace(session, turn=session.turn + 1)
            done.extend(verb.begin(session))
            if any(effect.awaits for effect in done):
                return _await(session, tuple(done))
        session = replace(session, position=session.position + 1)
    return _await(session, (*done, session.ending()))


def announcement(session: Session) -> Effects:
    """Say that a recording begins; the action itself follows when it was heard."""
    said = {"text": session.announcement, "language": session.announcement_language}
    prompt = Speech(session.announcement, session.announcement_language, ANNOUNCER)
    return (Note("voice.consent", said), Play(session.ticket("consent"), (prompt,)))


def _too_late(session: Session, name: str) -> Note:
    reason = f"{name} works only before the call is answered; it was skipped."
    return Note("voice.error", {"where": f"actions[{session.position}].{name}", "reason": reason})


def _await(session: Session, effects: Effects) -> Move:
    """Stand still for the effect that has an outcome."""
    for effect in effects:
        if effect.awaits:
            session = replace(session, waiting_for=effect.awaits)
        if isinstance(effect, Fetch):
            session = replace(session, purpose=effect.purpose, asked_url=effect.url)
    return session, effects


def _after(notes: Effects, move: Move) -> Move:
    session, effects = move
    return session, (*notes, *effects)
