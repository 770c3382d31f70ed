"""What the replies about rooms look like."""

from kernel.shapes import (
    COUNT,
    FLAG,
    PAGE_PARAMS,
    TEXT,
    TIME,
    UUID,
    listing,
    maybe,
    page_of,
    record,
    said,
    words,
)
from telephony.room_commands import COMMANDS
from telephony.room_queries import PARTICIPANT_STATUSES, SCOPES, STATUSES

PARTICIPANT = record(
    "ConferenceParticipant",
    {
        "participant_id": UUID,
        "call_id": UUID,
        "session_id": TEXT,
        "caller": said(TEXT, "The far end's number."),
        "status": said(
            words(list(PARTICIPANT_STATUSES.values())),
            "queued: no place yet; waiting: the room has not started; joined; left.",
        ),
        "muted": FLAG,
        "held": FLAG,
        "start_on_enter": FLAG,
        "end_on_exit": FLAG,
        "joined_at": TIME,
        "left_at": maybe(TIME),
    },
)
CONFERENCE = record(
    "Conference",
    {
        "conference_id": UUID,
        "name": TEXT,
        "mode": words(["live", "test"]),
        "status": words(list(dict.fromkeys(STATUSES.values()))),
        "max_participants": COUNT,
        "participant_count": said(COUNT, "Who has a place now."),
        "participants": said(
            listing(PARTICIPANT), "Who is there; of a room that has ended, who was."
        ),
        "created_at": TIME,
        "started_at": maybe(TIME),
        "ended_at": maybe(TIME),
    },
)
CONFERENCES = page_of(CONFERENCE)
CONFERENCES_PARAMS = {
    "status": said(words(list(SCOPES)), "Rooms that are open now, have ended, or both."),
    **PAGE_PARAMS,
}
COMMANDED = record(
    "ConferenceCommanded",
    {
        "conference_id": UUID,
        "name": TEXT,
        "command": words(list(COMMANDS)),
        "status": words(["accepted"]),
        "participants": said(listing(UUID), "Whom it concerns."),
    },
)
