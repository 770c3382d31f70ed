"""Kiswahili: what is translated keeps its placeholders, and the served file is the written one."""

import gettext
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "locale" / "sw" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%s|\{\w+\}")
ENTRY = re.compile(
    r'(?:^msgctxt "(?P<context>.*)"\n)?^msgid "(?P<one>.+)"\n(?:^msgid_plural "(?P<many>.*)"\n)?'
    r'(?P<answers>(?:^msgstr(?:\[\d\])? ".*"\n?)+)',
    re.MULTILINE,
)


def entries():
    text = (FOLDER / "django.po").read_text()
    for found in ENTRY.finditer(text):
        answers = re.findall(r'^msgstr(?:\[\d\])? "(.*)"', found["answers"], re.MULTILINE)
        if all(answers):
            yield found["context"], plain(found["one"]), [plain(each) for each in answers]


def plain(text):
    return text.replace('\\"', '"').replace("\\n", "\n")


TRANSLATED = list(entries())


@pytest.mark.parametrize(("context", "english", "answers"), TRANSLATED)
def test_a_translation_keeps_its_placeholders(context, english, answers):
    wanted = sorted(PLACEHOLDER.findall(english))
    assert all(sorted(PLACEHOLDER.findall(answer)) == wanted for answer in answers)


def test_the_served_file_holds_what_was_written():
    with (FOLDER / "django.mo").open("rb") as file:
        served = gettext.GNUTranslations(file)
    single = [(c, english, answers[0]) for c, english, answers in TRANSLATED if len(answers) == 1]
    stale = [
        english
        for context, english, answer in single
        if (served.pgettext(context, english) if context else served.gettext(english)) != answer
    ]
    assert stale == [], "run `python3 manage.py compilemessages`"


def test_the_way_of_a_customer_is_translated():
    spoken = {english for _context, english, _answers in TRANSLATED}
    for words in ("Top up wallet", "Send prompt", "Claim a number", "Hang up", "Create workspace"):
        assert words in spoken
