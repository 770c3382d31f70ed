"""The steps of a rehearsal as sentences, for a terminal and for whoever reads the reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telephony.rehearsal.told import Step

# Each fact is what the interpreter noted.
Facts = Mapping[str, object]


def sentence(step: Step) -> str:
    """Say one step; a kind that has no sentence is named."""
    say = SENTENCES.get(step.kind)
    return say(step.facts) if say else f"{step.kind}."


def _times(facts: Facts) -> str:
    times = facts.get("times", 1)
    return "" if times == 1 else f" {times} times"


def _asked(facts: Facts) -> str:
    fields = facts["fields"]
    assert isinstance(fields, Mapping)
    told = " ".join(f"{name}={value}" for name, value in fields.items())
    asked = f"{facts['method']} {facts['url']}" + (f" with {told}" if told else "")
    return asked if facts["has_answer"] else f"{asked}: no document"


def _gather(facts: Facts) -> str:
    most = f"up to {facts['num_digits']} keys" if facts["num_digits"] else "keys"
    end = f", ended by {facts['finish_on_key']}" if facts["finish_on_key"] else ""
    return f"Waits for {most}{end}, {facts['timeout_seconds']} s after the last."


def _digits(facts: Facts) -> str:
    return f"The caller presses {facts['digits']}." if facts["digits"] else "No key is pressed."


def _dialed(facts: Facts) -> str:
    who = facts["to"] or "Nobody"
    if facts["status"] == "completed":
        return f"{who} answered and talked for {facts['seconds']} s."
    return f"{who} was not reached: {facts['status']}."


def _recorded(facts: Facts) -> str:
    return f"Recorded {facts['seconds']} s, ended by {facts['reason']}."


def _error(facts: Facts) -> str:
    return f"Error: {facts['reason']}"


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "call.answered": lambda _: "The call is answered.",
    "call.completed": lambda it: f"The call ends, hung up by the {it['ended_by']}.",
    "call.failed": lambda it: f"The call ends unanswered, by the {it['ended_by']}.",
    "voice.fetched": _asked,
    "voice.say": lambda it: f"The caller hears{_times(it)}: “{it['text']}”",
    "voice.consent": lambda it: f"Announces that it is recorded: “{it['text']}”",
    "voice.play": lambda it: f"The caller hears{_times(it)} the file {it['url']}",
    "voice.pause": lambda it: f"Silence of {it['seconds']} s.",
    "voice.gather": _gather,
    "digits": _digits,
    "voice.dial": lambda it: f"Calls {it['to']}.",
    "voice.dialed": _dialed,
    "voice.record": lambda it: f"Records the caller, at most {it['max_seconds']} s.",
    "voice.recorded": _recorded,
    "voice.conference": lambda it: f"Leads the caller into the room {it['name']}.",
    "voice.conference_left": lambda it: f"The caller leaves the room {it['name']}.",
    "voice.stream": lambda it: f"Sends the audio to {it['url']}",
    "voice.redirect": lambda it: f"Goes on with {it['url']}",
    "voice.reject": lambda it: f"Refuses the call: {it['reason']}.",
    "voice.hangup": lambda _: "Hangs up.",
    "voice.error": _error,
    "voice.warning": lambda it: f"Warning: {it['where']}: {it['message']}",
}
