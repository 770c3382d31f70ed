"""What telephony keeps of a phone number beside its calls: documents, commands, requests."""

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
PLACES = (
    ("telephony_session", "state", f"call_id IN ({CALLS})"),
    ("telephony_session", "dial", f"call_id IN ({CALLS})"),
    ("telephony_session", "pending", f"call_id IN ({CALLS})"),
    ("telephony_fetch", "params", f"call_id IN ({CALLS})"),
    ("telephony_command", "body", f"leg_id IN ({LEGS})"),
)


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """Give nothing: what is here is how a call was carried, and the calls themselves are listed."""
    return {}


def erase(subject: Subject) -> dict[str, int]:
    """Put the pseudonym into what drove the number's calls."""
    if not subject.phone:
        return {}
    names = [subject.phone, subject.pseudonym]
    values = [names, names]
    changed = sum(
        people.blur(table, column, subject, where=where, values=values)
        for table, column, where in PLACES
    )
    return {"voice_sessions": changed}


people.declare("telephony", collect=collect, erase=erase)
