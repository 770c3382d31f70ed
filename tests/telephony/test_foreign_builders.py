"""What other platforms' builders write is what the conformance suite plays, and lint names the rest."""

import json
from pathlib import Path

import pytest

from sautikit_site.bootstrap import ROOT
from telephony.interpreter.lint import lint
from tests.foreign import builders

KEPT = json.loads(Path(ROOT, "sautikit_site", "conformance", "cases", "foreign.json").read_text())
FRIEND = "+254712345678"


def test_the_suite_plays_what_twilio_builds_today():
    built = builders.twilio_documents()
    assert built == {name: text for name, text in KEPT.items() if name.startswith("twilio")}


def test_the_suite_plays_what_africas_talking_builds_today():
    built = builders.africastalking_documents()
    assert built == {name: text for name, text in KEPT.items() if name.startswith("africas")}


@pytest.mark.parametrize("name", KEPT)
def test_a_foreign_document_runs(name):
    verdict = lint(KEPT[name].replace("@friend@", FRIEND).encode())
    assert verdict.is_valid
    assert verdict.actions


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("twilio queues and takes money", ["<Enqueue>", "<Pay>", '"Polly.Joanna"']),
        ("africastalking queues", ["<Enqueue>"]),
        ("twilio greets and collects", ["attribute method"]),
    ],
)
def test_what_is_not_understood_is_named(name, words):
    warnings = [it.message for it in lint(KEPT[name].encode()).warnings]
    for word in words:
        assert any(word in each for each in warnings)
