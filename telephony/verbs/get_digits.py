"""The verb that collects keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter.effects import Effects, Fetch, Gather, Note
from telephony.interpreter.fields import Choice, Integer, Url, declare
from telephony.interpreter.verb import Nested, Precondition, PromptVerb, Verb
from telephony.verbs.pause import Pause
from telephony.verbs.play import Play
from telephony.verbs.say import Say

if TYPE_CHECKING:
    from telephony.interpreter.events import Gathered
    from telephony.interpreter.session import Session

DIGITS_MAX = 64
TIMEOUT_SECONDS_MAX = 300
PROMPTS_MAX = 20
KEYS = ("#", "*", *"0123456789", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDigits(Verb):
    NAME: ClassVar[str] = "getDigits"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("GetDigits", "Gather")
    PRECONDITION: ClassVar[Precondition] = "answered"
    DOC: ClassVar[str] = (
        "Collect keys from the caller. The prompts stop at the first key. What was typed is posted "
        "as Digits to action; when nothing was typed the next action runs."
    )

    num_digits: int = declare(
        Integer(
            doc="How many keys end the input; 0 is no limit.",
            default=0,
            least=0,
            most=DIGITS_MAX,
            xml=("maxDigits", "numDigits"),
        ),
    )
    timeout: int = declare(
        Integer(
            doc="Seconds to wait for a key after the prompts; 0 is the default of the exchange.",
            default=0,
            least=0,
            most=TIMEOUT_SECONDS_MAX,
            xml=("timeout",),
        ),
    )
    finish_on_key: str = declare(
        Choice(
            doc="The key that ends the input and is not part of it; empty is none.",
            default="#",
            words=KEYS,
            xml=("finishOnKey",),
        ),
    )
    action: str = declare(
        Url(
            doc="Where the digits are posted; left out, to the address of this document.",
            default="",
            xml=("action", "callbackUrl"),
        ),
    )
    nested: tuple[PromptVerb, ...] = declare(
        Nested(
            doc="What is heard while waiting for the first key.",
            default=(),
            verbs=(Say, Play, Pause),
            items_max=PROMPTS_MAX,
        ),
    )

    def begin(self, session: Session) -> Effects:
        gather = Gather(
            id=session.ticket("gather"),
            prompts=tuple(it for verb in self.nested for it in verb.prompts(session)),
            num_digits=self.num_digits,
            timeout_seconds=self.timeout or session.gather_timeout_seconds,
            finish_on_key=self.finish_on_key,
        )
        wanted = {
            "num_digits": gather.num_digits,
            "timeout_seconds": gather.timeout_seconds,
            "finish_on_key": gather.finish_on_key,
        }
        heard = tuple(verb.note(session) for verb in self.nested)
        return (Note("voice.gather", wanted), *heard, gather)

    def resume(self, session: Session, event: Gathered) -> Effects:
        typed = Note("digits", {"digits": event.digits, "reason": event.reason})
        if not event.digits:
            return (typed,)
        params = {"Digits": event.digits, "dtmfDigits": event.digits}
        url = session.resolve(self.action)
        return (typed, Fetch(session.ticket("fetch"), url, "digits", params=params))
