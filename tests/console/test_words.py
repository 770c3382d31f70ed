"""No page says a code where a person reads: every cause and reason has its word."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from calls import causes
from calls.words import WORDS, words

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
CUSTOMERS = [
    path
    for path in sorted(TEMPLATES.rglob("*.html"))
    if not {"admin", "docs", "unfold"} & set(path.relative_to(TEMPLATES).parts)
]
OUTCOMES = [each for each in vars(causes).values() if isinstance(each, causes.Outcome)]


@pytest.mark.parametrize(
    "code", sorted({code for it in OUTCOMES for code in (it.reason, it.cause)})
)
def test_every_end_of_a_call_has_a_word_in_both_languages(code):
    with translation.override("sw"):
        kiswahili = words(code)
    assert words(code) != code.replace("_", " ") or code in ("busy", "no_answer")
    assert kiswahili != words(code)


def test_a_conversation_says_how_it_ended():
    assert words(causes.of_answered("remote")) == "somebody hung up"
    assert words(causes.of_answered("paid_until")) == "the paid time was over"
    assert {words(None), words("")} == {""}
    assert "normal_clearing" in WORDS


@pytest.mark.parametrize("path", CUSTOMERS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_page_shows_states_reasons_and_money_through_their_tags(path):
    raw = r"\{\{ ?(?:call|it|number|topup|delivery|endpoint)\.(?:status|state|direction|failure_code|hangup_cause|end_reason|\w+_minor) ?\}\}"
    assert re.findall(rf">{raw}<", path.read_text()) == []
