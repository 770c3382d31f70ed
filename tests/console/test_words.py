"""No page says a code where a person reads: every cause and reason has its word."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from calls import causes
from calls.words import WORDS, rate_words, words

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
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


def test_a_price_is_named_in_words():
    assert rate_words("outbound +254 v1") == "outbound +254, version 1"
    assert (
        rate_words("inbound + v12 of this workspace") == "inbound +, version 12 of this workspace"
    )
    assert (rate_words("a price of old"), rate_words(None)) == ("a price of old", "")
    with translation.override("sw"):
        assert rate_words("outbound +254 v1") == "inayotoka +254, toleo 1"


@pytest.mark.parametrize("path", CUSTOMERS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_page_shows_states_reasons_and_money_through_their_tags(path):
    raw = r"\{\{ ?(?:call|it|number|topup|delivery|endpoint)\.(?:status|state|direction|failure_code|hangup_cause|end_reason|\w+_minor) ?\}\}"
    assert re.findall(rf">{raw}<", path.read_text()) == []


# What the phone and Safaricom write stays as they write it: the menu, the prompt, the messages.
QUOTED = ("Lipa na M-PESA", "Enter M-PESA PIN", "Weka PIN ya M-PESA", "<h2>M-PESA</h2>")
SPEAKERS = (
    "accounts",
    "calls",
    "docs",
    "numbers",
    "sautikit_site",
    "telephony",
    "templates",
    "wallet",
)


@pytest.mark.parametrize("folder", [*SPEAKERS, "locale"])
def test_we_write_m_pesa_one_way(folder):
    files = [
        path
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".html", ".md", ".po", ".py", ".txt"} and "migrations" not in path.parts
    ]
    said = [line for path in files for line in path.read_text().splitlines() if "M-PESA" in line]
    assert [line for line in said if not any(quote in line for quote in QUOTED)] == []
