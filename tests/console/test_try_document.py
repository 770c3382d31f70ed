"""Try it: a voice document that is judged as it is typed and rehearsed with a simulated caller."""

import json
import re

import pytest

from sautikit_site.trying import examples, stage
from sautikit_site.trying.spots import line_of
from telephony import drafts
from telephony.interpreter.lint import lint
from tests import world

pytestmark = pytest.mark.django_db
PATH = "/try/document"
MENU = examples.MENU
HX = {"HX-Request": "true"}


def send(what, document=MENU, where=None, **typed):
    acme = where or world.acme()
    body = {"document": document, "inputs": "[]", "do": what, "to": "+254712345678"} | typed
    return world.browser(acme.owner).client.post(PATH, body, headers=HX).text


def state_of(page):
    """The hidden fields that carry a rehearsal from one press to the next."""
    text = re.search(r'name="inputs" value="([^"]*)"', page)[1].replace("&quot;", '"')
    return {"inputs": text, "plays": "yes"}


def test_the_page_begins_with_an_example_that_runs():
    page = world.browser(world.acme().owner).client.get(PATH).text
    assert "For sales press 1" in page
    assert "It runs: 2 actions." in page
    assert "Rehearse a call before it is live." in page


@pytest.mark.parametrize("example", examples.EXAMPLES, ids=lambda it: it.slug)
def test_every_example_is_valid_and_has_an_answer_for_each_address(example):
    found = lint(example.document.encode())
    assert (found.errors, found.warnings) == ((), ())
    assert all(lint(it.encode()).is_valid for it in example.answers.values())
    now = stage.Stage(document=example.document, answers=dict(example.answers))
    for _turn in range(8):
        told = now.play()
        assert told.outcome != "needs_document"
        if not told.waits:
            break
        done = {"digits": "keys:1", "dialled": "dialled:busy", "recorded": "recorded"}
        now = now.after(stage.done({"seconds": "9"}, done.get(told.waits.kind, "left")))
    assert told.outcome == "completed"


def test_a_mistake_is_named_with_its_line_and_mended_by_a_button():
    wrong = MENU.replace('"say": {"text": "We', '"say": {"txt": "We')
    acme = world.acme()
    part = world.browser(acme.owner).client.post(f"{PATH}/verdict", {"document": wrong}).text
    assert "Did you mean" in part
    assert 'data-line="11"' in part
    assert 'value="mend"' in part
    page = send("mend", wrong, acme)
    assert "It runs: 2 actions." in page
    assert "&quot;text&quot;: &quot;We did not get that." in page


@pytest.mark.parametrize(
    ("text", "where", "line"),
    [
        ('{\n"actions": [\n{"say": {"text": 1}}\n]}', "actions[0].say", 3),
        (
            '{\n"actions": [\n{"say": {"text": "a"}},\n{"say": {\n"txt": 1}}\n]}',
            "actions[1].say.txt",
            5,
        ),
        ('{"actions": [\n]}', "actions[4].say", 1),
        ('{\n"actions": 5}', "actions", 2),
        ("<Response>\n<Say>", "line 2, column 1 <Say>", 2),
        ("nonsense", "document", 1),
        ("", "actions[0]", 1),
        ('{"actions": [{"a": "\\u00"}]}', "actions[1]", 1),
    ],
)
def test_a_place_is_found_in_the_text(text, where, line):
    assert line_of(text, where) == line


def test_a_caller_presses_a_key_and_hears_what_follows():
    answers = {
        "answer_url": ["/voice/choice"],
        "answer_document": [json.dumps({"actions": [{"say": {"text": "Asante."}}]})],
    }
    begun = send("rehearse", **answers)
    assert "For sales press 1" in begun
    assert "Your turn" in begun
    over = send("keys:1", **answers, **state_of(begun))
    assert "Asante." in over
    assert "Digits=1" in over
    assert "The call is over." in over
    assert "It would cost about" in over
    back = send("back", **answers, **state_of(over))
    assert "Your turn" in back


def test_typed_keys_are_pressed_by_the_enter_key():
    begun = send("rehearse")
    assert "Digits=2" in send("enter", keys="2", **state_of(begun))


def test_where_an_answer_is_missing_the_page_asks_for_it():
    page = send("keys:9", **state_of(send("rehearse")))
    assert "What does it answer?" in page
    assert 'value="https://your-app.example.com/voice/choice"' in page


def test_somebody_who_is_called_is_busy_or_talks():
    begun = send("rehearse", examples.CHOICE)
    assert "They answer and talk for so many seconds" in begun
    busy = send("dialled:busy", examples.CHOICE, **state_of(begun))
    assert "dialCallStatus=busy" in busy
    talked = send("dialled:answered", examples.CHOICE, seconds="60", **state_of(begun))
    assert "KES\xa03.00" in talked


def test_a_document_is_kept_and_opened_and_deleted():
    acme = world.acme()
    assert "Kept." in send("save", "<Response/>", acme, name="Menu")
    draft = drafts.drafts(acme.id).get()
    browser = world.browser(acme.owner).client
    page = browser.get(f"{PATH}?draft={draft.id}").text
    assert "&lt;Response/&gt;" in page
    assert browser.get(f"{PATH}?draft={draft.id}", headers={}).status_code == 200
    assert (
        world.browser(world.chege().owner).client.get(f"{PATH}?draft={draft.id}").status_code == 404
    )
    browser.post(f"{PATH}/{draft.id}/delete")
    assert not drafts.drafts(acme.id)


def test_a_document_without_a_name_is_not_kept():
    acme = world.acme()
    assert "give the document a name" in send("save", "<Response/>", acme)
    assert not drafts.drafts(acme.id)


@pytest.mark.parametrize(
    "inputs",
    ["", "nonsense", "{}", "[1]", '[{"kind": "sings"}]', '[{"kind":"digits"}]', "[" * 9000],
)
def test_a_form_that_was_meddled_with_begins_again(inputs):
    page = send("rehearse", inputs=inputs)
    assert "Your turn" in page


@pytest.mark.parametrize(
    "document",
    ["", "{", "<a", "\x00", "x" * 70_000, '{"actions": [{"redirect": {"url": "/voice"}}]}'],
)
def test_whatever_is_typed_is_rehearsed(document):
    assert "What happens" in send("rehearse", document)


def test_a_viewer_reads_and_rehearses_nothing():
    acme = world.acme()
    viewer = world.join(acme, world.person("vera@acme.example"), "viewer")
    browser = world.browser(viewer).client
    assert 'value="rehearse"' not in browser.get(PATH).text
    assert browser.post(PATH, {"document": "<Response/>", "do": "save"}).status_code == 403


def test_words_are_heard_or_the_page_says_that_they_are_not(settings):
    settings.TTS_SOCKET = "/nowhere"
    answer = world.browser(world.acme().owner).client.get("/try/speech?text=Habari")
    assert answer.status_code == 503
    assert answer.text == "Nothing can be spoken at the moment."
