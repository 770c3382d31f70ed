"""The mended document: every fault and warning answered with what was meant, until none is left."""

from __future__ import annotations

import json
from typing import Any, Final

from telephony.interpreter.document import ACTIONS_MAX, BYTES_MAX, DocumentInvalid
from telephony.interpreter.lint import lint
from telephony.interpreter.mending import json_mend, xml_mend
from telephony.interpreter.mending.loose_json import LooseJson
from telephony.interpreter.mending.loose_xml import ROOT, LooseXml, Node
from telephony.verbs.say import CHARACTERS_MAX

ROUNDS_MAX: Final = 120
ATTRIBUTES_MAX: Final = 40
EMPTY: Final = '{"actions": []}'


def mended(raw: bytes, content_type: str = "") -> str | None:
    """Return the document as it was meant, or None when there is nothing to mend or no way to."""
    verdict = lint(raw, content_type)
    if verdict.is_valid and not verdict.warnings:
        return None
    if len(raw) > BYTES_MAX:
        return None
    text = decoded(raw)
    is_xml = text.lstrip("\ufeff \t\r\n").startswith("<") or f"<{ROOT}" in text
    try:
        return _mend_xml(text) if is_xml else _mend_json(text)
    except (DocumentInvalid, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None


def decoded(raw: bytes) -> str:
    """Return the characters of a document in whatever encoding it comes."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _mend_json(text: str) -> str | None:
    words = " ".join(text.strip("\"' \r\n\t").split())
    if not words:
        return EMPTY
    document: Any = {"actions": [{"say": {"text": words[:CHARACTERS_MAX]}}]}
    if "{" in text or "[" in text:
        document = LooseJson(text).read()
    if isinstance(document, dict) and isinstance(document.get("actions"), list):
        del document["actions"][ACTIONS_MAX:]
    for _ in range(ROUNDS_MAX):
        written = _written(document)
        found = lint(written.encode())
        if not found.errors and not found.warnings:
            return written
        where = found.errors[0].where if found.errors else found.warnings[0].where
        document = json_mend.mend(document, where, is_warning=not found.errors)
    return None


def _mend_xml(text: str) -> str | None:
    root: Node = LooseXml(text).read()
    _shorten(root)
    for _ in range(ROUNDS_MAX):
        written = root.write()
        found = lint(written.encode())
        if not found.errors and not found.warnings:
            return written
        where = found.errors[0].where if found.errors else found.warnings[0].where
        root = xml_mend.mend(LooseXml(written).read(), where)
    return None


def _shorten(root: Node) -> None:
    """Keep as many elements as may be, and no crowd of attributes."""
    kept = root.children[:ACTIONS_MAX]
    root.items = [it for it in root.items if isinstance(it, str) or any(it is one for one in kept)]
    for node in kept:
        node.attributes = dict(list(node.attributes.items())[:ATTRIBUTES_MAX])


def _written(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)
