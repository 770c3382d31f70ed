"""What telephony keeps of a phone number beside its calls: documents, commands, requests, rooms."""

from __future__ import annotations

from collections.abc import Iterable

from kernel import people
from kernel.people import Row, Subject

# The calls carry the pseudonym only after this ran, or before it: the names of both are looked for.
CALLS = (
    "SELECT id FROM calls_call WHERE remote_e164 = ANY(%s) "
    "UNION SELECT call_id FROM calls_leg WHERE to_e164 = ANY(%s)"
)
LEGS = f"SELECT id FROM calls_leg WHERE call_id IN ({CALLS})"  # noqa: S608  Our names.
OF_CALLS = f"call_id IN ({CALLS})"
OF_LEGS = f"leg_id IN ({LEGS})"
# A page may name anybody, whoever was called; what is told about a room names all in it.
ALL = "true"
PLACES = (
    ("telephony_session", "state", "jsonb", OF_CALLS),
    ("telephony_session", "dial", "jsonb", OF_CALLS),
    ("telephony_session", "pending", "jsonb", OF_CALLS),
    ("telephony_fetch", "url", "text", OF_CALLS),
    ("telephony_fetch", "params", "jsonb", OF_CALLS),
    ("telephony_fetch", "sent", "jsonb", OF_CALLS),
    ("telephony_fetch", "error", "text", OF_CALLS),
    ("telephony_fetch", "answer", "text", ALL),
    ("telephony_command", "body", "jsonb", OF_LEGS),
    ("telephony_notice", "fields", "jsonb", ALL),
    ("telephony_announcement", "prompt", "jsonb", ALL),
    ("telephony_supervision", "number", "text", ALL),
)


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """Give nothing: what is here is how a call was carried, and the calls themselves are listed."""
    return {}


def erase(subject: Subject) -> dict[str, int]:
    """Put the pseudonym into what drove the number's calls."""
    if not subject.phone:
        return {}
    names = [subject.phone, subject.pseudonym]
    changed = sum(
        people.blur(
            table, column, subject, where=where, values=[names] * where.count("%s"), kind=kind
        )
        for table, column, kind, where in PLACES
    )
    return {"voice_sessions": changed}


people.declare("telephony", collect=collect, erase=erase)
