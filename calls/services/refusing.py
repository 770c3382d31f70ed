"""The do-not-call list of a workspace: numbers that no call of its may reach."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from calls.destinations import E164_RULE, is_e164
from calls.errors import DoNotCallNotFound
from calls.models import DoNotCall
from kernel import audit
from kernel.errors import BadRequest


@transaction.atomic
def list_numbers(
    *, workspace_id: UUID, mode: str, numbers: Iterable[str], reason: str = "", actor: str
) -> int:
    """Put numbers on the do-not-call list; return how many were not on it. May run twice.

    Raises BadRequest naming the one that is no number.
    """
    wanted = list(dict.fromkeys(numbers))
    bad: list[tuple[str, str]] = [
        (f"numbers[{place}]", E164_RULE) for place, e164 in enumerate(wanted) if not is_e164(e164)
    ]
    if bad:
        raise BadRequest(fields=bad)
    mine = DoNotCall.objects.filter(workspace_id=workspace_id, mode=mode)
    before = set(mine.filter(e164__in=wanted).values_list("e164", flat=True))
    fresh = [
        DoNotCall(workspace_id=workspace_id, mode=mode, e164=e164, reason=reason[:200])
        for e164 in wanted
        if e164 not in before
    ]
    DoNotCall.objects.bulk_create(fresh, ignore_conflicts=True)
    for row in fresh:
        _record("do_not_call.listed", row, actor)
    return len(fresh)


@transaction.atomic
def unlist_number(*, workspace_id: UUID, mode: str, e164: str, actor: str) -> None:
    """Take a number off the list of a workspace. Raises DoNotCallNotFound."""
    mine = DoNotCall.objects.filter(workspace_id=workspace_id, mode=mode)
    row = mine.filter(e164=e164).first() if is_e164(e164) else None
    if row is None:
        raise DoNotCallNotFound(e164=e164)
    row.delete()
    _record("do_not_call.unlisted", row, actor)


def _record(action: str, row: DoNotCall, actor: str) -> None:
    audit.record(action, actor=actor, subject=row.e164, workspace_id=row.workspace_id)
