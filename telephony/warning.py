"""The spoken word that the money of a call ends, laid over whatever the caller hears."""

from __future__ import annotations

import logging
from uuid import UUID

from calls.models import Leg
from telephony import orders, sounds
from telephony.errors import SoundUnavailable
from telephony.interpreter.prompts import Speech

log = logging.getLogger(__name__)

# Whoever talks may know only one of the two languages.
SENTENCES = (
    Speech("One minute left.", "en-KE", "woman"),
    Speech("Imebaki dakika moja.", "sw-KE", "woman"),
)


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
