"""What we say into a running call ourselves: that its money ends, that somebody listens."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db.models import Q

from calls.models import Call, Leg
from telephony import orders, sounds
from telephony.errors import SoundUnavailable
from telephony.interpreter.prompts import Speech
from telephony.models import Participant, Supervision

log = logging.getLogger(__name__)

# Whoever talks may know only one of the two languages.
SENTENCES = (
    Speech("One minute left.", "en-KE", "woman"),
    Speech("Imebaki dakika moja.", "sw-KE", "woman"),
)


SUPERVISED = (Speech("A supervisor is on this call.", "en-KE", "woman"),)


def warn(leg_id: UUID) -> None:
    """Make the sentences and order them over the leg; a call that is over stays silent."""
    leg = Leg.objects.select_related("call").get(pk=leg_id)
    if not leg.is_open:
        return
    try:
        files = [str(sounds.make(each, call_id=leg.call_id)) for each in SENTENCES]
    except SoundUnavailable as problem:
        log.warning("no warning for leg %s: %s", leg_id, problem)
        return
    orders.write(leg.id, "overlay", files=files)


def announce_supervisor(supervision_id: UUID) -> None:
    """Tell the agent, or everybody, that a supervisor is there, as it was asked for."""
    row = Supervision.objects.select_related("call").get(pk=supervision_id)
    if row.state != "connected":
        return
    try:
        files = [str(sounds.make(each, call_id=row.call_id)) for each in SUPERVISED]
    except SoundUnavailable as problem:
        log.warning("no announcement for call %s: %s", row.call_id, problem)
        return
    others = _others(row) if row.announce == "both" else []
    for leg_id in (row.agent_leg_id, *others):
        orders.write(leg_id, "overlay", files=files)


def _others(row: Supervision) -> list[UUID]:
    """Return the legs that talk with the agent: of the same bridge, or in the same room."""
    seat = Participant.objects.filter(leg_id=row.agent_leg_id, status="talking").first()
    if seat is not None:
        room = Participant.objects.filter(conference_id=seat.conference_id, status="talking")
        legs = list(room.values_list("leg_id", flat=True))
    else:
        family = Call.objects.filter(Q(pk=row.call_id) | Q(parent_id=row.call_id, purpose=""))
        if row.call.parent_id:
            family |= Call.objects.filter(pk=row.call.parent_id)
        legs = list(family.filter(status="answered").values_list("winner_id", flat=True))
    return [leg_id for leg_id in legs if leg_id not in (None, row.agent_leg_id)]
