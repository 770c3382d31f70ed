"""The word "one minute left", spoken into a call before its money ends."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F

from calls.models import Call, CallPolicy
from calls.ports import carrier
from calls.services import pricing, timeline
from kernel import audit, clock

BEFORE_END = timedelta(seconds=60)
# Later than this the sentence would not be over before the call is.
TOO_LATE = timedelta(seconds=10)
SECOND = timedelta(seconds=1)


@transaction.atomic
def set_warning(*, workspace_id: UUID, is_on: bool, actor: str) -> None:
    """Switch the spoken warning of a workspace on or off."""
    CallPolicy.objects.update_or_create(
        workspace_id=workspace_id, defaults={"warns_before_end": is_on}
    )
    audit.record(
        "calls.warning_set",
        actor=actor,
        subject=workspace_id,
        workspace_id=workspace_id,
        after={"warns_before_end": is_on},
    )


def warn_due() -> int:
    """Speak into every call whose money ends within a minute, once; return how many."""
    warned = CallPolicy.objects.filter(warns_before_end=True).values("workspace_id")
    paid_until = ExpressionWrapper(
        F("answered_at") + F("paid_until_seconds") * SECOND, output_field=DateTimeField()
    )
    due = Call.objects.filter(
        status="answered",
        hold_id__isnull=False,
        answered_at__isnull=False,
        was_warned=False,
        workspace_id__in=warned,
    ).alias(paid_until_at=paid_until)
    ids = due.filter(paid_until_at__lte=clock.now() + BEFORE_END).values_list("pk", flat=True)
    return sum(_warn(call_id) for call_id in ids)


def _warn(call_id: UUID) -> bool:
    with transaction.atomic():
        call = (
            Call.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
            .select_related("winner")
            .filter(pk=call_id, status="answered", was_warned=False)
            .first()
        )
        if call is None or call.winner is None or call.answered_at is None:
            return False
        end = call.answered_at + timedelta(seconds=pricing.money_end(call).seconds)
        if not TOO_LATE < end - clock.now() <= BEFORE_END:
            return False
        call.was_warned = True
        call.save(update_fields=["was_warned", "updated_at"])
        seconds = (end - clock.now()) // SECOND
        timeline.write(call, "call.money_ends", {"seconds_left": seconds})
        carrier().warn(call.winner)
        return True
