"""Calling others for a caller: who rings, who is joined, and how it ended.

Everything here happens under the lock of the caller's call, taken before that of any it dials.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from calls import services as calls
from calls.models import Call, Recording
from calls.queries import RECORDING_LINK, recording_url
from kernel import clock
from kernel.errors import Problem
from telephony import hearing, inside, orders
from telephony.errors import SipTargetDenied
from telephony.interpreter import effects
from telephony.interpreter.events import Dialed
from telephony.interpreter.prompts import Speech
from telephony.interpreter.step import ANNOUNCER
from telephony.models import Session
from wallet import services as wallet
from wallet.errors import LimitReached

# In the words that voice servers of other platforms know.
STATUSES = {
    "completed": "completed",
    "busy": "busy",
    "no_answer": "no-answer",
    "canceled": "canceled",
}
FAILED = "failed"
# What both hear before they are joined and recorded is played under this name and that of the dial.
CONSENT = "recorded:"


def begin(call: Call, session: Session, effect: effects.Dial) -> Dialed | None:
    """Let everybody ring, or the first in turn; returns the outcome when nobody can be called."""
    session.dial = {
        "id": effect.id,
        "waiting": list(effect.numbers),
        "is_sequential": effect.is_sequential,
        "caller_id": effect.caller_id,
        "timeout_seconds": effect.timeout_seconds,
        "record": effect.record,
        "calls": [],
        "winner": None,
        "last": {"status": FAILED},
    }
    if not _ring_next(call, session):
        return _finish(session)
    if call.status == "answered":
        orders.write(session.leg_id, "play", id=f"ring-{effect.id}", tone="ringback")
    return None


def answered(call: Call, session: Session, dialled: Call) -> None:
    """Join the first who answers, after answering the caller if need be; others are late."""
    dial = session.dial
    if dial is None or dial["winner"] or call.is_final:
        calls.hang_up(dialled)
        return
    dial["winner"] = str(dialled.id)
    _save(session)
    for other in Call.objects.filter(pk__in=dial["calls"]).exclude(pk=dialled.pk):
        calls.hang_up(other)
    if call.status == "answered":
        join(call, session)
    else:
        orders.write(session.leg_id, "answer", paid_until_s=call.paid_until_seconds)


def join(call: Call, session: Session) -> None:
    """Let the caller and the one who answered hear each other, if there is one.

    When they are recorded, both hear the announcement of the workspace first.
    """
    dial = session.dial
    if dial is None or not dial["winner"]:
        return
    path = None
    if dial["record"]:
        if not dial.get("announced") and _announces(call, session):
            return
        recording = calls.start_recording(
            call=call, leg_id=session.leg_id, ticket=dial["id"], source="dial", channels=2
        )
        path = str(recording.spool)
    other = Call.objects.get(pk=dial["winner"]).winner_id
    orders.write(session.leg_id, "bridge", other=str(other), id=dial["id"], path=path)


def announced(call: Call, session: Session, ticket: str) -> None:
    """Go on with joining two once the announcement was heard; a late word changes nothing."""
    dial = session.dial
    if dial is None or dial.get("announced") or ticket != f"{CONSENT}{dial['id']}":
        return
    dial["announced"] = True
    _save(session)
    join(call, session)


# The fields are those of the interpreter's session.
def announcement(call: Call, *, asks: bool) -> dict[str, Any]:
    """Return what is said before a recording of a call; nothing to who leaves a message."""
    if not asks:
        return {}
    policy = calls.recording_policy(call.workspace_id)
    return {"announcement": policy.announcement, "announcement_language": policy.language}


def _announces(call: Call, session: Session) -> bool:
    """Let both hear that they are recorded, if the workspace says so."""
    dial = session.dial
    assert dial is not None
    policy = calls.recording_policy(call.workspace_id)
    if not policy.announcement:
        return False
    said = {"text": policy.announcement, "language": policy.language}
    calls.note(call_id=call.id, kind="voice.consent", payload=said)
    order = {
        "kind": "play",
        "id": f"{CONSENT}{dial['id']}",
        "also": str(Call.objects.get(pk=dial["winner"]).winner_id),
    }
    prompt = Speech(policy.announcement, policy.language, ANNOUNCER)
    hearing.hear(session, order, [prompt])
    return True


def ended(call: Call, session: Session, dialled: Call) -> Dialed | None:
    """Take the end of one who was called; returns the outcome when nobody is left."""
    dial = session.dial
    if dial is None or str(dialled.id) not in dial["calls"]:
        return None
    dial["calls"].remove(str(dialled.id))
    is_winner = dial["winner"] == str(dialled.id)
    if is_winner or not dial["winner"]:
        dial["last"] = _facts(dialled)
    is_over = is_winner or not (dial["winner"] or dial["calls"] or _ring_next(call, session))
    if is_over:
        return _finish(session, answered=call.status == "answered")
    _save(session)
    return None


def let_go(session: Session, dialled: Call) -> Dialed | None:
    """Part a caller from somebody who is wanted elsewhere; returns the outcome of the dial."""
    dial = session.dial
    if dial is None or dial["winner"] != str(dialled.id):
        return None
    dial["calls"].remove(str(dialled.id))
    since = dialled.answered_at or clock.now()
    seconds = int((clock.now() - since).total_seconds())
    dial["last"] = _facts(dialled) | {"status": STATUSES["completed"], "seconds": seconds}
    orders.write(session.leg_id, "unbridge")
    return _finish(session, answered=True)


def release(session: Session) -> None:
    """Hang up whoever was called for a caller who has gone."""
    if session.dial is None:
        return
    for dialled in Call.objects.filter(pk__in=session.dial["calls"]):
        calls.hang_up(dialled)
    session.dial = None
    _save(session)


def _ring_next(call: Call, session: Session) -> bool:
    """Call the numbers whose turn it is; False when there is none that can be called."""
    dial = session.dial
    assert dial is not None
    while dial["waiting"] and not (dial["calls"] and dial["is_sequential"]):
        number = dial["waiting"].pop(0)
        try:
            with transaction.atomic():
                dialled = _call_one(call, number, dial["caller_id"], dial["timeout_seconds"])
        except Problem as problem:
            if isinstance(problem, LimitReached):
                wallet.announce_reached(problem.limit_id)
            dial["last"] = {"status": FAILED, "number": number, "reason": problem.code}
            refused = {"code": problem.code, "reason": str(problem), "to": number}
            calls.note(call_id=call.id, kind="voice.error", payload=refused)
            continue
        dial["calls"].append(str(dialled.id))
    _save(session)
    return bool(dial["calls"])


def _call_one(call: Call, target: str, caller_id: str, ring_timeout_seconds: int) -> Call:
    """Call a number, or a browser or desk phone, which sees who called. Raises Problem."""
    if target.startswith("+"):
        return calls.dial_call(
            parent=call,
            to_e164=target,
            caller_id=caller_id,
            ring_timeout_seconds=ring_timeout_seconds,
        )
    device = inside.find(call.workspace_id, call.mode, target)
    if device is None:
        raise SipTargetDenied(address=target)
    shown = call.local_e164 if call.is_from_client else call.remote_e164
    return calls.dial_device(
        parent=call,
        device=device,
        caller_id=caller_id or shown,
        ring_timeout_seconds=ring_timeout_seconds,
    )


def _finish(session: Session, *, answered: bool = False) -> Dialed:
    dial, session.dial = session.dial, None
    assert dial is not None
    _save(session)
    if answered:
        # The ringing tone, if it still sounds.
        orders.write(session.leg_id, "stop")
    found = Recording.objects.filter(leg_id=session.leg_id, ticket=dial["id"]).first()
    url = recording_url(found, lifetime=RECORDING_LINK) if found else ""
    return Dialed(dial["id"], recording_url=url, **dial["last"])


# The facts are the fields of Dialed.
def _facts(dialled: Call) -> dict[str, Any]:
    return {
        "status": STATUSES.get(dialled.status, FAILED),
        "call_id": str(dialled.id),
        "number": dialled.client or dialled.remote_e164,
        "seconds": dialled.duration_seconds or 0,
        "reason": dialled.failure_code or "",
    }


def _save(session: Session) -> None:
    session.save(update_fields=["dial", "updated_at"])
