"""The shapes of replies: JSON Schema written by the app that sends them, read by the OpenAPI file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

# A JSON Schema holds whatever JSON holds. A shape with a `title` becomes a named component.
Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
FLAG: Shape = {"type": "boolean"}
COUNT: Shape = {"type": "integer", "minimum": 0}
UUID: Shape = {"type": "string", "format": "uuid"}
TIME: Shape = {"type": "string", "format": "date-time", "examples": ["2026-11-22T09:00:00.000Z"]}
URL: Shape = {"type": "string", "format": "uri"}
E164: Shape = {
    "type": "string",
    "pattern": r"^\+[1-9]\d{6,14}$",
    "examples": ["+254712345678"],
}
MINOR: Shape = {"type": "integer", "description": "Minor units: 100 is KES 1.00."}
CURRENCY: Shape = {"type": "string", "examples": ["KES"]}
ANYTHING: Shape = {"type": "object", "additionalProperties": True}


def words(values: Iterable[str]) -> Shape:
    """A text that is one of these."""
    return {"type": "string", "enum": sorted(values)}


def listing(shape: Shape) -> Shape:
    """A list of these."""
    return {"type": "array", "items": shape}


def said(shape: Shape, description: str) -> Shape:
    """The same shape with a sentence of its own."""
    return {**shape, "description": description}


def maybe(shape: Shape) -> Shape:
    """This, or null."""
    if "title" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    nulled = {**shape, "type": [shape["type"], "null"]}
    return nulled | {"enum": [*shape["enum"], None]} if "enum" in shape else nulled


def record(
    title: str, fields: dict[str, Shape], *, doc: str = "", optional: Iterable[str] = ()
) -> Shape:
    """An object of this name; every field is always there unless it is `optional`."""
    required = [name for name in fields if name not in set(optional)]
    shape = {"title": title, "type": "object", "properties": fields, "required": required}
    return shape | {"description": doc} if doc else shape


def extended(title: str, base: Shape, fields: dict[str, Shape], *, doc: str = "") -> Shape:
    """An object that has these fields beyond those of another."""
    optional = set(base["properties"]) - set(base["required"])
    return record(title, {**base["properties"], **fields}, doc=doc, optional=optional)


def page_of(shape: Shape) -> Shape:
    """One page of a list, as `kernel.pagination` answers."""
    cursor = said(maybe(TEXT), "Send it as `cursor` to get the next page; null on the last one.")
    return record(f"{shape['title']}Page", {"data": listing(shape), "next_cursor": cursor})


PAGE_PARAMS: dict[str, Shape] = {
    "limit": said({"type": "integer", "minimum": 1, "maximum": 100, "default": 25}, "Rows a page."),
    "cursor": said(TEXT, "`next_cursor` of the page before."),
}
