"""The XML form of a voice document: lenient, because it is what other platforms' servers send."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from telephony.interpreter.document import (
    ACTIONS_MAX,
    Document,
    DocumentInvalid,
    refuse_oversize,
)
from telephony.interpreter.mending.loose_xml import LooseXml
from telephony.interpreter.source import Element, Place, shown
from telephony.interpreter.verb import read_element
from telephony.interpreter.wrappers import HOLDS, unwrapped
from telephony.verbs import BY_ELEMENT
from telephony.verbs.play import Play
from telephony.verbs.record import Record
from telephony.verbs.say import Say

ROOT = "Response"
PROMPTS = (*Say.ELEMENTS, *Play.ELEMENTS)
SMALLEST = "Answer <Response><Say>Hello.</Say></Response>."

TWIML_ELEMENTS = frozenset(
    {"Connect", "Echo", "Gather", "Leave", "Message", "Pause", "Pay", "Prompt", "Queue", "Refer"}
    | {"Siprec", "Sms", "Start"}
)
TWIML_ATTRIBUTES = frozenset(
    {"actionOnEmptyResult", "bargeIn", "dtmfDetection", "enhanced", "hints", "input"}
    | {"partialResultCallback", "profanityFilter", "speechModel", "speechTimeout"}
)


def parse_xml(raw: bytes) -> Document:
    """Read an XML document from its very bytes; raises DocumentInvalid naming line and column."""
    place, elements = list_of_elements(raw)
    read = (read_element(each, BY_ELEMENT, place) for each in elements)
    actions = tuple(verb for verb in read if verb is not None)
    if len(actions) > ACTIONS_MAX:
        raise place.refuse(
            f"It has {len(actions)} actions; the limit is {ACTIONS_MAX}.",
            f"Keep {ACTIONS_MAX} and continue with a <Redirect>.",
        )
    return Document(actions=actions, remarks=tuple(place.remarks), form="xml")


def list_of_elements(raw: bytes) -> tuple[Place, list[Element]]:
    """Return the elements before any of them is read, and the place that keeps the remarks."""
    refuse_oversize(raw)
    root = _root(raw)
    place = Place(root.where, speaks_twiml=any(map(_is_twiml, _walk(root))))
    if root.name != ROOT:
        raise place.refuse(f"The root must be <{ROOT}>, not <{root.name}>.", SMALLEST)
    if root.text:
        place.remark(f"The text {shown(root.text)} stands outside a verb and was skipped.")
    return place, list(_prompts_first(root.children, place))


def _prompts_first(elements: list[Element], place: Place) -> Iterator[Element]:
    """Let the prompts inside of a <Record>, as Africa's Talking writes them, be heard before it.

    What TwiML wraps around a stream is taken off.
    """
    for element in elements:
        if element.name in HOLDS:
            yield from unwrapped(element, place)
            continue
        if element.name in Record.ELEMENTS:
            yield from (it for it in element.children if it.name in PROMPTS)
            element.children = [it for it in element.children if it.name not in PROMPTS]
        yield element


def _root(raw: bytes) -> Element:
    tree = _Tree()
    try:
        defusedxml.sax.parse(io.BytesIO(raw), tree, forbid_dtd=True)
    except DefusedXmlException:
        raise DocumentInvalid(
            "document", "It has a document type or entities.", "Remove <!DOCTYPE ...>."
        ) from None
    except SAXParseException as problem:
        raise _first_fault(raw, problem) from None
    except (SAXException, LookupError, ValueError):
        raise DocumentInvalid(
            "document", "Its encoding cannot be read.", "Send the document as UTF-8."
        ) from None
    return tree.root


def _first_fault(raw: bytes, problem: SAXParseException) -> DocumentInvalid:
    """Name the first place where a person would see that it is not well-formed."""
    with suppress(UnicodeDecodeError):
        text = raw.decode("utf-8-sig")
        loose = LooseXml(text)
        loose.read()
        if loose.faults:
            return loose.faults[0].refusal(text, "well-formed XML")
    where = f"line {problem.getLineNumber()}, column {(problem.getColumnNumber() or 0) + 1}"
    message = f"This is not well-formed XML: {problem.getMessage()}."
    return DocumentInvalid(where, message, "Close each element and write & as &amp;.")


class _Tree(ContentHandler):
    """Builds elements that know where they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {}, 0, 0)]
        self.locator = Locator()

    @property
    def root(self) -> Element:
        return self.open[0].children[0]

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        line, column = self.locator.getLineNumber() or 0, self.locator.getColumnNumber() or 0
        element = Element(name, dict(attrs.items()), line, column + 1)
        self.open[-1].children.append(element)
        self.open.append(element)

    def endElement(self, name: str) -> None:  # noqa: N802
        self.open.pop()

    def characters(self, content: str) -> None:
        self.open[-1].texts.append(content)


def _walk(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        waiting.extend(element.children)
        yield element


def _is_twiml(element: Element) -> bool:
    return element.name in TWIML_ELEMENTS or not TWIML_ATTRIBUTES.isdisjoint(element.attributes)
