"""Taking a running call over: another voice document in place of the one that runs."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from calls import services as calls
from calls.models import Call
from kernel import audit
from telephony import services
from telephony.errors import CallNotLive
from telephony.interpreter.document import Document
from telephony.interpreter.events import Replaced
from telephony.interpreter.session import Session as State
from telephony.models import Session


def take_over(call: Call, document: Document, *, actor: str) -> None:
    """Run a document in a call from now on, whatever it was doing. Raises CallNotLive.

    Locks the call that it was dialled for, if it was, and then the call.
    """
    with transaction.atomic():
        parent = _locked(call.parent_id) if call.parent_id else None
        call = _locked(call.pk)
        if not is_live(call):
            raise CallNotLive(status=call.purpose or call.status)
        calls.note(
            call_id=call.id,
            kind="voice.replaced",
            payload={"actions": len(document.actions), "by": actor},
        )
        audit.record(
            "calls.actions_sent",
            actor=actor,
            subject=call.id,
            workspace_id=call.workspace_id,
            after={"actions": [verb.NAME for verb in document.actions]},
        )
        if parent is not None:
            services.let_go(caller=parent, dialled=call)
        _open(call)
        services.tell(call_id=call.id, event=Replaced(document))


def is_live(call: Call) -> bool:
    """Say whether a call can be told what to do: answered, or an incoming one that rings."""
    rings_in = call.direction == "inbound" and call.status == "ringing"
    return not call.purpose and (call.status == "answered" or rings_in)


def _locked(call_id: UUID) -> Call:
    return Call.objects.select_for_update(no_key=True).get(pk=call_id)


def _open(call: Call) -> None:
    """Give a call that was dialled for another a document of its own."""
    if Session.objects.filter(pk=call.pk).exists():
        return
    assert call.winner_id is not None
    state = State(direction="outbound", answered=True)
    Session.objects.create(call=call, leg_id=call.winner_id, state=state.to_json())
