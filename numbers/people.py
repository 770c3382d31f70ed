"""What numbers know of a person: where voice messages are mailed to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from kernel import people
from kernel.people import Row, Subject
from numbers.models import Number


def collect(subject: Subject) -> dict[str, Iterable[Row]]:
    """List the numbers that mail messages to an address or pass calls on to a phone."""
    wanted = Q(voicemail_email=subject.email) if subject.email else Q(pk=None)
    if subject.phone:
        wanted |= Q(forward_to__contains=subject.phone)
    rows = Number.objects.filter(wanted)
    return {"numbers_routed_here": rows.values("id", "workspace_id", "e164", "status")}


def erase(subject: Subject) -> dict[str, int]:
    """Mail no more messages to an address. Where calls go is the workspace's to change."""
    if not subject.email:
        return {}
    rows = Number.objects.filter(voicemail_email=subject.email)
    return {"voicemail_addresses": rows.update(voicemail_email="")}


people.declare("numbers", collect=collect, erase=erase)
