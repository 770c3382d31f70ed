"""A week of calls with every ending, one told second by second, two that go on, and a room."""

from __future__ import annotations

import json
import math
import wave
from array import array
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import psycopg

from accounts.models import Workspace
from calls import services
from calls.call_filter import CallFilter
from calls.models import Call, CallEvent, DoNotCall, Leg, Recording, Transcript
from calls.services import exports, pricing
from kernel import clock
from kernel.ids import uuid7
from numbers.models import Number
from sautikit_site.screens.scene import Scene
from telephony import services as documents
from telephony.interpreter.events import Replaced
from telephony.interpreter.json_form import parse_json
from telephony.models import Conference

# The SIP answer of a call that nobody talked in, and how many of a week's calls end so.
ENDINGS: Final = ((200, 26), (486, 4), (480, 3), (487, 2), (503, 2))
INBOUND: Final = 9
FAR: Final = ("+254712345678", "+254722000111", "+254733000222", "+254110222333")

TOLD: Final = (
    (4_300, "voice.fetched", {
        "url": "https://acme.example/voice", "method": "POST", "status": 200, "ms": 84,
        "request": {"session_id": "HD_4711", "direction": "inbound"},
        "response": {"actions": [{"say": {"text": "Karibu Acme."}}]},
    }),
    (4_500, "voice.say", {"text": "Karibu Acme. For sales press 1.", "language": "en-KE", "times": 1}),
    (5_100, "voice.gather", {"num_digits": 1, "timeout_seconds": 8}),
    (9_800, "digits", {"digits": "1", "reason": "full"}),
    (10_400, "voice.warning", {"message": "The attribute colour is not known and was skipped."}),
    (11_000, "voice.record", {"max_seconds": 60}),
    (30_200, "voice.recorded", {"seconds": 19, "reason": "key"}),
)  # fmt: skip
RECORDED_AT: Final = timedelta(milliseconds=11_000)


def make(scene: Scene, acme: Workspace) -> dict[UUID, timedelta]:
    """Make the calls now; returns which of them are to be moved into the past, and how far."""
    number = Number.objects.get(pk=scene.parts["number"])
    past: dict[UUID, timedelta] = {}
    codes = [code for code, count in ENDINGS for _ in range(count)]
    for index, code in enumerate(codes):
        call = _inbound(number, index) if index % 4 == 0 else _outbound(acme, number, index)
        _finish(call, code, talked_seconds=23 + index * 17 % 320)
        past[call.id] = timedelta(minutes=20 + index * index * 7)
    scene.name(missed=call.id)
    scene.name(call=_told(acme, number).id)
    scene.name(live=_answered(_outbound(acme, number, 1), seconds_ago=73).id)
    scene.name(ringing=_outbound(acme, number, 2).id)
    scene.name(room=_room(acme, number).id)
    asked = exports.ask_export(
        workspace_id=acme.id, mode="live", wanted=CallFilter(status="completed"), actor=scene.actor
    )
    scene.name(export=asked.id)
    DoNotCall.objects.create(
        workspace=acme, mode="live", e164="+254700999888", reason="Asked on the phone"
    )
    return past


_AGE: Final = (
    "UPDATE calls_leg SET created_at = created_at - %(by)s, answered_at = answered_at - %(by)s,"
    " ended_at = ended_at - %(by)s WHERE call_id = %(id)s",
    "UPDATE calls_callevent SET occurred_at = occurred_at - %(by)s WHERE call_id = %(id)s",
    "UPDATE wallet_posting SET created_at = created_at - %(by)s WHERE call_id = %(id)s",
    "UPDATE kernel_event SET occurred_at = occurred_at - %(by)s WHERE call_id = %(id)s",
    "UPDATE calls_call SET created_at = created_at - %(by)s, started_at = started_at - %(by)s,"
    " answered_at = answered_at - %(by)s, ended_at = ended_at - %(by)s WHERE id = %(id)s",
)

# What was moved is told in the new order, so the balances after it follow that order.
_CHAIN: Final = """
    UPDATE wallet_entry SET balance_after_minor = chain.after FROM (
        SELECT entry.id, sum(amount_minor) OVER (
                   PARTITION BY wallet_id ORDER BY created_at, entry.id) AS after
          FROM wallet_entry entry JOIN wallet_posting posting ON posting.id = posting_id
         WHERE wallet_id IS NOT NULL AND account = 'wallet'
    ) chain WHERE chain.id = wallet_entry.id
"""


def age(server: psycopg.Connection[Any], past: Mapping[UUID, timedelta]) -> None:
    """Move calls and what they left behind into the past, which only a superuser can."""
    server.execute("SET session_replication_role = replica")
    with server.cursor() as cursor:
        for statement in _AGE:
            cursor.executemany(statement, [{"id": key, "by": by} for key, by in past.items()])
    server.execute(_CHAIN)


def _outbound(acme: Workspace, number: Number, index: int) -> Call:
    return services.place_call(
        workspace_id=acme.id,
        mode="live",
        from_e164=number.e164,
        to=[FAR[index % len(FAR)]],
        client_request_id=f"order-{4700 + index}",
    )


def _inbound(number: Number, index: int) -> Call:
    call = services.receive_call(
        leg_id=uuid7(), from_e164=FAR[index % len(FAR)], to_e164=number.e164
    )
    assert call is not None
    return call


def _answered(call: Call, *, seconds_ago: int) -> Call:
    at = clock.now() - timedelta(seconds=seconds_ago)
    services.record_ringing(leg_id=_leg(call).id)
    services.record_answered(leg_id=_leg(call).id, at=at)
    call = Call.objects.get(pk=call.pk)
    pricing.grow(call, seconds=seconds_ago + 60)
    start = at - timedelta(seconds=4)
    paid = seconds_ago + 60
    Call.objects.filter(pk=call.pk).update(started_at=start, paid_until_seconds=paid)
    for kind, seconds in (("call.started", 0), ("call.ringing", 1.2)):
        rows = CallEvent.objects.filter(call=call, kind=kind)
        rows.update(occurred_at=start + timedelta(seconds=seconds))
    return Call.objects.get(pk=call.pk)


def _finish(call: Call, code: int, *, talked_seconds: int = 0) -> None:
    is_talk = code == 200
    if is_talk:
        _answered(call, seconds_ago=talked_seconds)
    services.record_ended(
        leg_id=_leg(call).id,
        connected_ms=talked_seconds * 1000 - 300 if is_talk else 0,
        sip_code=code,
        cause="bye" if is_talk else "",
        ended_by="remote",
    )


def _told(acme: Workspace, number: Number) -> Call:
    """A call whose every second says something, with a recording and its words."""
    call = _answered(_inbound(number, 0), seconds_ago=47)
    for _ms, kind, payload in TOLD:
        services.note(call_id=call.id, kind=kind, payload=payload)
    _record(call)
    services.record_ended(
        leg_id=_leg(call).id, connected_ms=46_200, sip_code=200, cause="bye", ended_by="remote"
    )
    start = Call.objects.get(pk=call.pk).started_at
    for ms, kind, _payload in TOLD:
        rows = CallEvent.objects.filter(call=call, kind=kind)
        rows.update(occurred_at=start + timedelta(milliseconds=ms))
    # The sound begins where the time line says so.
    Recording.objects.filter(call=call).update(created_at=start + RECORDED_AT)
    return call


def _record(call: Call) -> None:
    """Leave nineteen seconds of sound, stored, with the words in it."""
    recording = services.start_recording(
        call=call, leg_id=_leg(call).id, ticket="record-1", source="record"
    )
    transcript = services.want_transcript(recording, callback_url="")
    recording.spool.parent.mkdir(parents=True, exist_ok=True)
    tone = array("h", (_sample(at) for at in range(19 * 8000)))
    with wave.open(str(recording.spool), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    services.record_captured(leg_id=recording.leg_id, ticket="record-1", ms=19_000, reason="key")
    services.store_recording(recording.id)
    text = "Hello, this is Brian from Acme. Please call me back about order 4711."
    Transcript.objects.filter(pk=transcript.pk).update(
        state="done", text=text, confidence_percent=91, recogniser="seed", finished_at=clock.now()
    )


def _sample(at: int) -> int:
    """A voice-like swell: louder and softer about twice a second."""
    swell = abs(math.sin(at / 2600)) * abs(math.sin(at / 17_000))
    return int(swell * 16_000 * math.sin(at / 6))


def _room(acme: Workspace, number: Number) -> Conference:
    """Three callers in a room, the first of whom moderates."""
    for index in range(3):
        call = _answered(_outbound(acme, number, index + 10), seconds_ago=30 + index * 40)
        documents.start_session(call_id=call.id, leg_id=_leg(call).id)
        actions = {"actions": [{"conference": {"name": "support-4711"}}]}
        told = Replaced(parse_json(json.dumps(actions).encode()))
        documents.tell(call_id=call.id, event=told)
    return Conference.objects.get(workspace=acme)


def _leg(call: Call) -> Leg:
    return call.legs.order_by("pk")[0]
