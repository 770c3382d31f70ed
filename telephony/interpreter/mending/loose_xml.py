"""A reader of XML that goes on after a mistake, and the tree it makes, which can be written again."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from telephony.interpreter.mending.fault import Fault

_NAME: Final = r"[A-Za-z_][\w.:-]*"
_OPEN: Final = re.compile(rf"<\s*({_NAME})")
_CLOSE: Final = re.compile(rf"<\s*/\s*({_NAME})?\s*>?")
_SKIPPED: Final = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\])?[^>]*>", re.S)
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_ENTITY: Final = re.compile(r"&(#[0-9]+|#x[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_KNOWN: Final = ("amp", "lt", "gt", "quot", "apos")
_ATTRIBUTE: Final = re.compile(rf"({_NAME})\s*(=)?\s*")
_VALUE: Final = re.compile(
    r"\"([^\"<]*)\"|'([^'<]*)'|[“”„]([^“”<]*)[“”]|[‘’]([^‘’<]*)[‘’]|([^\s\"'<>]*?)(?=\s|/?>)"
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
ROOT: Final = "Response"


@dataclass(slots=True)
class Node:
    """An element that knows where it began and what it holds, in order."""

    name: str
    line: int
    column: int
    attributes: dict[str, str] = field(default_factory=dict)
    items: list[str | Node] = field(default_factory=list)

    @property
    def children(self) -> list[Node]:
        return [it for it in self.items if isinstance(it, Node)]

    @property
    def text(self) -> str:
        return " ".join("".join(it for it in self.items if isinstance(it, str)).split())

    def write(self) -> str:
        """Return the element as XML."""
        words = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        inside = "".join(it.write() if isinstance(it, Node) else escape(it) for it in self.items)
        tag = f"<{self.name}{words}"
        return f"{tag}>{inside}</{self.name}>" if inside else f"{tag}/>"


class LooseXml:
    """Reads one text; `faults` says what a strict reader would stumble over, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.faults: list[Fault] = []
        self._top = Node("", 0, 0)
        self._open: list[Node] = [self._top]

    def read(self) -> Node:
        """Return the root; several roots, or none that fits, are put into one."""
        begin = self.text.find("<")
        if self.text[: max(0, begin)].strip("\ufeff").strip():
            self._fault(0, "Something stands before the first element.", "Remove it.")
        elif begin > 0 and self.text.startswith("<?xml", begin) and self.text[:begin] != "\ufeff":
            self._fault(0, "Something stands before <?xml.", "Remove the blanks before it.")
        self.at = max(0, begin)
        while self.at < len(self.text):
            self._step()
        for node in reversed(self._open[1:]):
            message = f"<{node.name}> of line {node.line}, column {node.column} is not closed."
            self._fault(len(self.text), message, f"Write </{node.name}> at its end.")
        self.faults.sort(key=lambda fault: fault.at)
        return self._root()

    def _fault(self, at: int, message: str, mend: str) -> None:
        self.faults.append(Fault(at, message, mend))

    def _place(self, at: int) -> tuple[int, int]:
        before = self.text[:at]
        return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1

    def _root(self) -> Node:
        roots = self._top.children
        if len(roots) == 1:
            return roots[0]
        whole = Node(ROOT, 1, 1)
        for each in roots:
            whole.items += each.items if each.name.lower() == ROOT.lower() else [each]
        return whole

    def _step(self) -> None:
        if self.text[self.at] != "<":
            self._take_text()
        elif found := _SKIPPED.match(self.text, self.at):
            if found[0].upper().startswith("<!DOCTYPE"):
                self._fault(self.at, "It has a document type.", "Remove <!DOCTYPE ...>.")
            self.at = found.end()
        elif found := _CDATA.match(self.text, self.at):
            self._open[-1].items.append(found[1])
            self.at = found.end()
        elif found := _CLOSE.match(self.text, self.at):
            self._take_end(found)
        elif found := _OPEN.match(self.text, self.at):
            self._take_element(found)
        else:
            self._fault(self.at, "This < opens no element.", "Write &lt;.")
            self._open[-1].items.append("<")
            self.at += 1

    def _take_text(self) -> None:
        end = self.text.find("<", self.at)
        end = len(self.text) if end < 0 else end
        raw = self.text[self.at : end]
        if len(self._open) == 1 and raw.strip():
            self._fault(
                self.at + len(raw) - len(raw.lstrip()),
                "Text stands outside of the root.",
                "Remove it.",
            )
        self._open[-1].items.append(self._unescaped(raw, self.at))
        self.at = end

    def _unescaped(self, raw: str, at: int) -> str:
        """Return what a text means; an & that is none of XML is named."""
        for found in _CONTROLS.finditer(raw):
            self._fault(at + found.start(), "It has a control character.", "Remove it.")
        done, last = [], 0
        for found in re.finditer("&", raw):
            done.append(raw[last : found.start()])
            entity = _ENTITY.match(raw, found.start())
            meant = html.unescape(entity[0]) if entity else "&"
            last = entity.end() if entity and meant != entity[0] else found.start() + 1
            done.append(meant if last > found.start() + 1 else "&")
            if entity is None or not (entity[1] in _KNOWN or entity[1].startswith("#")):
                self._fault(
                    at + found.start(),
                    f"{entity[0] if entity else '&'} is not known here.",
                    "Write &amp; for an &.",
                )
        return _CONTROLS.sub("", "".join([*done, raw[last:]]))

    def _take_end(self, found: re.Match[str]) -> None:
        """Close the innermost element of that name, and what is still open inside of it."""
        at, name = self.at, found[1] or ""
        self.at = found.end()
        open_names = [node.name.lower() for node in self._open]
        if not name or name.lower() not in open_names[1:]:
            if len(self._open) > 1 and (
                not name or (len(self._open[-1].children) == 0 and len(self._open) > 2)
            ):
                self._fault(
                    at,
                    f"This does not close <{self._open[-1].name}>.",
                    f"Write </{self._open[-1].name}>.",
                )
                self._open.pop()
                return
            self._fault(at, f"</{name}> closes nothing.", "Remove it.")
            return
        node = self._open[-1]
        if node.name != name or not re.fullmatch(rf"</{_NAME}\s*>", found[0]):
            message = f"</{name}> comes before <{node.name}> is closed."
            self._fault(at, message, f"Write </{node.name}>.")
        while self._open[-1].name.lower() != name.lower():
            self._open.pop()
        self._open.pop()

    def _take_element(self, found: re.Match[str]) -> None:
        at = self.at
        above = self._open[-1]
        if above.name == found[1] and above.text and not above.children:
            # A second <Say> right after the words is the end of the first.
            self._fault(at, f"<{found[1]}> stands inside of <{found[1]}>.", f"Write </{found[1]}>.")
            self.at = found.end() + len(self.text[found.end() :].partition(">")[0]) + 1
            self._open.pop()
            return
        node = Node(found[1], *self._place(at))
        if found[0] != f"<{found[1]}":
            self._fault(at, "After < comes the name, without a blank.", f"Write <{found[1]}.")
        if len(self._open) == 1 and self._top.children:
            self._fault(at, "A document has one root.", "Put all into one <Response>.")
        self.at = found.end()
        closed = self._take_attributes(node)
        self._open[-1].items.append(node)
        if not closed:
            self._open.append(node)

    def _take_attributes(self, node: Node) -> bool:
        """Read up to the end of the tag; True when it is closed there."""
        while self.at < len(self.text):
            blank = re.compile(r"\s*").match(self.text, self.at)
            gap = blank.end() - self.at if blank else 0
            self.at += gap
            if end := re.compile(r"/\s*>|>").match(self.text, self.at):
                if end[0] not in (">", "/>"):
                    self._fault(self.at, "Between / and > is no blank.", "Write />.")
                self.at = end.end()
                return end[0] != ">"
            if self.text[self.at : self.at + 1] == "<":
                self._fault(self.at, f"The tag <{node.name} is not closed.", "Write > before it.")
                return False
            if self.at < len(self.text):
                self._take_attribute(node, is_parted=gap > 0)
        self._fault(len(self.text), f"The tag <{node.name} is not closed.", "Write > at its end.")
        return True

    def _take_attribute(self, node: Node, *, is_parted: bool) -> None:
        at = self.at
        found = _ATTRIBUTE.match(self.text, at)
        if found is None:
            self._fault(at, f"{self.text[at]} has no meaning in a tag.", "Remove it.")
            self.at += 1
            return
        if not is_parted:
            self._fault(at, "Attributes are parted by a blank.", "Write a blank before it.")
        name, self.at = found[1], found.end()
        if found[2] is None:
            self._fault(at, f"The attribute {name} has no value.", f'Write {name}="true".')
            node.attributes.setdefault(name, "true")
            self.at = at + len(name)
            return
        value = _VALUE.match(self.text, self.at)
        if value is None:
            self._take_open_value(node, name)
            return
        text = next(each for each in value.groups() if each is not None)
        if value[1] is None and value[2] is None:
            self._fault(
                self.at, f"The value of {name} has no plain quotes.", f'Write {name}="{text[:40]}".'
            )
        if name in node.attributes:
            self._fault(at, f"The attribute {name} stands there twice.", "Keep one of them.")
        node.attributes.setdefault(name, self._unescaped(text, self.at + 1))
        self.at = value.end()

    def _take_open_value(self, node: Node, name: str) -> None:
        """Read a value whose quote is never closed: it ends with the tag."""
        self._fault(self.at, f"The value of {name} is not closed.", "Write a quote at its end.")
        end = re.compile(r"[^<>]*?(?=\s*/?>|<|\Z)").match(self.text, self.at)
        text = end[0] if end else ""
        self.at += len(text)
        node.attributes.setdefault(name, text.strip("\"'“”‘’ "))
