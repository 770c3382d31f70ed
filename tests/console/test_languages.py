"""Kiswahili: the way of a customer is translated, keeps its placeholders and is what is served."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation.template import templatize

from calls.states import CALL, RECORDING
from kernel import audit, http_ws
from kernel.errors import BadRequest, registry
from kernel.http import TargetRefused, check_url
from numbers.states import NUMBER
from sautikit_site.templatetags.ui import STATES
from wallet.chart import Kind
from wallet.errors import AlertLinkInvalid, InsufficientBalance
from wallet.states import SUBSCRIBER
from webhooks.errors import UrlInvalid
from webhooks.states import DELIVERY, ENDPOINT

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "locale" / "sw" / "LC_MESSAGES"
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


# The back office, the pages for programmers and the tools of the sandbox stay English.
ENGLISH = {"docs", "sandbox"}
BACK_OFFICE = ("admin", "backoffice", "unfold")
APPS = ("accounts", "wallet", "numbers", "calls", "telephony", "webhooks", "sautikit_site")
WORDS = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(({WORDS})(?:, ({WORDS}))?")
IN_PYTHON = re.compile(r"_|n?p?gettext(_lazy)?|Phrase|TargetRefused")


def is_for_customers(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return not ENGLISH & set(parts) and not any(part.startswith(BACK_OFFICE) for part in parts)


def files(ending: str, *folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob(f"*.{ending}"))]
    return [path for path in found if is_for_customers(path)]


def strings_of_template(path: Path) -> Iterator[tuple[str | None, str]]:
    for verb, *words in IN_TEMPLATE.findall(templatize(path.read_text())):
        first, second = (ast.literal_eval(each) if each else "" for each in words)
        yield (first, second) if "p" in verb else (None, first)


def strings_of_python(path: Path) -> Iterator[tuple[str | None, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        verb = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
        words = [each.value for each in node.args if isinstance(each, ast.Constant)]
        if words and IN_PYTHON.fullmatch(verb):
            yield (words[0], words[1]) if "p" in verb else (None, words[0])


SPOKEN = {(context, english) for context, english, _answers in TRANSLATED}
MEND = "write them into locale/sw/LC_MESSAGES/django.po, then run compilemessages"


@pytest.mark.parametrize(
    "path",
    [*files("html", "templates"), *files("txt", "templates")],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_page_or_mail_for_customers_is_translated(path):
    assert [each for each in strings_of_template(path) if each not in SPOKEN] == [], MEND


@pytest.mark.parametrize("app", APPS)
def test_the_words_of_code_for_customers_are_translated(app):
    missing = {
        (path.name, *each)
        for path in files("py", app)
        for each in strings_of_python(path)
        if each not in SPOKEN
    }
    assert missing == set(), MEND


def reasons_of_refusals(path: Path) -> Iterator[ast.expr]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadRequest":
            yield from node.args
            pairs = [each for it in node.keywords for each in getattr(it.value, "elts", [])]
            yield from (pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple))


@pytest.mark.parametrize("app", APPS)
def test_what_a_verb_refuses_can_be_told_to_a_person_in_their_language(app):
    doors = re.compile(r"(\w+_)?api(_\w+)?")
    verbs = [path for path in files("py", app) if not doors.fullmatch(path.stem)]
    plain_words = [
        f"{path.relative_to(ROOT)}:{reason.lineno}"
        for path in verbs
        for reason in reasons_of_refusals(path)
        if isinstance(reason, ast.Constant | ast.JoinedStr)
    ]
    assert plain_words == [], "make it a Phrase: a page says it too"


@pytest.mark.parametrize("path", sorted((ROOT / "kernel").glob("http*.py")), ids=lambda it: it.name)
def test_the_reasons_for_refusing_an_address_are_translated(path):
    assert [each for each in strings_of_python(path) if each not in SPOKEN] == [], MEND


@pytest.mark.parametrize("path", files("html", "templates/emails"), ids=lambda path: path.name)
def test_a_mail_names_the_language_it_is_written_in(path):
    assert '<html lang="en">' not in path.read_text()


@pytest.mark.parametrize("machine", [CALL, RECORDING, NUMBER, ENDPOINT, DELIVERY, SUBSCRIBER])
def test_a_state_that_a_page_shows_has_a_word(machine):
    # What is not stored yet is shown as pending.
    assert set(machine.states) - {"capturing", "captured"} <= set(STATES)


@pytest.mark.parametrize("code", registry())
def test_every_problem_can_be_told_to_a_person_in_kiswahili(code):
    message = registry()[code].message
    assert message == BadRequest.message or (None, message) in SPOKEN, MEND


def test_a_problem_speaks_kiswahili_to_people_and_english_to_programs():
    problem = InsufficientBalance(balance="KES 1.00", required="KES 2.00")
    with translation.override("sw"):
        assert problem.words() == "Mkoba una KES 1.00; hili linahitaji KES 2.00."
        assert AlertLinkInvalid().words() == "Kiungo hiki hakifanyi kazi tena."
        sent = problem.envelope("r-1")["error"]["message"]
    assert sent == "The wallet holds KES 1.00; this needs KES 2.00." == problem.words()


def test_why_an_address_is_refused_is_told_in_kiswahili_and_sent_in_english():
    with pytest.raises(TargetRefused) as refused:
        check_url("https://user:secret@acme.example/hooks")
    reason = refused.value.reason
    english = "the URL must not contain a user name or password"
    kiswahili = "anwani isiwe na jina la mtumiaji wala nenosiri"
    with translation.override("sw"):
        one = UrlInvalid(reason=reason)
        many = BadRequest(fields=[("events_url", reason), ("to", "is odd")])
        assert one.words() == f"Anwani haiwezi kutumika: {kiswahili}."
        assert many.words() == f"events_url: {kiswahili}; to: is odd"
        assert many.spoken_fields()[0] == ("events_url", kiswahili)
        sent = many.envelope("r-1")["error"]
        assert BadRequest("Send {this} once.").words() == "Send {this} once."
    assert one.envelope("r-1")["error"]["message"] == f"The URL cannot be used: {english}."
    assert sent["message"] == f"events_url: {english}; to: is odd"
    assert sent["fields"][0] == {"path": "events_url", "message": english}


def test_the_refusal_of_a_websocket_names_its_own_scheme():
    with pytest.raises(TargetRefused) as refused:
        http_ws.check_url("https://acme.example/stream")
    assert refused.value.reason == "the URL must begin with wss:// and name a host"


@pytest.mark.parametrize("kind", audit.kinds())
def test_the_audit_log_speaks_kiswahili_of_every_kind(kind):
    english = str(audit.kinds()[kind])
    with translation.override("sw"):
        assert str(audit.kinds()[kind]) != english


def test_the_rows_of_a_statement_are_named_in_kiswahili():
    with translation.override("sw"):
        assert str(Kind.RENTAL.label) == "Kodi ya nambari"
    assert str(Kind.RENTAL.label) == "Number rental"
