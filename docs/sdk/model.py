"""What the SDKs of typed languages are made of: models, operations and verbs, read from the documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from docs.sdk.operations import Operation, operations
from telephony import grammar

MARK = "Made by `manage.py generate` from the API description. Do not edit."
# The body of a voice document is built, not filled in.
DOCUMENT = "VoiceDocument"
_PLAIN = ("string", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value: a plain one, `time`, `bytes`, `any`, `list`, `map`, `model`, `union` or `action`."""

    base: str
    nullable: bool = False
    # The texts or numbers that are allowed.
    values: tuple[object, ...] = ()
    # What a list or a map holds.
    item: Kind | None = None
    parts: tuple[Kind, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a model, one attribute of a verb or one parameter of a query."""

    name: str
    kind: Kind
    required: bool
    doc: str
    default: object
    # The empty text, 0 or False may be given and means something else than leaving the field out.
    has_zero: bool = False


@dataclass(frozen=True, slots=True)
class Model:
    """An object of the API, or a verb with its attributes."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    # Attributes of which exactly one is given, as the number or the numbers of `dial`.
    either: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surface:
    """Everything an SDK offers."""

    operations: tuple[Operation, ...]
    replies: dict[str, Model]
    bodies: dict[str, Model]
    # What stands inside of bodies.
    inputs: dict[str, Model]
    queries: dict[str, tuple[Field, ...]]
    verbs: tuple[Model, ...]
    nested: tuple[str, ...] = field(default=())

    def resources(self) -> Iterator[tuple[str, list[Operation]]]:
        for resource, group in groupby(self.operations, lambda it: it.resource):
            yield resource, list(group)

    def row(self, it: Operation) -> Kind:
        """Return what the list of a page holds."""
        rows = next(each for each in self.replies[it.reply].fields if each.name == it.rows)
        assert rows.kind.item is not None
        return rows.kind.item


def answer(it: Operation) -> str:
    """Return the model that a method gives back; empty when there is none."""
    return title(it.unwraps) if it.unwraps else it.reply


# The document is JSON: its reader knows what stands where.
def surface(document: dict[str, Any]) -> Surface:
    """Read the whole surface of the SDKs."""
    found = tuple(operations(document))
    schemas = document["components"]["schemas"]
    names = {it.body for it in found if it.body and it.body != DOCUMENT}
    written: Any = grammar.schema()
    verbs = written["properties"]["actions"]["items"]["properties"]
    replies = _closure(schemas, {answer(it) for it in found if it.reply})
    bodies = {name: _model(name, schemas[name]) for name in sorted(names)}
    inside = _closure(schemas, {name for it in bodies.values() for name in _spoken_of(it)})
    return Surface(
        operations=found,
        replies=replies,
        bodies=bodies,
        inputs={name: it for name, it in inside.items() if name not in replies},
        queries={it.id: tuple(_parameter(each) for each in it.query) for it in found},
        verbs=tuple(_model(name, told) for name, told in verbs.items()),
        nested=tuple(verbs["getDigits"]["properties"]["nested"]["items"]["properties"]),
    )


# The document is JSON: its reader knows what stands where.
def _closure(schemas: dict[str, Any], names: set[str]) -> dict[str, Model]:
    """Return the named models and all that they speak of, by name."""
    found: dict[str, Model] = {}
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        if name in found or "properties" not in schemas[name]:
            continue
        found[name] = _model(name, schemas[name])
        waiting |= _spoken_of(found[name])
    return dict(sorted(found.items()))


def _spoken_of(model: Model) -> set[str]:
    return {kind.model for it in model.fields for kind in _inside(it.kind)} - {""}


def _inside(kind: Kind) -> Iterator[Kind]:
    yield kind
    for each in (*kind.parts, *([kind.item] if kind.item else [])):
        yield from _inside(each)


# The document is JSON: its reader knows what stands where.
def _model(name: str, schema: dict[str, Any]) -> Model:
    required = schema.get("required", [])
    choices = [it["required"][0] for it in schema.get("oneOf", []) if it.get("required")]
    return Model(
        name=name,
        doc=said(schema),
        fields=tuple(
            Field(
                name=each,
                kind=kind_of(told),
                required=each in required,
                doc=said(told),
                default=told.get("default"),
                has_zero=_has_zero(told),
            )
            for each, told in schema["properties"].items()
        ),
        either=tuple(choices),
    )


# The document is JSON: its reader knows what stands where.
def _has_zero(told: dict[str, Any]) -> bool:
    default = told.get("default")
    if "enum" in told:
        return default not in ("", None, False) and ("" in told["enum"] or False in told["enum"])
    if isinstance(default, bool):
        return default
    if isinstance(default, int):
        return default != 0 and told.get("minimum", 0) <= 0
    return bool(default) and re.search(told.get("pattern", ""), "") is not None


# The document is JSON: its reader knows what stands where.
def _parameter(told: dict[str, Any]) -> Field:
    schema = told["schema"]
    kind = kind_of(schema)
    if told["name"] in ("from", "to") and kind.base == "string":
        kind = Kind("time")
    return Field(
        name=told["name"],
        kind=kind,
        required=bool(told.get("required")),
        doc=said(told) or said(schema),
        default=schema.get("default"),
    )


# The document is JSON: its reader knows what stands where.
def said(told: dict[str, Any]) -> str:
    """Return a description on one line, without the lists of choices that the type shows anyway."""
    text = " ".join(str(told.get("description", "")).split())
    return "" if re.match(r"\* `", text) else text


# The document is JSON: its reader knows what stands where.
def kind_of(schema: dict[str, Any]) -> Kind:
    """Return the kind of a JSON schema."""
    if "$ref" in schema:
        return Kind("model", model=str(schema["$ref"]).rpartition("/")[2])
    for word in ("anyOf", "oneOf"):
        if word in schema and "properties" not in schema:
            return _union([kind_of(each) for each in schema[word]])
    if len(schema.get("allOf", [])) == 1:
        return kind_of(schema["allOf"][0])
    kinds = schema.get("type")
    if isinstance(kinds, list):
        parts = [kind_of({**schema, "type": each}) for each in kinds]
        return _union(parts)
    if kinds == "null":
        return Kind("null")
    if "const" in schema or "enum" in schema:
        return _chosen(tuple(schema.get("enum", [schema.get("const")])))
    return _single(str(kinds or ""), schema)


def _union(parts: list[Kind]) -> Kind:
    real = list(dict.fromkeys(it for it in parts if it.base != "null"))
    nullable = len(real) < len(parts)
    if len(real) == 1:
        one = real[0]
        return Kind(one.base, nullable or one.nullable, one.values, one.item, one.parts, one.model)
    return Kind("union", nullable, parts=tuple(real)) if real else Kind("any")


def _chosen(values: tuple[object, ...]) -> Kind:
    nullable = None in values
    values = tuple(it for it in values if it is not None)
    if any(isinstance(it, bool) for it in values):
        words = tuple(it for it in values if it not in (True, False, "true", "false"))
        flag = Kind("boolean", nullable)
        return _union([flag, Kind("string", nullable, words)]) if words else flag
    base = "string" if all(isinstance(it, str) for it in values) else "integer"
    return Kind(base, nullable, values)


# The document is JSON: its reader knows what stands where.
def _single(kind: str, schema: dict[str, Any]) -> Kind:
    if kind == "array":
        return Kind("list", item=kind_of(schema.get("items", {})))
    if schema.get("maxProperties") == 1 and "properties" in schema:
        return Kind("action")
    if kind == "object" or "properties" in schema:
        more = schema.get("additionalProperties")
        return Kind("map", item=kind_of(more) if isinstance(more, dict) else Kind("any"))
    if schema.get("format") in ("date-time", "binary"):
        return Kind("time" if schema["format"] == "date-time" else "bytes")
    return Kind(kind if kind in _PLAIN else "any")


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), name)


def title(name: str) -> str:
    """Return `alert_subscribers` and `getDigits` as they begin a type: AlertSubscribers, GetDigits."""
    made = camel(name)
    return made[0].upper() + made[1:]


def snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", lambda letter: f"_{letter[1].lower()}", name)
