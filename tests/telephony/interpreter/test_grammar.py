"""The schema and the reference say what the parser does."""

from __future__ import annotations

import json

import jsonschema
import pytest

from telephony import grammar
from telephony.verbs import ALL
from tests.telephony.interpreter.seeds import SEED_JSON
from tests.telephony.interpreter.test_parse_json import BAD

# JSON Schema cannot say these: what it judges is already parsed, and a host is more than a pattern.
BEYOND_SCHEMA = (
    "not JSON", "empty", "twice", "control", "http", "too long", "the limit is 65536", "NaN",
)  # fmt: skip


def test_the_schema_is_valid_and_accepts_the_quickstart():
    jsonschema.Draft202012Validator.check_schema(grammar.schema())
    jsonschema.validate(json.loads(SEED_JSON), grammar.schema())


@pytest.mark.parametrize("text", [row[0] for row in BAD if row[2] not in BEYOND_SCHEMA])
def test_the_schema_refuses_what_the_parser_refuses(text):
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    if '"actions": [], "actions"' in text or "\\ud800" in text:
        return
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, grammar.schema())


def test_the_schema_accepts_full_and_relative_addresses():
    for url in ("https://a.test/x", "/x", "x?y=1", "//a.test/x"):
        jsonschema.validate({"actions": [{"redirect": {"url": url}}]}, grammar.schema())
    for url in ("ftp://a.test", "mailto:x", "a b"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"actions": [{"redirect": {"url": url}}]}, grammar.schema())


def test_the_reference_names_every_verb_and_documents_every_field():
    rows = grammar.reference()
    assert [row.name for row in rows] == [verb.NAME for verb in ALL]
    assert all(
        row.doc.endswith(".") and field.doc.endswith(".") for row in rows for field in row.fields
    )
    digits = next(row for row in rows if row.name == "getDigits")
    assert [(it.json_name, it.xml_names) for it in digits.fields][:1] == [
        ("numDigits", ("maxDigits", "numDigits"))
    ]


def test_every_verb_is_the_only_one_in_its_file():
    modules = [verb.__module__ for verb in ALL]
    assert len(set(modules)) == len(modules)
