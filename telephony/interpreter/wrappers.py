"""Elements of TwiML that stand around a stream: <Connect> stays in it, <Start> goes on beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from telephony.interpreter.source import Element, Place

HOLDS: Final = {"Connect": "true", "Start": "false"}
INNER: Final = "Stream"
_PARAMETER: Final = "Parameter"
_METADATA: Final = "headerMetadata"


def unwrapped(element: Element, place: Place) -> Iterator[Element]:
    """Give the streams inside; what else stands there is named in a remark."""
    spot = place.element(element)
    for name in element.attributes:
        spot.remark(f"The attribute {name} is not understood and was skipped.")
    if element.text:
        spot.remark("The text inside has no meaning here and was skipped.")
    streams = [child for child in element.children if child.name == INNER]
    for child in element.children:
        if child.name != INNER:
            place.element(child).remark(
                f"<{child.name}> is not understood in <{element.name}> and was skipped; "
                f"<{INNER}> is."
            )
    if not element.children:
        spot.remark(f"It has no <{INNER}> and was skipped.")
    for stream in streams:
        stream.attributes.setdefault("connect", HOLDS[element.name])
        yield stream


def with_parameters(stream: Element) -> Element | None:
    """Return a stream whose <Parameter> children are headers of its first frame; None without any."""
    inside = [child for child in stream.children if child.name == _PARAMETER]
    given = {it.attributes.get("name", ""): it.attributes.get("value", "") for it in inside}
    given.pop("", None)
    if not given or _METADATA in stream.attributes:
        return None
    attributes = {**stream.attributes, _METADATA: json.dumps(given)}
    rest = [child for child in stream.children if child.name != _PARAMETER]
    return Element(stream.name, attributes, stream.line, stream.column, stream.texts, rest)
