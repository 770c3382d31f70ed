"""The verb that refuses an inbound call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter import effects
from telephony.interpreter.fields import Choice, declare
from telephony.interpreter.verb import Precondition, Verb

if TYPE_CHECKING:
    from telephony.interpreter.session import Session

CODES = {"rejected": 603, "busy": 486}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Verb):
    NAME: ClassVar[str] = "reject"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Reject",)
    PRECONDITION: ClassVar[Precondition] = "unanswered"
    DOC: ClassVar[str] = "Refuse a call that was not answered yet. It costs nothing."

    reason: str = declare(
        Choice(
            doc="What the caller is told.", default="rejected", words=tuple(CODES), xml=("reason",)
        ),
    )

    def begin(self, session: Session) -> effects.Effects:
        code = CODES[self.reason]
        return (
            effects.Note("voice.reject", {"reason": self.reason, "sip_code": code}),
            effects.Reject(code),
        )
