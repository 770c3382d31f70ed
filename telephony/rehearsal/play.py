"""Plays a voice document through the interpreter, with a script in place of caller and network."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal
from urllib.parse import urljoin

from telephony.interpreter import effects, events
from telephony.interpreter.document import DocumentInvalid
from telephony.interpreter.parse import parse
from telephony.interpreter.session import Session
from telephony.interpreter.step import announcement, step
from telephony.rehearsal import lengths, outside
from telephony.rehearsal.script import Input, Script
from telephony.rehearsal.told import (
    COMPLETED,
    NEEDS_DOCUMENT,
    NOT_ANSWERED,
    TOO_LONG,
    WAITING,
    Question,
    Step,
    Told,
    Wait,
)

URL = "https://your-app.example.com/voice"
STEPS_MAX = 400
LONGEST_SECONDS = 4 * 3600
FINAL = "final"
NO_ANSWER = "Your server does not answer in this rehearsal."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A call to rehearse. `documents` are raw, by address; None is a server that does not answer."""

    documents: Mapping[str, bytes | None]
    inputs: tuple[Input, ...] = ()
    url: str = URL
    fallback_url: str = ""
    direction: Literal["inbound", "outbound"] = "outbound"
    pauses: bool = False
    # What the workspace says before something is recorded.
    announcement: str = ""
    announcement_language: str = "en-KE"


def rehearse(plan: Plan) -> Told:
    """Play the call to its end, to a document that is missing, or to a wait the script left open."""
    rehearsal = _Rehearsal(plan, Script(plan.inputs))
    rehearsal.run()
    return rehearsal.told


@dataclass(slots=True)
class _Rehearsal:
    plan: Plan
    script: Script
    told: Told = field(default_factory=Told)
    state: Session = field(default_factory=Session)
    now: int = 0
    answered_at: int | None = None

    def run(self) -> None:
        """Step the interpreter until nothing follows."""
        is_outbound = self.plan.direction == "outbound"
        self.state = Session(
            voice_url=self.plan.url,
            fallback_url=self.plan.fallback_url,
            announcement=self.plan.announcement,
            announcement_language=self.plan.announcement_language,
        )
        if is_outbound:
            self._answer()
        waiting: deque[events.Event] = deque()
        waiting.append(events.Started(self.plan.direction, already_answered=is_outbound))
        while waiting:
            self.state, done = step(self.state, waiting.popleft())
            for effect in done:
                waiting.extend(self._carry_out(effect))
            if self._is_too_long():
                self.told.outcome = TOO_LONG
                waiting.clear()
        self._count()

    def _carry_out(self, effect: effects.Effect) -> tuple[events.Event, ...]:
        """Do what the interpreter wants and return what comes of it."""
        match effect:
            case effects.Note(kind, payload):
                self._tell(kind, payload, lengths.heard_seconds(kind, payload))
            case effects.Fetch():
                return self._fetch(effect)
            case effects.Answer():
                return self._answer()
            case effects.Play(id):
                return (events.Played(id),)
            case effects.Gather() | effects.Record() | effects.Dial() | effects.Conference():
                return self._meet(effect)
            case effects.Stream() if effect.holds:
                return self._meet(effect)
            case effects.Reject(code):
                self._end("document", {"sip_code": code})
            case effects.Hangup(_, failure_code):
                self.told.failure_code = failure_code
                self._end("document", {})
        return ()

    def _fetch(self, effect: effects.Fetch) -> tuple[events.Event, ...]:
        url, documents = effect.url, self.plan.documents
        known = next((each for each in (url, url.partition("?")[0]) if each in documents), None)
        raw = documents[known] if known else None
        question = self._ask(effect, has_answer=raw is not None)
        if known is None:
            self.told.outcome, self.told.needs = NEEDS_DOCUMENT, question
            return ()
        if raw is None:
            return (events.DocumentFailed(events.UNREACHABLE, NO_ANSWER, effect.id),)
        try:
            return (events.DocumentArrived(parse(raw), url, effect.id),)
        except DocumentInvalid as problem:
            return (events.DocumentFailed.invalid(problem, effect.id),)

    def _meet(self, effect: outside.Waiting) -> tuple[events.Event, ...]:
        """Let the script answer a wait, or what is usual."""
        met = outside.meet(effect, self.script)
        if met is None and self.plan.pauses:
            self.told.outcome = WAITING
            self.told.waits = Wait(*outside.waited_for(effect))
            return ()
        met = met or outside.default(effect)
        self.now += met.seconds
        if met.hangs_up:
            self._leave(met.event)
            return ()
        answers: tuple[events.Event, ...] = ()
        if met.talk:
            answers = self._answer()
            self._announce(effect)
            self.told.talks.append(met.talk)
            self.now += met.talk.seconds
        return (*answers, met.event) if met.event else answers

    def _announce(self, effect: outside.Waiting) -> None:
        """Tell both that they are recorded, before they are joined."""
        if isinstance(effect, effects.Dial) and effect.record and self.plan.announcement:
            said = announcement(self.state)[0]
            assert isinstance(said, effects.Note)
            self._tell(said.kind, said.payload, lengths.heard_seconds(said.kind, said.payload))

    def _leave(self, last: events.Event | None) -> None:
        """End the call by the caller; a recording that this ended is still told to the server."""
        done = step(self.state, last)[1] if last else ()
        for effect in done:
            if isinstance(effect, effects.Note):
                self._tell(effect.kind, effect.payload)
            if isinstance(effect, effects.Fetch):
                self._ask(effect, has_answer=True)
        self._end("caller", {})

    def _answer(self) -> tuple[events.Event, ...]:
        """Answer the call unless it is answered."""
        if self.answered_at is not None:
            return ()
        self.answered_at = self.now
        self._tell("call.answered", {})
        return (events.Answered(),)

    def _ask(self, effect: effects.Fetch, *, has_answer: bool) -> Question:
        question = Question(effect.url, effect.method, effect.purpose, dict(effect.params))
        self._tell("voice.fetched", {**asdict(question), "has_answer": has_answer})
        return question

    def _end(self, by: str, facts: Mapping[str, object]) -> None:
        is_answered = self.answered_at is not None
        self.told.outcome = COMPLETED if is_answered else NOT_ANSWERED
        self.told.ended_by = by
        self._tell("call.completed" if is_answered else "call.failed", {"ended_by": by, **facts})
        self._ask(effects.Fetch("", self.plan.url, FINAL, params=self._final()), has_answer=True)

    def _final(self) -> dict[str, str]:
        """Return what the voice URL is told of the end; its answer changes nothing."""
        since = self.now if self.answered_at is None else self.answered_at
        return {"isActive": "0", "durationInSeconds": str(self.now - since)}

    def _tell(self, kind: str, facts: Mapping[str, object], seconds: int = 0) -> None:
        self.told.steps.append(Step(self.now, seconds, kind, dict(facts)))
        self.now += seconds

    def _is_too_long(self) -> bool:
        return len(self.told.steps) > STEPS_MAX or self.now > LONGEST_SECONDS

    def _count(self) -> None:
        self.told.lasts_seconds = self.now
        if self.answered_at is not None:
            self.told.connected_seconds = self.now - self.answered_at
        self.told.unused_inputs = self.script.unused


def absolute(url: str, base: str) -> str:
    """Return an address as the interpreter asks it."""
    return urljoin(base, url)
