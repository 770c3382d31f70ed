"""One mend of a JSON document: the value at the place that was named becomes what was meant."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any, Final

from telephony.interpreter.document import ACTIONS_MAX
from telephony.interpreter.fields import ABSENT, Field
from telephony.interpreter.mending import guess
from telephony.interpreter.verb import Nested, Verb, camel
from telephony.verbs import BY_ELEMENT, BY_NAME

_STEP: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
# How documents of other platforms say which verb an object is.
_VERB_KEYS: Final = ("verb", "type", "action", "name", "command", "method", "event", "kind")
_WRAPPERS: Final = ("response", "document", "data", "body", "result", "voice", "payload")

Path = list[str | int]


def mend(document: Any, where: str, *, is_warning: bool = False) -> Any:
    """Return the document with the fault, or the warning, at a place mended; it is changed in place."""
    if where == "document":
        return _mend_top(document)
    if where == "actions":
        document["actions"] = _as_list(document["actions"])
        return document
    path = [key or int(index) for key, index in _STEP.findall(where)]
    if is_warning:
        _heed(document, path)
    else:
        _mend_at(document, path)
    return document


def _heed(document: Any, path: Path) -> None:
    """Do what a warning says: drop what never runs, and encrypt what travels in the open."""
    holder, key = _walk(document, path[:-1]), path[-1]
    if isinstance(holder[key], str):
        holder[key] = re.sub(r"^http:", "https:", holder[key])
    else:
        del document["actions"][int(path[1]) + 1 :]


def _mend_top(document: Any) -> Any:
    """Make an object with a list of actions of whatever it is."""
    if isinstance(document, list):
        return {"actions": _as_list(document)}
    if not isinstance(document, dict):
        return {"actions": _as_list([document])}
    lower = {key.lower(): key for key in document}
    for key in (*_WRAPPERS, "action", "verbs", "steps", "commands", "instructions"):
        inner = document.get(lower.get(key, ""))
        if isinstance(inner, dict) and any(it.lower() == "actions" or _verb(it) for it in inner):
            return _mend_top(inner)
        if isinstance(inner, list):
            return {"actions": inner}
    if "actions" in lower:
        return {"actions": _as_list(document[lower["actions"]])}
    close = next((key for key in document if isinstance(document[key], list)), None)
    if close and not _verb(close):
        return {"actions": document[close]}
    return {"actions": _as_list(document)}


def _as_list(value: Any) -> list[Any]:
    """Return the actions that a value means."""
    if isinstance(value, list):
        flat = [each for it in value for each in (it if isinstance(it, list) else [it])]
        return flat[:ACTIONS_MAX]
    if isinstance(value, dict):
        return [action for action in [_action(value)] if action] or _split(value)
    return [_action(value)] if isinstance(value, str) else []


def _split(value: Mapping[str, Any]) -> list[Any]:
    return [{_verb(key): it} for key, it in value.items() if _verb(key)]


def _verb(word: str) -> str:
    """Return the verb that a word names, ours or another platform's."""
    elements = {element.lower(): verb.NAME for element, verb in BY_ELEMENT.items()}
    return elements.get(word.lower()) or guess.verb_for(word, BY_NAME)


def _action(value: Any) -> dict[str, Any] | None:
    """Return the action that a word, or an object of another form, means."""
    if isinstance(value, str):
        first, _, words = value.partition(":")
        if name := BY_NAME.get(_verb(first.strip().partition(" ")[0])):
            return {name.NAME: _whole(name, words.strip())}
        return {"say": {"text": value}}
    if not isinstance(value, dict):
        return None
    for key in _VERB_KEYS:
        spoken = value.get(key)
        if isinstance(spoken, str) and (verb := _verb(spoken)):
            rest: dict[str, Any] = {name: it for name, it in value.items() if name != key}
            for inner in ("params", "options", "attributes", "args", "data"):
                if isinstance(rest.get(inner), dict):
                    rest |= rest.pop(inner)
            return {verb: rest}
    return None


def _mend_at(document: Any, path: Path) -> None:
    holder, key = _walk(document, path[:-1]), path[-1]
    if isinstance(key, int):
        if isinstance(path[-2], str) and path[-2] not in ("actions", "nested"):
            _mend_item(document, path)
        else:
            _mend_action(document, path, holder, key)
        return
    verb = _verb_at(path)
    if verb is None:
        return
    if len(path) >= 2 and isinstance(path[-2], int):
        holder[key] = _mend_fields(verb, holder[key], path, document)
    elif kind := _kinds(verb).get(key):
        _mend_value(kind, holder, key)


def _walk(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _verb_at(path: Path) -> type[Verb] | None:
    """Return the verb whose object a path leads to or into."""
    found = None
    for before, step in itertools.pairwise(path):
        if isinstance(before, int) and isinstance(step, str):
            found = BY_NAME.get(step)
    return found


def _kinds(verb: type[Verb]) -> dict[str, Field]:
    return {camel(name): kind for name, kind in verb.kinds().items()}


def _mend_item(document: Any, path: Path) -> None:
    """Mend an item of a list that is a field, as a number among several."""
    verb, values, at = _verb_at(path), _walk(document, path[:-1]), path[-1]
    assert isinstance(at, int)
    kind = _kinds(verb)[str(path[-2])] if verb else None
    for each in guess._readings(values[at]) if kind else ():
        if kind and guess.accepts(kind, [each]):
            values[at] = each
            return
    del values[at]


def _mend_action(document: Any, path: Path, actions: list[Any], at: int) -> None:
    """Make one action, or several, of what stands in the list."""
    value = actions[at]
    is_nested = "nested" in path
    if isinstance(value, dict) and len(value) == 1:
        (word,) = value
        verb = _verb(word)
        if is_nested and verb and not _is_prompt(verb):
            # It cannot be heard while waiting for keys; it happens afterwards.
            del actions[at]
            document["actions"].insert(int(path[1]) + 1, {verb: value[word]})
        elif verb and verb != word:
            actions[at] = {verb: value[word]}
        else:
            del actions[at]
        return
    if isinstance(value, list):
        actions[at : at + 1] = value
        return
    made = _action(value)
    if made is None and isinstance(value, dict):
        actions[at : at + 1] = _split(value)
    else:
        actions[at : at + 1] = [made] if made else []


def _is_prompt(name: str) -> bool:
    nested = next(
        kind for kind in BY_NAME["getDigits"].kinds().values() if isinstance(kind, Nested)
    )
    return BY_NAME[name] in nested.verbs


def _whole(verb: type[Verb], value: Any) -> dict[str, Any]:
    """Return the object of a verb that was written as one bare value."""
    kinds = _kinds(verb)
    wanted = [name for name, kind in kinds.items() if kind.required] or list(kinds)
    for name in wanted:
        meant = guess.better(kinds[name], value) if value not in (None, "", [], {}) else ABSENT
        if meant is not ABSENT:
            return {name: meant}
    return {}


def _mend_fields(verb: type[Verb], value: Any, path: Path, document: Any) -> Any:
    """Mend an object of fields: unknown names, missing values, values that exclude each other."""
    if not isinstance(value, dict):
        return _whole(verb, value)
    kinds = _kinds(verb)
    for key in [key for key in value if key not in kinds]:
        _rename(verb, kinds, value, key)
        return value
    for name, kind in kinds.items():
        if kind.required and name not in value:
            value[name] = guess.example(kind)
            return value
    if verb.NAME == "dial":
        return _one_target(kinds, value)
    return value


def _rename(verb: type[Verb], kinds: dict[str, Field], value: dict[str, Any], key: str) -> None:
    """Give a field the name that is meant, if its value fits there, or leave it out."""
    written = value.pop(key)
    sources = {source: camel(name) for name, kind in verb.kinds().items() for source in kind.xml}
    meant = [sources[key]] if key in sources else []
    for name in (*meant, *guess.field_for(key, kinds)):
        if name in value:
            continue
        fit = written if guess.accepts(kinds[name], written) else guess.better(kinds[name], written)
        if fit is not ABSENT or isinstance(kinds[name], Nested):
            value[name] = written if isinstance(kinds[name], Nested) else fit
            return
    for name, kind in kinds.items():
        if (
            kind.required
            and name not in value
            and (fit := guess.better(kind, written)) is not ABSENT
        ):
            value[name] = fit
            return


def _one_target(kinds: dict[str, Field], value: dict[str, Any]) -> dict[str, Any]:
    """Keep one of the ways to say who is called; several numbers are more than one."""
    targets = [name for name in ("numbers", "number", "sip") if name in kinds and name in value]
    targets = [name for name in targets if guess.accepts(kinds[name], value[name])]
    for name in ("numbers", "number", "sip"):
        if name in value and targets[:1] != [name]:
            del value[name]
    if not targets:
        value["number"] = guess.example(kinds["number"])
    return value


def _mend_value(kind: Field, holder: dict[str, Any], key: str) -> None:
    """Give a field the value that is meant, the nearest that may be, or none."""
    value = holder[key]
    if isinstance(kind, Nested):
        holder[key] = _as_list(value)[: kind.items_max]
        return
    meant = guess.better(kind, value)
    if meant is ABSENT:
        meant = guess.nearest_limit(kind, value)
    if meant is ABSENT and kind.required:
        meant = guess.example(kind)
    if meant is ABSENT:
        del holder[key]
    else:
        holder[key] = meant
