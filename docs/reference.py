"""What the reference pages print, read from the OpenAPI document and the registries."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from django.conf import settings

from docs import document, markdown, naming, payloads
from docs.examples import EXAMPLES
from kernel import errors, events
from kernel.errors import Problem
from kernel.events import Declared
from kernel.shapes import Shape
from telephony import grammar

ADVICE = {
    400: "Mend the request: the message, and `fields` where there is one, name what is wrong.",
    401: "Send another credential; this one will not work again.",
    402: "Top up the wallet, then send the same request again.",
    403: "The message names what is missing: another credential, an owner or admin of the workspace, or what an operator opens.",
    404: "Check the id, and that the key belongs to the same workspace and mode.",
    405: "Use one of the methods in the `Allow` header.",
    409: "Read the object again and decide on what it says now.",
    413: "Send less.",
    415: "Set `Content-Type: application/json`; an upload is a form with one sound file.",
    429: "Wait for the number of seconds in `Retry-After`.",
}
JSON = "application/json"
PRECONDITIONS = {
    "any": "It may come before or after the call is answered.",
    "unanswered": "It only works before the call is answered.",
    "answered": "A call that still rings is answered first.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a table."""

    name: str
    type: str
    note: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    about: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.about["operationId"])

    @property
    def group(self) -> str:
        return naming.tag(self.path)

    @property
    def can_be_tried(self) -> bool:
        """What signs people in needs the console's session, not a key; a file is sent from a shell."""
        return self.group != "Sign-in" and self.takes in ("", JSON)

    @property
    def anchor(self) -> str:
        return markdown.anchor(f"{self.method} {self.path}")

    @property
    def summary(self) -> str:
        return f"{self.about['summary']}."

    @property
    def description(self) -> str:
        return str(self.about["description"])

    @property
    def scope(self) -> str:
        return str(self.about.get("x-scope", ""))

    @property
    def is_public(self) -> bool:
        return not self.about["security"]

    @property
    def is_idempotent(self) -> bool:
        return any(it["name"] == "Idempotency-Key" for it in self.about.get("parameters", []))

    @property
    def params(self) -> list[Row]:
        found = [it for it in self.about.get("parameters", []) if it["in"] == "query"]
        return [Row(it["name"], kind(it["schema"]), it.get("description", "")) for it in found]

    @property
    def takes(self) -> str:
        """How the body is written; empty when there is none."""
        return next(iter(self.about.get("requestBody", {}).get("content", {})), "")

    @property
    def body(self) -> list[Row]:
        return (
            rows(self.about["requestBody"]["content"][self.takes]["schema"]) if self.takes else []
        )

    @property
    def status(self) -> str:
        return str(next(it for it in self.about["responses"] if it.startswith("2")))

    @property
    def reply(self) -> list[Row]:
        content = self.about["responses"][self.status].get("content")
        return rows(content[JSON]["schema"]) if content else []

    @property
    def codes(self) -> list[str]:
        refused = [it for status, it in self.about["responses"].items() if status >= "4"]
        return sorted({code for it in refused for code in _examples(it)})

    @property
    def is_older(self) -> bool:
        return bool(self.about.get("deprecated"))

    @property
    def own_codes(self) -> list[str]:
        """The codes that not every path may answer with."""
        return [code for code in self.codes if code not in everywhere()]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations under one heading."""

    name: str
    about: str
    operations: list[Operation]


def operations() -> list[Operation]:
    found = document.read()["paths"].items()
    return [Operation(m.upper(), path, about) for path, item in found for m, about in item.items()]


@functools.cache
def everywhere() -> frozenset[str]:
    """Return the codes that nearly every path may answer with, told once."""
    found = operations()
    codes = {code for it in found for code in it.codes}
    return frozenset(c for c in codes if sum(c in it.codes for it in found) * 2 > len(found))


def groups() -> list[Group]:
    """Return the operations by heading, in the order of naming.GROUPS."""
    by_tag: dict[str, list[Operation]] = {name: [] for name in naming.GROUPS}
    for it in operations():
        by_tag.setdefault(naming.tag(it.path), []).append(it)
    return [
        Group(name, naming.GROUPS.get(name, ""), found) for name, found in by_tag.items() if found
    ]


def front_groups(names: tuple[str, ...]) -> list[Group]:
    """Return some headings without the forms of older clients."""
    shown = [group for group in groups() if group.name in names]
    return [Group(g.name, g.about, [it for it in g.operations if not it.is_older]) for g in shown]


def objects() -> list[dict[str, object]]:
    """Return the objects that stand inside replies, with their fields."""
    inside = {name for it in operations() for name in _inner(it.reply)}
    schemas: dict[str, Shape] = document.read()["components"]["schemas"]
    found: dict[str, list[Row]] = {}
    while inside:
        name = inside.pop()
        found[name] = rows(schemas[name])
        inside |= _inner(found[name]) - set(found)
    return [{"name": name, "fields": found[name]} for name in sorted(found)]


def rows(shape: Shape) -> list[Row]:
    """Return the fields of an object's shape."""
    whole = resolved(shape)
    required = set(whole.get("required", []))
    return [
        Row(name, kind(it), _note(it, is_required=name in required))
        for name, it in whole.get("properties", {}).items()
    ]


def kind(shape: Shape) -> str:
    """Say what a value is, in a word or two."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " or ".join(kind(each) for each in shape["anyOf"])
    if "enum" in shape:
        return " or ".join(f"`{word}`" for word in shape["enum"] if word is not None)
    if shape.get("type") == "array":
        return f"list of {kind(shape['items'])}"
    types = shape.get("type", "object")
    words = types if isinstance(types, list) else [types]
    return " or ".join([str(shape.get("format", words[0])), *words[1:]])


def problem_page(problem: type[Problem]) -> dict[str, object]:
    """Return what the page of an error code prints."""
    message = re.sub(r"{[^}]*}", "\N{HORIZONTAL ELLIPSIS}", problem.message)
    error = {
        "code": problem.code,
        "message": message,
        "request_id": "req_5f0c2d9a4b7e8f1a2b3c4d5e",
        "doc_url": f"{settings.PUBLIC_URL}/developers/errors/{problem.code}",
    }
    return {
        "code": problem.code,
        "status": problem.status,
        "doc": cleandoc(problem.doc),
        "advice": ADVICE.get(
            problem.status, "Try again; if it stays, write to us with the request id."
        ),
        "retry": "Yes, after a moment." if problem.retryable else "No.",
        "example": json.dumps({"error": error}, indent=2, ensure_ascii=False),
        "is_everywhere": problem.code in everywhere(),
        "operations": [it for it in operations() if problem.code in it.codes],
        "summary": sentence(problem.doc),
    }


def problems() -> list[dict[str, object]]:
    found = sorted(errors.registry().items())
    return [{"code": c, "status": p.status, "summary": sentence(p.doc)} for c, p in found]


def event_page(event: Declared) -> dict[str, object]:
    """Return what the page of an event prints."""
    data = document.read()["components"]["schemas"][f"{payloads.title(event)}Data"]
    return {
        "name": event.name,
        "summary": cleandoc(event.doc),
        "fields": rows(data),
        "example": json.dumps(payloads.sample(event), indent=2, ensure_ascii=False),
    }


def all_events() -> list[dict[str, str]]:
    found = sorted(events.catalogue().values(), key=lambda event: event.name)
    return [{"name": event.name, "summary": cleandoc(event.doc)} for event in found]


def verbs() -> list[dict[str, object]]:
    """Return every voice verb with its fields and one document in both forms."""
    return [_verb(row) for row in grammar.reference()]


def sentence(doc: str) -> str:
    """Return the first sentence."""
    return " ".join(doc.split()).partition(". ")[0].rstrip(".") + "."


def _verb(row: grammar.VerbRow) -> dict[str, object]:
    as_json, as_xml = EXAMPLES[row.name]
    return {
        "name": row.name,
        "tag": f"<{row.elements[0]}>",
        "tags": " or ".join(f"`<{word}>`" for word in row.elements),
        "precondition": PRECONDITIONS[row.precondition],
        "doc": row.doc,
        "summary": sentence(row.doc),
        "fields": [_field(it) for it in row.fields],
        "json": json.dumps({"actions": [as_json]}, indent=2, ensure_ascii=False),
        "xml": f"<Response>\n  {as_xml}\n</Response>",
    }


def _field(it: grammar.FieldRow) -> dict[str, str]:
    default = "required" if it.required else f"`{json.dumps(it.default)}`"
    names = [name if name.startswith("the ") else f"`{name}`" for name in it.xml_names]
    return {
        "name": it.json_name,
        "xml": " or ".join(names),
        "default": default,
        "doc": " ".join(it.doc.split()),
    }


def _inner(found: list[Row]) -> set[str]:
    known = document.read()["components"]["schemas"]
    return {word for row in found for word in row.type.split() if word in known}


def _note(shape: Shape, *, is_required: bool) -> str:
    note = str(shape.get("description", ""))
    return note if is_required else f"{note} Optional.".strip()


def resolved(shape: Shape) -> Shape:
    """Return the shape that a reference leads to, or the shape itself."""
    if "$ref" not in shape:
        return shape
    schemas: dict[str, Shape] = document.read()["components"]["schemas"]
    return schemas[str(shape["$ref"]).rpartition("/")[2]]


def _examples(response: dict[str, Any]) -> list[str]:
    if "$ref" in response:
        name = str(response["$ref"]).rpartition("/")[2]
        response = document.read()["components"]["responses"][name]
    return list(response["content"][JSON]["examples"])
