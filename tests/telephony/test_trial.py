"""A test callback: the signed question of a call, and what a call would make of the answer."""

import pytest

from kernel import http
from kernel.signing import signature
from sautikit_site.quickstart.handler import MENU, CustomerServer
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def may_ask_here():
    http.configure(http.Policy(allow_loopback=True))
    yield
    http.configure(http.Policy())


def send(url="", user=None, **headers):
    number = world.claim(world.acme())
    client = world.browser(user or world.amina()).client
    return client.post(f"/numbers/{number.id}/test", {"voice_callback_url": url}, headers=headers)


def test_a_good_document_is_judged_and_everything_is_shown():
    posts = []
    with CustomerServer(lambda post: posts.append(post) or MENU) as server:
        page = send(f"{server.url}/voice").text
    assert "A good document with 2 actions" in page
    assert f"POST {server.url}/voice" in page
    assert "isTest=1" in page
    assert "HTTP 200" in page
    assert "Press 1 for sales" in page
    assert "not saved yet" in page
    (post,) = posts
    assert post.form["isTest"] == "1"
    assert post.form["To"] == world.FIRST_NUMBER


def test_the_question_is_signed_as_in_a_call():
    posts = []
    acme = world.acme()
    with CustomerServer(lambda post: posts.append(post) or MENU) as server:
        send(f"{server.url}/voice")
    header = {name.lower(): it for name, it in posts[0].headers.items()}["x-sautikit-signature"]
    parts = dict(part.split("=", 1) for part in header.split(","))
    good = signature(acme.workspace.signing_secret, posts[0].body, int(parts["t"]))
    assert parts["v1"] == good


def test_a_wrong_document_is_told_with_its_place_and_how_to_mend_it():
    with CustomerServer(lambda post: {"actions": [{"sya": {"text": "Hi"}}]}) as server:
        page = send(server.url).text
    assert "cannot run this document" in page
    assert "actions[0]" in page
    assert "mended document" in page


def test_a_server_that_is_not_there_is_told_in_words():
    page = send("http://127.0.0.1:1/voice").text
    assert "A caller would hear an apology" in page


def test_the_saved_address_is_asked_when_nothing_was_typed():
    assert "Type a voice URL first" in send().text


def test_it_comes_as_a_sheet_and_as_a_page():
    assert "<html" in send("http://127.0.0.1:1/voice").text
    assert "<html" not in send("http://127.0.0.1:1/voice", **{"HX-Target": "sheet-body"}).text


def test_addresses_inside_are_not_asked():
    http.configure(http.Policy())
    assert "may not be asked" in send("https://169.254.169.254/latest").text


def test_it_cannot_be_used_to_hammer_a_server():
    for _ in range(5):
        send("http://127.0.0.1:1/voice")
    assert send("http://127.0.0.1:1/voice").status_code == 429


def test_a_viewer_may_not_send_one():
    viewer = world.join(world.acme(), world.person("vera@acme.example"), "viewer")
    assert send("https://a.example", viewer).status_code == 403
