"""Try it: a call from the browser, and the same call as a program in every language."""

import ast
import html
import json
import re
import shlex

import pytest

from calls.models import Call
from docs import calling
from sautikit_site.trying.placing import FIXED
from tests import world

pytestmark = pytest.mark.django_db
API = "https://api.example.com"


@pytest.fixture
def acme():
    where = world.acme()
    world.fund(where, 100_000)
    world.claim(where)
    return where


def page_of(where, path="/try", user=None):
    return world.browser(user or where.owner).client.get(path)


def place(where, user=None, **typed):
    body = {"from_e164": world.FIRST_NUMBER, "to_e164": "0712 345 678"} | typed
    return world.browser(user or where.owner).client.post("/try", body)


def test_without_a_number_the_page_leads_to_one():
    page = page_of(world.acme())
    assert page.status_code == 200
    assert "/numbers/available" in page.text
    assert "place.py" in page.text


@pytest.mark.parametrize("path", ["/try", "/calls", "/overview"])
def test_the_programs_of_a_page_call_from_a_number_that_is_ours(path):
    where = world.acme()
    world.fund(where, 100_000)
    own = world.claim(where, "+254200000007").e164
    # The words of a program are coloured each by itself.
    shown = html.unescape(re.sub(r"<[^>]+>", "", page_of(where, path).text))
    assert f'"from": "{own}"' in shown
    assert "+254200000000" not in shown


def test_a_call_is_placed_and_its_progress_is_shown(acme):
    answer = place(acme)
    call = Call.objects.get()
    assert (call.remote_e164, call.local_e164) == ("+254712345678", world.FIRST_NUMBER)
    assert answer.url == f"/try?call={call.id}"
    page = page_of(acme, answer.url)
    assert f'data-live="call:{call.id}"' in page.text
    assert "Ringing" in page.text
    # The form and the programs stay those of the call.
    assert 'value="+254712345678"' in page.text
    assert f"/calls/{call.id}" in page.text


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(acme):
    page = place(acme, to_e164="nowhere", voice_url="https://acme.example/voice")
    assert page.status_code == 400
    assert "Type a number with its country" in page.text
    assert "https://acme.example/voice" in page.text
    assert not Call.objects.exists()


def test_a_call_that_may_not_be_made_says_why(acme):
    page = place(acme, to_e164="+881612345678")
    assert "is not a destination this workspace may call" in page.text


def test_a_viewer_sees_the_programs_and_places_nothing(acme):
    viewer = world.join(acme, world.person("vera@acme.example"), "viewer")
    assert "Your role sees calls and places none." in page_of(acme, user=viewer).text
    assert place(acme, user=viewer).status_code == 403
    assert not Call.objects.exists()


def test_somebody_elses_call_is_not_shown(acme):
    place(acme)
    call = Call.objects.get()
    other = world.chege()
    assert "try-progress" not in page_of(other, f"/try?call={call.id}").text


def test_in_test_mode_the_fixed_numbers_are_offered():
    acme = world.acme()
    world.fund(acme, 100_000, "test")
    world.claim(acme, mode="test")
    browser = world.browser(acme.owner)
    browser.client.post("/switch-workspace", {"mode": "test"})
    session = browser.client.session
    session["mode"] = "test"
    session.save()
    page = browser.client.get("/try")
    assert all(e164 in page.text for e164, _words in FIXED)
    assert len(FIXED) == 9


def test_the_programs_follow_what_is_typed(acme):
    typed = {"from_e164": world.FIRST_NUMBER, "to_e164": "0722 000 111", "voice_url": ""}
    part = world.browser(acme.owner).client.post("/try/code", typed)
    assert part.text.count("+254722000111") == 5
    assert "your-app.example.com" not in part.text
    assert part.text.count("data-panel=") == 5


CALLS = {
    "an example": calling.Call(),
    "a call": calling.Call("+254200000001", "+254722000111", "https://acme.example/voice?a=1"),
    "half a number": calling.Call("+2542", "0712", "https:/"),
    "quotes": calling.Call("+254200000001", "+254722000111", "https://a.example/'\"\\$(id)`id`"),
    "a line": calling.Call("+254200000001\n", "+254722000111", "https://a.example/\nx"),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_program_is_valid_whatever_is_typed(name):
    programs = {it.tab: it.code for it in calling.programs(CALLS[name], API)}
    assert list(programs) == ["curl", "Node.js", "Python", "PHP", "Go"]
    words = shlex.split(programs["curl"])
    assert set(json.loads(words[words.index("-d") + 1])) <= {"from", "to", "voice_callback_url"}
    ast.parse(programs["Python"])
    for language in ("Node.js", "PHP", "Go"):
        code = programs[language]
        for opened, closed in ("()", "{}"):
            assert code.count(opened) == code.count(closed)
        assert len(re.findall(r"(?<!\\)'", code)) % 2 == 0 or language != "PHP"


def test_a_program_names_what_was_typed_and_only_that():
    for program in calling.programs(CALLS["a call"], API):
        assert "+254722000111" in program.code
        assert "https://acme.example/voice?a=1" in program.code
        assert "order-1042" not in program.code
    for program in calling.programs(calling.Call(to_e164="+254722000111"), API):
        assert "voice" not in program.code
