"""Voice documents: what a voice URL answers, put together from the functions of `sauti`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Union

from sautikit.types import Action, VoiceDocument

ACTIONS_MAX = 50


# An action is a dictionary with one verb; its type stands at the function that makes it.
def one(verb: str, attributes: Mapping[str, object]) -> Any:
    """Return one action with the attributes that were given."""
    return {verb: {name: value for name, value in attributes.items() if value is not None}}


def exactly_one(verb: str, **choices: object) -> None:
    """Raise ValueError unless one of the choices is given, and no other."""
    if sum(value is not None for value in choices.values()) != 1:
        raise ValueError(f"{verb} takes exactly one of {', '.join(choices)}.")


def voice_response(*parts: Union[Action, Iterable[Action]]) -> VoiceDocument:
    """Put actions together: `voice_response(sauti.say("Habari."), sauti.hangup())`."""
    actions: list[Action] = []
    for part in parts:
        # One action is a dictionary; anything else is several of them.
        told: Any = getattr(part, "actions", part)
        several: Any = [told] if isinstance(told, dict) else told
        actions.extend(several)
    if len(actions) > ACTIONS_MAX:
        raise ValueError(
            f"A document has at most {ACTIONS_MAX} actions; continue with a redirect."
        )
    for each in actions:
        if len(each) != 1:
            raise ValueError(f"An action has exactly one verb, not {sorted(each)}.")
    return {"actions": actions}


def as_json(document: VoiceDocument) -> str:
    return json.dumps(document, ensure_ascii=False)
