"""A verdict names everything that is wrong at once and agrees with the parser."""

from __future__ import annotations

import json

import pytest

from telephony.interpreter.document import DocumentInvalid
from telephony.interpreter.lint import lint
from telephony.interpreter.parse import parse
from tests.telephony.interpreter.seeds import SEED_JSON
from tests.telephony.interpreter.test_parse_json import BAD


def test_a_good_document_has_no_finding():
    verdict = lint(SEED_JSON.encode() if isinstance(SEED_JSON, str) else SEED_JSON)
    assert (verdict.is_valid, verdict.errors, verdict.warnings) == (True, (), ())
    assert verdict.actions == len(json.loads(SEED_JSON)["actions"])


@pytest.mark.parametrize("text", [row[0] for row in BAD])
def test_what_the_parser_refuses_is_the_first_error(text):
    with pytest.raises(DocumentInvalid) as refused:
        parse(text.encode(), "application/json")
    verdict = lint(text.encode(), "application/json")
    assert not verdict.is_valid
    assert str(verdict.errors[0]) == str(refused.value)


def test_every_wrong_action_of_json_is_named():
    actions = [{"sya": {}}, {"hangup": {}}, {"say": {"text": ""}}, {"pause": {"length": "x"}}]
    verdict = lint(json.dumps({"actions": actions}).encode())
    assert [it.where for it in verdict.errors] == [
        "actions[0]",
        "actions[2].say.text",
        "actions[3].pause.length",
    ]


def test_every_wrong_element_of_xml_is_named_and_remarks_stay():
    raw = b'<Response>\n<Say loop="99">a</Say>\n<Sing/>\n<Redirect/>\n</Response>'
    verdict = lint(raw)
    assert [it.where.split(" <")[0] for it in verdict.errors] == [
        "line 2, column 1",
        "line 4, column 1",
    ]
    assert [it.where for it in verdict.warnings] == ["line 3, column 1 <Sing>"]


def test_fifty_one_elements_are_too_many():
    verdict = lint(b"<Response>" + b"<Hangup/>" * 51 + b"</Response>")
    assert "51 actions" in verdict.errors[0].message


def test_actions_after_the_end_of_the_call_are_warned_about():
    verdict = lint(b"<Response><Say>Bye.</Say><Hangup/><Say>Hello?</Say></Response>")
    assert verdict.is_valid
    assert [it.where for it in verdict.warnings] == ["actions[1].hangup"]
