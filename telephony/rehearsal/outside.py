"""What answers the waits of a rehearsed call: the caller's keys, silence, and those who are dialled."""

from __future__ import annotations

from dataclasses import dataclass

from telephony.engine.gather import Gather as Collection
from telephony.interpreter import effects, events
from telephony.rehearsal import lengths
from telephony.rehearsal.script import Input, Script
from telephony.rehearsal.told import Talk

Waiting = effects.Gather | effects.Record | effects.Dial | effects.Conference | effects.Stream
RECORDING_ID = "rehearsal"
RECORDING_URL = "https://recordings.sautikit.com/rehearsal.wav"


@dataclass(frozen=True, slots=True)
class Met:
    """What came of a wait: the time it took, what the interpreter is told, and who talked."""

    event: events.Event | None = None
    seconds: int = 0
    talk: Talk | None = None
    hangs_up: bool = False


def meet(effect: Waiting, script: Script) -> Met | None:
    """Let the script answer; None when its next input does not fit."""
    match effect:
        case effects.Gather():
            found = script.take("digits", "silence", "hangup")
            return _gathered(effect, found) if found else None
        case effects.Record():
            found = script.take("recorded", "digits", "silence", "hangup")
            return _recorded(effect, found) if found else None
        case effects.Dial():
            return _dialled(effect, script)
        case _:
            found = script.take("left", "hangup")
            return _left(effect, found) if found else None


def default(effect: Waiting) -> Met:
    """Answer a wait that the script leaves open: silence, a talk of 30 s, a hang-up."""
    match effect:
        case effects.Gather():
            return _gathered(effect, Input("silence"))
        case effects.Record():
            return _recorded(effect, Input("silence"))
        case effects.Dial():
            return _outcome(effect, effect.numbers[0], Input("dialled"), 0)
        case _:
            return _left(effect, Input("hangup"))


def waited_for(effect: Waiting) -> tuple[str, dict[str, object]]:
    """Name a wait and what is known of it."""
    match effect:
        case effects.Gather():
            return "digits", {
                "num_digits": effect.num_digits,
                "timeout_seconds": effect.timeout_seconds,
                "finish_on_key": effect.finish_on_key,
            }
        case effects.Record():
            return "recorded", {
                "max_seconds": effect.max_seconds,
                "silence_seconds": effect.silence_seconds,
                "finish_on_key": effect.finish_on_key,
            }
        case effects.Dial():
            return "dialled", {"numbers": list(effect.numbers), "sequential": effect.is_sequential}
        case effects.Conference():
            return "left", {"name": effect.name}
        case effects.Stream():
            return "left", {"url": effect.url}


def _gathered(effect: effects.Gather, found: Input) -> Met:
    if found.kind == "hangup":
        return Met(seconds=found.seconds or 0, hangs_up=True)
    collection = Collection(
        effect.id, effect.num_digits, effect.timeout_seconds, effect.finish_on_key
    )
    seconds = 0
    for key in found.digits:
        seconds += lengths.KEY_SECONDS
        if reason := collection.press(key, seconds):
            return Met(events.Gathered(effect.id, collection.digits, reason), seconds)
    seconds += effect.timeout_seconds
    return Met(events.Gathered(effect.id, collection.digits, "timeout"), seconds)


def _recorded(effect: effects.Record, found: Input) -> Met:
    spoken = min(found.seconds or 0, effect.max_seconds)
    key = next((it for it in found.digits if it in effect.finish_on_key), "")
    reason, lasts = "silence", spoken + effect.silence_seconds
    if found.kind == "hangup":
        reason, lasts = "hangup", spoken
    elif key:
        reason, lasts = "key", spoken + lengths.KEY_SECONDS
    elif lasts >= effect.max_seconds:
        reason, lasts = "max", effect.max_seconds
    event = events.Recorded(effect.id, RECORDING_ID, RECORDING_URL, spoken, key, reason)
    return Met(event, lasts, hangs_up=found.kind == "hangup")


def _dialled(effect: effects.Dial, script: Script) -> Met | None:
    """Let one input decide for all who ring together, or one for each who rings in turn."""
    rung = 0
    met: Met | None = None
    for number in effect.numbers:
        found = script.take("dialled", "hangup")
        if found is None:
            return met
        if found.kind == "hangup":
            return Met(seconds=rung + (found.seconds or lengths.RING_SECONDS), hangs_up=True)
        met = _outcome(effect, number, found, rung)
        if met.talk or not effect.is_sequential:
            return met
        rung = met.seconds
    return met


def _outcome(effect: effects.Dial, number: str, found: Input, rung: int) -> Met:
    if found.status == "answered":
        talked = lengths.TALK_SECONDS if found.seconds is None else found.seconds
        event = events.Dialed(effect.id, "completed", "", number, talked)
        return Met(event, rung + lengths.RING_SECONDS, Talk(number, talked))
    is_missed = found.status == "no-answer"
    rang = effect.timeout_seconds if is_missed else lengths.REFUSAL_SECONDS
    return Met(events.Dialed(effect.id, found.status, "", number), rung + rang)


def _left(effect: effects.Conference | effects.Stream, found: Input) -> Met:
    stayed = lengths.TALK_SECONDS if found.seconds is None else found.seconds
    if found.kind == "hangup":
        return Met(seconds=stayed, hangs_up=True)
    if isinstance(effect, effects.Stream):
        return Met(events.Streamed(effect.id, "It could not be opened."))
    return Met(events.LeftRoom(effect.id, "stopped"), stayed)
