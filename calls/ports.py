"""What calls needs from whoever carries them and whoever understands speech; settings name the classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from calls.models import Call, Leg


class Carrier(Protocol):
    """Every verb writes what it wants done in the caller's transaction and returns at once."""

    def originate(self, call: Call, legs: Iterable[Leg], *, ring_timeout_seconds: int) -> None:
        """Dial the legs together, each with the talk time the call has paid for."""

    def hang_up(self, leg: Leg, *, cause: str) -> None:
        """End one leg, whatever it is doing."""

    def extend(self, leg: Leg, *, paid_until_seconds: int) -> None:
        """Allow a leg to last until that second of connected time."""

    def warn(self, leg: Leg) -> None:
        """Say over whatever the leg hears that its money ends in a minute."""

    def lost_engines(self) -> dict[str, datetime]:
        """Return the engines that no longer report, and when each was last alive."""


@cache
def _carrier(path: str) -> Carrier:
    return cast(Carrier, import_string(path)())


def carrier() -> Carrier:
    """Return the carrier named by the settings."""
    return _carrier(settings.CARRIER)


# Facts are whatever is worth showing as JSON.
@dataclass(frozen=True, slots=True)
class Mark:
    """Something that another app knows of a call, told on the call's time line."""

    lane: str
    kind: str
    at: datetime
    title: str | Promise
    detail: str = ""
    icon: str = "circle-dot"
    # How long it lasted; `at` is its beginning.
    milliseconds: int = 0
    is_bad: bool = False
    # A page about it.
    address: str = ""
    # What went out and what came back, as text.
    sent: str = ""
    received: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Chronicle(Protocol):
    """Knows things about calls that calls do not; settings CHRONICLES name the classes."""

    # The kind of time-line row that its marks tell better.
    replaces: str

    def marks(self, call: Call) -> list[Mark]:
        """Return what there is to tell of a call, in any order."""


@cache
def chronicles() -> tuple[Chronicle, ...]:
    """Return the chronicles named by the settings."""
    return tuple(cast(Chronicle, import_string(path)()) for path in settings.CHRONICLES)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser understood; None where it does not say how sure it is."""

    text: str
    confidence_percent: int | None


class NotRecognised(Exception):
    """There are no words; `may_pass` says whether asking again may help."""

    def __init__(self, reason: str, *, may_pass: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_pass = may_pass


class Recogniser(Protocol):
    """Turns speech into words; settings RECOGNISER names the class."""

    name: str

    def recognise(self, path: Path) -> Heard:
        """Return the words of a WAV file; raises NotRecognised."""


@cache
def _recogniser(path: str) -> Recogniser:
    return cast(Recogniser, import_string(path)())


def recogniser() -> Recogniser:
    """Return the recogniser named by the settings."""
    return _recogniser(settings.RECOGNISER)


# Work that an app further right does: it posts a transcript to where the document wanted it.
POST_TRANSCRIPT = "telephony.post_transcript"
