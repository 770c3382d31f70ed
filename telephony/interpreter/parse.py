"""Which form a document is in: its first character decides, then its content type."""

from __future__ import annotations

from telephony.interpreter.document import Document, DocumentInvalid
from telephony.interpreter.json_form import parse_json
from telephony.interpreter.xml_form import parse_xml

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(raw: bytes, content_type: str = "") -> Document:
    """Read a document of either form; raises DocumentInvalid."""
    return parse_json(raw) if is_json(raw, content_type) else parse_xml(raw)


def is_json(raw: bytes, content_type: str = "") -> bool:
    """Say which form a document is in; raises DocumentInvalid when there is none."""
    first = raw.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    if not first:
        raise DocumentInvalid(
            "document", "The answer is empty.", 'Answer <Response/> or {"actions": []}.'
        )
    return first in b"{[" or (first != b"<" and "json" in content_type.lower())
