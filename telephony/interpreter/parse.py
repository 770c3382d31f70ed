"""Which form a document is in: its first character decides, then its content type."""

from __future__ import annotations

from telephony.interpreter.document import Document, DocumentInvalid
from telephony.interpreter.json_form import parse_json
from telephony.interpreter.xml_form import parse_xml

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(raw: bytes, content_type: str = "") -> Document:
    """Read a document of either form; raises DocumentInvalid."""
    first = raw.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    if not first:
        raise DocumentInvalid(
            "document", "The answer is empty.", 'Answer <Response/> or {"actions": []}.'
        )
    if first in b"{[" or (first != b"<" and "json" in content_type.lower()):
        return parse_json(raw)
    return parse_xml(raw)
