"""What the editor's form holds: the document, what the server answers, what the caller did so far."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal
from urllib.parse import urljoin

from django.http import QueryDict

from calls.models import RecordingPolicy
from telephony.interpreter.document import BYTES_MAX
from telephony.rehearsal.play import URL, Plan, rehearse
from telephony.rehearsal.script import KINDS, STATUSES, Input
from telephony.rehearsal.told import Told

ANSWERS_MAX = 20
INPUTS_MAX = 100
KEYS = frozenset("0123456789*#")
KEYS_MAX = 64
SECONDS_MAX = 3600
TO = "+254712345678"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a rehearsal needs, carried by the form and by nothing else."""

    document: str
    answers: dict[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    direction: Literal["inbound", "outbound"] = "outbound"
    to: str = TO
    plays: bool = False

    @property
    def inputs_text(self) -> str:
        """What the caller did, as the form carries it."""
        return json.dumps([asdict(it) for it in self.inputs])

    def after(self, done: Input) -> Stage:
        """The same after the caller did one thing more."""
        return replace(self, inputs=(*self.inputs, done)[:INPUTS_MAX], plays=True)

    def play(self, policy: RecordingPolicy | None = None) -> Told:
        """Rehearse up to the next wait, with what the workspace says before a recording."""
        answers = {urljoin(URL, at): text.encode() for at, text in self.answers.items()}
        return rehearse(
            Plan(
                documents={**answers, URL: self.document.encode()},
                inputs=self.inputs,
                direction=self.direction,
                pauses=True,
                announcement=policy.announcement if policy else "",
                announcement_language=policy.language if policy else "en-KE",
            )
        )


def read(posted: QueryDict) -> Stage:
    """Return what a form carries; what makes no sense in it is left out."""
    addresses = posted.getlist("answer_url")[:ANSWERS_MAX]
    answers = zip(addresses, posted.getlist("answer_document"), strict=False)
    return Stage(
        document=posted.get("document", "")[:BYTES_MAX],
        answers={at.strip()[:500]: text[:BYTES_MAX] for at, text in answers if at.strip()},
        inputs=_inputs(posted.get("inputs", "")),
        direction="inbound" if posted.get("direction") == "inbound" else "outbound",
        to=posted.get("to", TO).strip()[:24],
        plays=posted.get("plays") == "yes",
    )


def done(posted: QueryDict, what: str) -> Input | None:
    """Return what a button says the caller does: `keys`, `dialled:busy`, `hangup` …"""
    kind, _, more = what.partition(":")
    if kind == "keys":
        typed = "".join(key for key in (more or posted.get("keys", "")) if key in KEYS)
        return Input("digits", digits=typed[:KEYS_MAX]) if typed else Input("silence")
    if kind not in KINDS:
        return None
    status = more if more in STATUSES else "answered"
    return Input(kind, status=status, seconds=_seconds(posted.get("seconds", "")))


def _seconds(text: str) -> int | None:
    return min(int(text), SECONDS_MAX) if text.isdecimal() and len(text) < 6 else None


def _inputs(text: str) -> tuple[Input, ...]:
    """Read what the caller did so far; a form somebody meddled with begins again."""
    try:
        plain: Sequence[dict[str, str]] = json.loads(text or "[]")
        found = tuple(_input(it) for it in plain[:INPUTS_MAX])
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return ()
    return found


def _input(plain: dict[str, str]) -> Input:
    if plain["kind"] not in KINDS or plain["status"] not in STATUSES:
        raise ValueError("not a kind of input")
    digits = "".join(key for key in str(plain["digits"]) if key in KEYS)
    seconds = plain.get("seconds")
    return Input(
        plain["kind"],
        digits=digits[:KEYS_MAX],
        status=plain["status"],
        seconds=None if seconds is None else _seconds(str(seconds)),
    )
