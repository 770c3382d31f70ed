"""What webhooks keep of a phone number: what was passed on to a laptop, and what servers answered."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from kernel import people
from kernel.people import Row, Subject

FORGET_ANSWERS = """
    UPDATE webhooks_attempt SET response_body = ''
     WHERE response_body ~ %s
"""


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """Give nothing: these are copies of events on their way to the customer."""
    return {}


def erase(subject: Subject) -> dict[str, int]:
    """Forget the number in what was passed on, and empty the answers that repeat it."""
    if not subject.phone:
        return {}
    changed = sum(
        people.blur("webhooks_relayed", column, subject, where="true", values=[])
        for column in ("request", "reply")
    )
    with connection.cursor() as cursor:
        cursor.execute(FORGET_ANSWERS, [people.written(subject.phone)])
        answers = cursor.rowcount
    return {"passed_on": changed, "answers": answers}


people.declare("webhooks", collect=collect, erase=erase)
