"""What the replies about supervisors and replaced actions look like."""

from __future__ import annotations

from typing import Any

from kernel import clock
from kernel.shapes import COUNT, E164, FLAG, TEXT, TIME, UUID, maybe, record, said, words
from telephony.models import Supervision
from telephony.states import SUPERVISION as LIFE
from telephony.supervising import TYPES, supervisor_of
from telephony.supervision_models import ANNOUNCEMENTS, MODES

SUPERVISION = record(
    "Supervision",
    {
        "supervision_id": UUID,
        "call_id": UUID,
        "session_id": TEXT,
        "supervisor_leg_id": UUID,
        "supervisor_call_id": said(UUID, "The supervisor's own call, which is billed apart."),
        "mode": words(list(MODES)),
        "announce": said(words(list(ANNOUNCEMENTS)), "Who is told that somebody listens."),
        "supervisor": record(
            "Supervisor",
            {
                "type": words(list(TYPES)),
                "identity": maybe(TEXT),
                "number": maybe(E164),
                "label": maybe(TEXT),
            },
        ),
        "notify_agent": FLAG,
        "state": words(LIFE.states),
        "connected_at": maybe(TIME),
        "ended_at": maybe(TIME),
        "created_at": TIME,
    },
)
MAYBE_SUPERVISION = record("SupervisionReply", {"supervision": maybe(SUPERVISION)})
REPLACED = record(
    "ReplacedActions",
    {
        "call_id": UUID,
        "session_id": TEXT,
        "status": words(["accepted"]),
        "actions": said(COUNT, "How many actions run from now on."),
    },
)


# The shape is the contract's.
def as_json(row: Supervision) -> dict[str, Any]:
    """Return the wire form of a supervision."""
    return {
        "supervision_id": str(row.id),
        "call_id": str(row.call_id),
        "session_id": row.call.session_id,
        "supervisor_leg_id": str(row.supervisor_leg_id),
        "supervisor_call_id": str(row.supervisor_call_id),
        "mode": row.mode,
        "announce": row.announce,
        "supervisor": supervisor_of(row),
        "notify_agent": row.notify_agent,
        "state": row.state,
        "connected_at": clock.rfc3339(row.connected_at),
        "ended_at": clock.rfc3339(row.ended_at),
        "created_at": clock.rfc3339(row.created_at),
    }
