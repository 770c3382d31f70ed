"""The kill switch: no call of a workspace begins, and those that run end."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from calls.models import Call, CallPolicy
from calls.ports import carrier
from calls.services import timeline
from calls.states import LIVE, OPEN_LEG
from kernel import audit
from wallet import queries as wallet

CAUSE = "stopped"


def stop_calls(*, workspace_id: UUID, reason: str, actor: str) -> int:
    """Refuse every new outgoing call of a workspace and end those that run; return how many.

    Their holds are captured or given back as each ends. A call that is being placed meanwhile holds
    the wallet's lock: it is seen here, or it sees the switch. May run twice.
    """
    with transaction.atomic():
        _switch(workspace_id, actor, is_stopped=True, reason=reason)
    with transaction.atomic():
        wallet.lock_wallets(workspace_id)
        running = list(
            Call.objects.filter(workspace_id=workspace_id, status__in=LIVE).order_by("pk")
        )
    return sum(_end(call.pk) for call in running)


def resume_calls(*, workspace_id: UUID, reason: str, actor: str) -> None:
    """Let a stopped workspace call again."""
    with transaction.atomic():
        _switch(workspace_id, actor, is_stopped=False, reason=reason)


def _switch(workspace_id: UUID, actor: str, *, is_stopped: bool, reason: str) -> None:
    CallPolicy.objects.update_or_create(
        workspace_id=workspace_id,
        defaults={"is_stopped": is_stopped, "stop_reason": reason if is_stopped else ""},
    )
    audit.record(
        "calls.stopped" if is_stopped else "calls.resumed",
        actor=actor,
        subject=workspace_id,
        workspace_id=workspace_id,
        reason=reason,
    )


def _end(call_id: UUID) -> bool:
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True).get(pk=call_id)
        if call.is_final:
            return False
        for leg in call.legs.filter(state__in=OPEN_LEG):
            carrier().hang_up(leg, cause=CAUSE)
        timeline.write(
            call, "call.hangup_requested", {"reason": "calls of the workspace are stopped"}
        )
        return True
