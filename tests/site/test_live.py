import json
import threading
import time
import urllib.request
from urllib.error import HTTPError

import pytest

from calls import queries, services
from calls.models import Call
from kernel import clock
from kernel.env import child_environment
from sautikit_site.crew import working
from sautikit_site.shell import live_token
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def live():
    """One real live process on a port of its own."""
    with working(child_environment(LIVE_PORT="0"), "live") as crew:
        yield f"http://127.0.0.1:{crew.port('live')}"
    assert crew.running["live"].returncode in (0, -15)


def address(live, call, token=None):
    return f"{live}/v1/calls/{call.id}/stream?token={token or queries.stream_token(call)}"


def read(url, *, last=None, until=b"call.completed", timeout=15):
    """Read a stream to its end; gives [(id, envelope)]."""
    request = urllib.request.Request(url, headers={"Last-Event-ID": str(last)} if last else {})
    found = []
    with urllib.request.urlopen(request, timeout=timeout) as reply:
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        number = None
        for line in reply:
            if line.startswith(b"id: "):
                number = int(line[4:])
            elif line.startswith(b"data: "):
                found.append((number, json.loads(line[6:])))
    return found


def status(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as it:
            return it.status
    except HTTPError as problem:
        return problem.code


def test_a_call_is_told_while_it_happens_and_the_stream_closes_after_the_end(live):
    call = story.place(world.acme())
    got = []
    reader = threading.Thread(target=lambda: got.extend(read(address(live, call))))
    reader.start()
    time.sleep(1.5)
    call = story.answer(call)
    services.note(call_id=call.id, kind="digits", payload={"digits": "1234"})
    story.end(call, connected_ms=46_200)
    # The stream closes by itself; nobody hangs up on it.
    reader.join(20)

    assert not reader.is_alive()
    assert [number for number, _ in got] == [1, 2, 3, 4]
    assert [it["event"] for _, it in got] == [
        "call.started", "call.answered", "digits", "call.completed",
    ]  # fmt: skip
    assert got[2][1]["data"] == {"digits_count": 4}
    assert got[3][1]["data"]["cost_minor"] == 235
    assert got[0][1]["workspace_id"] == str(world.acme().workspace.id)


def test_a_client_that_comes_back_gets_what_it_missed_and_then_204(live):
    call = story.end(story.answer(story.place(world.acme())), connected_ms=1_000)
    assert [number for number, _ in read(address(live, call), last=1)] == [2, 3]
    assert status(address(live, call), **{"Last-Event-ID": "3"}) == 204


def test_a_token_opens_its_own_call_only(live):
    call = story.place(world.acme())
    other = story.place(world.acme())
    assert status(address(live, call, queries.stream_token(other))) == 404
    assert status(address(live, call, "nonsense")) == 404
    assert status(f"{live}/v1/calls/nothing/stream?token=x") == 404


def test_a_token_dies_fifteen_minutes_after_the_end(live):
    call = story.end(story.place(world.acme()), sip_code=486)
    assert status(address(live, call)) == 200
    Call.objects.update(ended_at=clock.now() - clock.timedelta(minutes=16))
    assert status(address(live, call)) == 404


def test_a_token_dies_with_the_key_that_made_the_call(live):
    where = world.acme()
    key = world.issue(where).key
    call = story.place(where, api_key_id=key.id)
    type(key).objects.filter(pk=key.pk).update(revoked_at=clock.now())
    assert status(address(live, call)) == 404


def test_five_streams_of_one_call_are_enough(live):
    call = story.place(world.acme())
    open_ones = [urllib.request.urlopen(address(live, call), timeout=5) for _ in range(5)]
    assert status(address(live, call)) == 429
    for one in open_ones:
        one.close()
    story.end(call, sip_code=486)


def test_the_console_hears_which_topic_changed(live):
    where = world.acme()
    url = f"{live}/live/workspace?token={live_token(where.workspace.id, 'live')}"
    with urllib.request.urlopen(url, timeout=10) as stream:
        assert stream.readline().startswith(b":")
        call = story.place(where)
        topics = set()
        while f"call:{call.id}" not in topics or "calls" not in topics:
            line = stream.readline()
            if line.startswith(b"data: "):
                topics.add(json.loads(line[6:])["topic"])


def test_strangers_hear_nothing(live):
    assert status(f"{live}/live/workspace?token=x") == 404
    assert status(f"{live}/v1/calls") == 404
    assert status(f"{live}/healthz") == 200
    request = urllib.request.Request(f"{live}/healthz", method="OPTIONS")
    with urllib.request.urlopen(request, timeout=5) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == "http://testserver"
