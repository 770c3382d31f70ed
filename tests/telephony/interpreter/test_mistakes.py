"""Four hundred documents with the mistakes people make: the place is named, the mend validates."""

import json
from collections import Counter
from pathlib import Path

import pytest

from telephony.interpreter.lint import lint
from telephony.interpreter.mending.mend import ROUNDS_MAX, mended

MISTAKES = json.loads((Path(__file__).parent / "mistakes.json").read_text())

HOSTILE = [
    b"[" * 40_000,
    b"{]" * 30_000,
    b"<a>" * 20_000,
    b"</a>" * 16_000,
    b'{"actions": [' + b'{"sya": {"text": 5}},' * 3000 + b"]}",
    b"<Response>" + b"<Sya loop='x'>a</Sya>" * 3000 + b"</Response>",
    b"\xff\xfe\x00" * 1000,
    b"&" * 60_000,
    b'"' * 60_000,
    b"<Response><Say " + b"a=1 " * 15_000 + b"/></Response>",
]


def test_there_are_enough_of_every_kind():
    kinds = Counter(each["kind"] for each in MISTAKES)
    assert len(MISTAKES) >= 300
    assert len({each["document"] for each in MISTAKES}) == len(MISTAKES)
    assert min(kinds.values()) >= 2


@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=[f"{at}-{each['kind']}" for at, each in enumerate(MISTAKES)]
)
def test_the_place_is_named_and_the_mend_validates(mistake):
    raw = mistake["document"].encode()
    verdict = lint(raw)
    first = verdict.errors[0] if verdict.errors else verdict.warnings[0]
    assert first.where == mistake["where"] or first.where.startswith(f"{mistake['where']} <")
    assert first.message
    made = mended(raw)
    assert made == mistake["mended"]
    after = lint(made.encode())
    assert (after.errors, after.warnings) == ((), ())


def test_what_is_right_needs_no_mend():
    assert mended(b'{"actions": [{"say": {"text": "Karibu."}}]}') is None
    assert mended(b"<Response><Say>Karibu.</Say></Response>") is None


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_no_document_takes_long_to_mend(raw):
    made = mended(raw)
    assert made is None or lint(made.encode()).is_valid
    assert ROUNDS_MAX <= 200
