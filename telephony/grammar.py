"""The grammar of voice documents for readers: a JSON Schema, and the rows of the reference."""

from __future__ import annotations

from dataclasses import dataclass

from telephony.interpreter.document import ACTIONS_MAX
from telephony.interpreter.fields import Field
from telephony.interpreter.source import BODY
from telephony.interpreter.verb import Nested, Precondition, action_schema, camel
from telephony.verbs import ALL


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field as the reference prints it."""

    json_name: str
    xml_names: tuple[str, ...]
    required: bool
    default: object
    doc: str


@dataclass(frozen=True, slots=True)
class VerbRow:
    """A verb as the reference prints it."""

    name: str
    elements: tuple[str, ...]
    precondition: Precondition
    doc: str
    fields: tuple[FieldRow, ...]


def schema() -> dict[str, object]:
    """Return ``voice-actions.schema.json``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Voice actions",
        "type": "object",
        "properties": {
            "actions": {"type": "array", "maxItems": ACTIONS_MAX, "items": action_schema(ALL)}
        },
        "required": ["actions"],
        "additionalProperties": False,
    }


def reference() -> tuple[VerbRow, ...]:
    """Return every verb in the order it is registered."""
    return tuple(
        VerbRow(
            name=verb.NAME,
            elements=verb.ELEMENTS,
            precondition=verb.PRECONDITION,
            doc=verb.DOC,
            fields=tuple(_row(name, kind) for name, kind in verb.kinds().items()),
        )
        for verb in ALL
    )


def _row(name: str, kind: Field) -> FieldRow:
    return FieldRow(
        json_name=camel(name),
        xml_names=_xml_names(kind),
        required=kind.required,
        default=None if kind.required else kind.to_json(kind.default),
        doc=kind.doc,
    )


def _xml_names(kind: Field) -> tuple[str, ...]:
    if isinstance(kind, Nested):
        return tuple(f"<{word}>" for verb in kind.verbs for word in verb.ELEMENTS)
    return tuple("the text inside" if source == BODY else source for source in kind.xml)
