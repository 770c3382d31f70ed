"""Addresses of a document that travel unencrypted: no error, but worth a word."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from telephony.interpreter.document import Remark
from telephony.interpreter.fields import Url
from telephony.interpreter.json_form import ACTIONS, list_of_actions
from telephony.interpreter.parse import is_json
from telephony.interpreter.source import BODY, Element, Place
from telephony.interpreter.verb import Nested, camel
from telephony.interpreter.xml_form import list_of_elements
from telephony.verbs import BY_ELEMENT, BY_NAME

MESSAGE = "The address is not encrypted: who listens on the way reads and changes what is said."


def in_the_open(raw: bytes, content_type: str = "") -> list[Remark]:
    """Return a remark for each http address of a valid document that is not a private one."""
    if is_json(raw, content_type):
        return [
            Remark(place.where, MESSAGE) for place in _in_actions(list_of_actions(raw), ACTIONS)
        ]
    _, elements = list_of_elements(raw)
    return [Remark(each.where, MESSAGE) for each in _in_elements(elements)]


def _in_actions(actions: list[object], place: Place) -> Iterator[Place]:
    for at, action in enumerate(actions):
        assert isinstance(action, dict)
        (name,) = action
        spot, verb = place.item(at).key(name), BY_NAME[name]
        for attribute, kind in verb.kinds().items():
            value = action[name].get(camel(attribute))
            if isinstance(kind, Url) and _is_open(value):
                yield spot.key(camel(attribute))
            if isinstance(kind, Nested) and value:
                yield from _in_actions(value, spot.key(camel(attribute)))


def _in_elements(elements: list[Element]) -> Iterator[Element]:
    for element in elements:
        verb = BY_ELEMENT.get(element.name)
        kinds = [kind for kind in verb.kinds().values() if isinstance(kind, Url)] if verb else []
        for source in (source for kind in kinds for source in kind.xml):
            if _is_open(element.text if source == BODY else element.attributes.get(source)):
                yield element
        yield from _in_elements(element.children)


def _is_open(address: object) -> bool:
    """Say whether an address is unencrypted and may lie beyond the own network."""
    if not isinstance(address, str) or not address.startswith("http://"):
        return False
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_private
    except ValueError:
        return "." in host and not host.endswith((".test", ".local", ".internal", ".localhost"))
