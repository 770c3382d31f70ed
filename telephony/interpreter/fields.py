"""The kinds of value a verb declares; the parsers, the schema and the reference read them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from telephony.interpreter.source import BODY, Element, Place, listed, shown

REQUIRED = object()
ABSENT = object()

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
_KEYS = re.compile(r"[0-9*#]{0,12}")
# A Kenyan number has no 0 after the country.
_PHONE = re.compile(r"\+(?!2540)[1-9][0-9]{6,14}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a verb: its meaning, its default and the places XML writes it in."""

    doc: str
    default: Any = REQUIRED
    xml: tuple[str, ...] = ()
    # The child elements it is read from, where a dialect writes it as such.
    elements: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    def from_json(self, value: object, name: str, place: Place) -> Any:
        """Check a JSON value and return it as the verb wants it."""
        raise TypeError(f"{type(self).__name__} does not say how it is read")

    def from_xml(self, element: Element, place: Place) -> Any:
        """Find the value in the element, or ``ABSENT``."""
        for source in self.xml:
            if source == BODY and element.text:
                return self.from_json(self.from_text(element.text), "text", place)
            if source in element.attributes:
                return self.from_json(self.from_text(element.attributes[source]), source, place)
        return ABSENT

    def from_text(self, text: str) -> object:
        """Turn the characters of XML into what JSON would have said."""
        return text.strip()

    def to_json(self, value: Any) -> object:
        return value

    def schema(self) -> dict[str, object]:
        """Describe the JSON form as JSON Schema."""
        described: dict[str, object] = {"description": self.doc, **self.shape()}
        if not self.required:
            described["default"] = self.to_json(self.default)
        return described

    def shape(self) -> dict[str, object]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Field):
    """Words; never empty, never with characters that cannot be stored or spoken."""

    characters_max: int

    def from_json(self, value: object, name: str, place: Place) -> str:
        if not isinstance(value, str):
            raise place.refuse(f"{name} must be text, not {shown(value)}.", "Put it in quotes.")
        if not value.strip():
            raise place.refuse(f"{name} is empty.", "Write some text, or leave the action out.")
        if len(value) > self.characters_max:
            raise place.refuse(
                f"{name} has {len(value)} characters; the limit is {self.characters_max}.",
                "Shorten it, or split it over several actions.",
            )
        if _CONTROLS.search(value):
            raise place.refuse(f"{name} has a control character.", "Remove it.")
        return value

    def shape(self) -> dict[str, object]:
        return {"type": "string", "pattern": r"\S", "maxLength": self.characters_max}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language(Field):
    """A BCP-47 tag."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        if isinstance(value, str) and _LANGUAGE.fullmatch(value):
            return value
        raise place.refuse(
            f"{name} must be a language tag, not {shown(value)}.", 'Write "en-KE" or "sw-KE".'
        )

    def shape(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Integer(Field):
    """A whole number within limits."""

    least: int
    most: int

    def from_json(self, value: Any, name: str, place: Place) -> int:
        # JSON has one kind of number: 8.0 is 8, and True is neither.
        if type(value) in (int, float) and value in range(self.least, self.most + 1):
            return int(value)
        raise place.refuse(
            f"{name} must be a whole number from {self.least} to {self.most}, not {shown(value)}.",
            f"Write for example {self.example}.",
        )

    def from_text(self, text: str) -> object:
        return int(text) if _WHOLE_NUMBER.fullmatch(text.strip()) else text

    @property
    def example(self) -> int:
        return min(self.most, max(self.least, 1))

    def shape(self) -> dict[str, object]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True, kw_only=True)
class Times(Integer):
    """How often a prompt is heard; 0 is once, or as TwiML means it in a TwiML document."""

    TWIML_FOREVER = 50

    def from_xml(self, element: Element, place: Place) -> Any:
        value = Integer.from_xml(self, element, place)
        return self.TWIML_FOREVER if value == 0 and place.speaks_twiml else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """One of a few words. A lenient one takes an unknown XML word for its default."""

    words: Sequence[str]
    lenient: bool = False

    def from_json(self, value: object, name: str, place: Place) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        raise place.refuse(
            f"{name} must be one of {listed(map(shown, self.words))}, not {shown(value)}.",
            f"Write {shown(self.words[0])}, or leave {name} out.",
        )

    def from_xml(self, element: Element, place: Place) -> Any:
        source = next((each for each in self.xml if each in element.attributes), None)
        if source is None:
            return ABSENT
        word = self.from_text(element.attributes[source])
        if self.lenient and word not in self.words:
            place.remark(f"{source} {shown(word)} is not known; {shown(self.default)} is used.")
            return ABSENT
        return self.from_json(word, source, place)

    def from_text(self, text: str) -> str:
        """Read a word in any case, as the XML dialects write it."""
        meant = {each.lower(): each for each in self.words}
        return meant.get(text.strip().lower(), text.strip())

    def shape(self) -> dict[str, object]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Field):
    """Yes or no; the dialects of XML may have words of their own for them."""

    yes: str = "true"
    no: str = "false"

    def from_json(self, value: object, name: str, place: Place) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in (self.yes, self.no):
            return value == self.yes
        raise place.refuse(
            f"{name} must be true or false, not {shown(value)}.",
            f"Write true, or leave {name} out.",
        )

    def from_text(self, text: str) -> object:
        word = text.strip().lower()
        return {"true": True, "1": True, "false": False, "0": False}.get(word, word)

    def shape(self) -> dict[str, object]:
        return {"enum": [True, False, self.yes, self.no]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys(Field):
    """Keys of a phone, any of which counts; empty is none."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        if isinstance(value, str) and _KEYS.fullmatch(value):
            return value
        raise place.refuse(
            f"{name} must be keys of a phone (0-9, * and #), not {shown(value)}.",
            f'Write "#", or leave {name} out.',
        )

    def shape(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_KEYS.pattern}$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Field):
    """A phone number in E.164."""

    def from_json(self, value: object, name: str, place: Place) -> str:
        if isinstance(value, str) and _PHONE.fullmatch(value):
            return value
        raise place.refuse(
            f"{name} must be a number in E.164, not {shown(value)}.", 'Write "+254712345678".'
        )

    def from_xml(self, element: Element, place: Place) -> Any:
        if not self.elements:
            return Field.from_xml(self, element, place)
        found = phones_in(element, self.elements)
        return self.from_json(found[0], "number", place) if len(found) == 1 else ABSENT

    def shape(self) -> dict[str, object]:
        return {"type": "string", "pattern": f"^{_PHONE.pattern}$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones(Field):
    """Several phone numbers: a list in JSON; in XML child elements, or commas between them."""

    items_max: int

    def from_json(self, value: object, name: str, place: Place) -> tuple[str, ...]:
        if not isinstance(value, list) or not 0 < len(value) <= self.items_max:
            raise place.refuse(
                f"{name} must be a list of 1 to {self.items_max} numbers.",
                'Write ["+254712345678", "+254722345678"].',
            )
        one = Phone(doc="")
        found = (one.from_json(it, name, place.item(at)) for at, it in enumerate(value))
        return tuple(dict.fromkeys(found))

    def from_xml(self, element: Element, place: Place) -> Any:
        found = phones_in(element, self.elements)
        return self.from_json(found, "numbers", place) if len(found) > 1 else ABSENT

    def to_json(self, value: Any) -> object:
        return list(value)

    def shape(self) -> dict[str, object]:
        one = Phone(doc="").shape()
        return {"type": "array", "minItems": 1, "maxItems": self.items_max, "items": one}


def phones_in(element: Element, names: Sequence[str]) -> list[str]:
    """Find every number an element names: its words, its list, its children."""
    words = [element.text, *element.attributes.get("phoneNumbers", "").split(",")]
    words += [child.text for child in element.children if child.name in names]
    return [word.strip() for word in words if word.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names(Field):
    """One or several words of one form: a text or a list in JSON, child elements in XML."""

    form: str
    example: str
    items_max: int

    def from_json(self, value: object, name: str, place: Place) -> tuple[str, ...]:
        many = value if isinstance(value, list) else [value]
        if not 0 < len(many) <= self.items_max:
            raise place.refuse(
                f"{name} must name 1 to {self.items_max}.", f'Write "{self.example}".'
            )
        for at, it in enumerate(many):
            if not isinstance(it, str) or not re.fullmatch(self.form, it):
                spot = place.item(at) if isinstance(value, list) else place
                mend = f'Write "{self.example}".'
                raise spot.refuse(f"{name} cannot be {shown(it)}.", mend)
        return tuple(dict.fromkeys(many))

    def from_xml(self, element: Element, place: Place) -> Any:
        texts = [child.text for child in element.children if child.name in self.elements]
        found = [text.strip() for text in texts if text.strip()]
        return self.from_json(found, self.elements[0], place) if found else ABSENT

    def to_json(self, value: Any) -> object:
        return value[0] if len(value) == 1 else list(value)

    def shape(self) -> dict[str, object]:
        one = {"type": "string", "pattern": f"^{self.form}$"}
        many = {"type": "array", "minItems": 1, "maxItems": self.items_max, "items": one}
        return {"anyOf": [one, many]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Url(Field):
    """An http or https address, or one relative to where the document came from."""

    CHARACTERS_MAX = 2048

    def from_json(self, value: object, name: str, place: Place) -> str:
        if isinstance(value, str) and self.accepts(value):
            return value
        raise place.refuse(
            f"{name} must be an http or https address, or a path, not {shown(value)}.",
            'Write "https://example.com/voice/next" or "/voice/next".',
        )

    def accepts(self, value: str) -> bool:
        if not 0 < len(value) <= self.CHARACTERS_MAX or not re.fullmatch(r"[!-~]+", value):
            return False
        try:
            parts = urlsplit(value)
            has_host = bool(parts.hostname) and parts.port != 0
        except ValueError:
            return False
        return has_host if parts.scheme in ("http", "https") else not parts.scheme

    def shape(self) -> dict[str, object]:
        return {
            "type": "string",
            "format": "uri-reference",
            "pattern": r"^(https?://[!-~]+|(?![A-Za-z][A-Za-z0-9+.-]*:)[!-~]+)$",
            "maxLength": self.CHARACTERS_MAX,
        }


def declare(kind: Field) -> Any:
    """Declare a verb's attribute: a dataclass field that remembers its kind."""
    if kind.required:
        return dataclasses.field(metadata={"kind": kind})
    return dataclasses.field(default=kind.default, metadata={"kind": kind})
