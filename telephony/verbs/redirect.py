"""The verb that continues with another document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from telephony.interpreter.effects import Effects, Fetch, Note
from telephony.interpreter.fields import Choice, Url, declare
from telephony.interpreter.source import BODY
from telephony.interpreter.verb import Precondition, Verb

if TYPE_CHECKING:
    from telephony.interpreter.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Verb):
    NAME: ClassVar[str] = "redirect"
    ELEMENTS: ClassVar[tuple[str, ...]] = ("Redirect",)
    PRECONDITION: ClassVar[Precondition] = "any"
    DOC: ClassVar[str] = (
        "Continue with the document at another address. The actions after it run only when that "
        "document cannot be had."
    )

    url: str = declare(
        Url(doc="Where the next document is.", xml=(BODY, "url")),
    )
    method: str = declare(
        Choice(doc="How it is asked for.", default="POST", words=("POST", "GET"), xml=("method",)),
    )

    def begin(self, session: Session) -> Effects:
        url = session.resolve(self.url)
        return (
            Note("voice.redirect", {"url": url, "method": self.method}),
            Fetch(session.ticket("fetch"), url, "redirect", self.method),
        )
