"""What calls know of a phone number, and how they forget it; part of the verbs of this app.

A call stays, with its time and its cost: the books name it. Who was at the far end goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from calls.models import Call, DoNotCall, Leg, Recording
from calls.services.exports import forget_files
from calls.services.recordings import delete_recording
from calls.states import CALL
from kernel import clock, people
from kernel.people import ROWS_MAX, Row, Subject

LOOK_AGAIN = timedelta(minutes=1)
TYPED = "•••"
# What the workspace wrote on a call; a number may be in an address or in its own reference.
TEXTS = ("client_request_id", "voice_url", "voice_fallback_url", "webhook_url")

# What somebody typed on their phone is about them too.
FORGET_KEYS = """
    UPDATE calls_callevent SET payload = jsonb_set(payload, '{digits}', to_jsonb(%s::text))
     WHERE call_id = ANY(%s) AND payload ? 'digits' AND payload->>'digits' <> ''
"""


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """List the calls of a number, what was recorded and said in them, and its wish for quiet."""
    if not subject.phone:
        return {}
    theirs = calls_of(subject.phone)
    heard = Recording.objects.filter(call__in=theirs).order_by("-created_at")
    return {
        "calls": theirs.order_by("-created_at").values(
            "id", "session_id", "workspace_id", "mode", "direction", "local_e164", "status",
            "started_at", "answered_at", "ended_at", "duration_seconds",
        )[:ROWS_MAX],
        "recordings": heard.values(
            "id", "call_id", "state", "duration_ms", "created_at", "transcript__text"
        )[:ROWS_MAX],
        "do_not_call": DoNotCall.objects.filter(e164=subject.phone).values(
            "workspace_id", "mode", "created_at"
        ),
    }  # fmt: skip


def wait(subject: Subject) -> datetime | None:
    """Wait for a call that runs: nobody is forgotten in the middle of a sentence."""
    if not subject.phone:
        return None
    running = calls_of(subject.phone).exclude(status__in=CALL.final)
    return clock.now() + LOOK_AGAIN if running.exists() else None


def erase(subject: Subject) -> dict[str, int]:
    """Put the pseudonym on calls, legs and time lines, and delete what was recorded.

    Lists that were exported with them are deleted, and those being written begin again.
    A do-not-call entry stays: it is the number's own wish, and works only while it is known.
    """
    if not subject.phone:
        return {}
    found: list[UUID] = list(calls_of(subject.phone).values_list("id", flat=True))
    counts = {"recordings": _silence(found)}
    counts["time_line"] = people.blur(
        "calls_callevent", "payload", subject, where="call_id = ANY(%s)", values=[found]
    )
    with connection.cursor() as cursor:
        cursor.execute(FORGET_KEYS, [TYPED, found])
        counts["typed_keys"] = cursor.rowcount
    people.blur("calls_call", "metadata", subject, where="id = ANY(%s)", values=[found])
    for column in TEXTS:
        people.blur(
            "calls_call", column, subject, where="id = ANY(%s)", values=[found], kind="text"
        )
    counts["searches"] = sum(
        people.blur(table, "query", subject, where="true", values=[], kind="text")
        for table in ("calls_savedview", "calls_export")
    )
    counts["exports"] = forget_files(found)
    new = subject.pseudonym
    legs = Leg.objects.filter(call_id__in=found, to_e164=subject.phone)
    counts["legs"] = legs.update(to_e164=new)
    Call.objects.filter(id__in=found, caller_id=subject.phone).update(caller_id=new)
    far = Call.objects.filter(id__in=found, remote_e164=subject.phone)
    counts["calls"] = far.update(remote_e164=new)
    return counts


def calls_of(e164: str) -> QuerySet[Call]:
    """List the calls with a number at their far end, or dialled beside others."""
    legs = Leg.objects.filter(to_e164=e164)
    return Call.objects.filter(
        Q(remote_e164=e164)
        | Q(caller_id=e164, direction="inbound")
        | Q(id__in=legs.values("call_id"))
    )


def _silence(call_ids: list[UUID]) -> int:
    """Delete every recording of the calls; the files and the words go as their work is done."""
    rows = Recording.objects.filter(call_id__in=call_ids)
    return sum(delete_recording(row, actor="system") for row in rows)


people.declare("calls", collect=collect, erase=erase, wait=wait)
