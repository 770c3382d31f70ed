"""The JSON form of a voice document: strict, because a typing error should be found at once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from telephony.interpreter.document import (
    ACTIONS_MAX,
    Document,
    DocumentInvalid,
    refuse_oversize,
)
from telephony.interpreter.mending.loose_json import LooseJson
from telephony.interpreter.source import Place, nearest, shown
from telephony.interpreter.verb import Verb, hint, read_action
from telephony.verbs import BY_NAME

DEPTH_MAX = 16
ACTIONS = Place("actions")
SMALLEST = 'Answer {"actions": [{"say": {"text": "Hello."}}]}.'


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys it was given twice."""

    repeated: tuple[str, ...] = ()


def parse_json(raw: bytes) -> Document:
    """Read a JSON document; raises DocumentInvalid naming the JSON path."""
    return Document(actions=read_actions(list_of_actions(raw)), form="json")


def list_of_actions(raw: bytes) -> list[object]:
    """Return the actions before any of them is read."""
    refuse_oversize(raw)
    value = _load(raw)
    _refuse_odd_shapes(value, Place(""), 1)
    return _list_of_actions(value)


def read_actions(values: list[object]) -> tuple[Verb, ...]:
    """Read the list of actions."""
    if len(values) > ACTIONS_MAX:
        raise ACTIONS.refuse(
            f"has {len(values)} actions; the limit is {ACTIONS_MAX}.",
            f"Keep {ACTIONS_MAX} and continue with a redirect.",
        )
    return tuple(read_action(it, BY_NAME, ACTIONS.item(at)) for at, it in enumerate(values))


def _load(raw: bytes) -> object:
    try:
        return json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as problem:
        raise _first_fault(raw.decode("utf-8-sig"), problem) from None
    except UnicodeDecodeError as problem:
        where = f"byte {problem.start}"
        raise DocumentInvalid(where, "This is not UTF-8.", "Send the document as UTF-8.") from None
    except RecursionError:
        raise _too_deep(Place("document")) from None
    except ValueError:
        raise DocumentInvalid(
            "document", "A number in it is too long.", "Write a shorter number."
        ) from None


def _first_fault(text: str, problem: json.JSONDecodeError) -> DocumentInvalid:
    """Name the first place where a person would see that it is no JSON."""
    loose = LooseJson(text)
    with suppress(ValueError):
        loose.read()
    if loose.faults:
        return loose.faults[0].refusal(text, "JSON")
    where = f"line {problem.lineno}, column {problem.colno}"
    return DocumentInvalid(where, f"This is not JSON: {problem.msg}.", SMALLEST)


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        made.repeated = tuple(name for name in made if names.count(name) > 1)
    return made


def _refuse_constant(word: str) -> None:
    raise json.JSONDecodeError(f"{word} is not JSON", word, 0)


def _refuse_odd_shapes(value: object, place: Place, depth: int) -> None:
    """Refuse a key that stands twice and a document deeper than any verb needs."""
    if depth > DEPTH_MAX:
        raise _too_deep(place)
    if isinstance(value, _Object):
        for name in value.repeated:
            raise _spot(place).refuse(f"{shown(name)} stands there twice.", "Keep one of them.")
        for name, inner in value.items():
            _refuse_odd_shapes(inner, place.key(name), depth + 1)
    if isinstance(value, list):
        for at, inner in enumerate(value):
            _refuse_odd_shapes(inner, place.item(at), depth + 1)


def _list_of_actions(value: object) -> list[object]:
    place = Place("document")
    if isinstance(value, list):
        raise place.refuse("The list stands alone.", 'Wrap it: {"actions": [...]}.')
    if not isinstance(value, dict):
        raise place.refuse(f"must be an object, not {shown(value)}.", SMALLEST)
    for name in value:
        if name != "actions":
            raise place.refuse(f"{shown(name)} has no meaning here.", _meant(name))
    if "actions" not in value:
        raise place.refuse("actions is missing.", SMALLEST)
    if not isinstance(value["actions"], list):
        raise Place("actions").refuse(f"must be a list, not {shown(value['actions'])}.", SMALLEST)
    return value["actions"]


def _meant(name: str) -> str:
    if name in BY_NAME:
        return f'Put it in the list: {{"actions": [{{"{name}": ...}}]}}.'
    if nearest(name, ("actions",)):
        return 'Did you mean "actions"?'
    return f'Only "actions" stands here. {hint(BY_NAME)}'


def _spot(place: Place) -> Place:
    return place if place.where else Place("document")


def _too_deep(place: Place) -> DocumentInvalid:
    short = place.where if len(place.where) <= 60 else f"{place.where[:57]}..."
    return DocumentInvalid(short, "The document is nested too deeply.", "Remove the inner levels.")
