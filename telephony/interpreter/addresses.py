"""Every address that a valid document names, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from telephony.interpreter.fields import Url
from telephony.interpreter.json_form import ACTIONS, list_of_actions
from telephony.interpreter.parse import is_json
from telephony.interpreter.source import BODY, Element, Place
from telephony.interpreter.verb import Nested, camel
from telephony.interpreter.xml_form import list_of_elements
from telephony.verbs import BY_ELEMENT, BY_NAME

SIP = "sip"
SIP_ELEMENT = "Sip"


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is written: of a URL attribute, or one that `dial.sip` calls."""

    where: str
    verb: str
    attribute: str
    value: str


def addresses(raw: bytes, content_type: str = "") -> list[Address]:
    """Return the addresses of a document that lint found valid, in their order."""
    if is_json(raw, content_type):
        return list(_in_actions(list_of_actions(raw), ACTIONS))
    _, elements = list_of_elements(raw)
    return list(_in_elements(elements))


def _in_actions(actions: list[object], place: Place) -> Iterator[Address]:
    for at, action in enumerate(actions):
        assert isinstance(action, dict)
        (name,) = action
        spot, verb = place.item(at).key(name), BY_NAME[name]
        for attribute, kind in verb.kinds().items():
            value = action[name].get(camel(attribute))
            here = spot.key(camel(attribute))
            if isinstance(kind, Nested) and value:
                yield from _in_actions(value, here)
            elif isinstance(kind, Url) or attribute == SIP:
                many = value if isinstance(value, list) else [value]
                found = [each for each in many if isinstance(each, str)]
                yield from (Address(here.where, name, attribute, each) for each in found)


def _in_elements(elements: list[Element]) -> Iterator[Address]:
    for element in elements:
        if element.name == SIP_ELEMENT:
            yield Address(element.where, "dial", SIP, element.text)
        verb = BY_ELEMENT.get(element.name)
        for attribute, kind in verb.kinds().items() if verb else ():
            for source in kind.xml if isinstance(kind, Url) else ():
                value = element.text if source == BODY else element.attributes.get(source)
                if verb and value:
                    yield Address(element.where, verb.NAME, attribute, value)
        yield from _in_elements(element.children)
