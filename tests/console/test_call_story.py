"""The page of a call as a debugger: documents, money and deliveries on one time line."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls import console, money_marks, queries
from calls.models import Call, Recording
from calls.services import extending
from kernel import clock, http
from sautikit_site.quickstart.handler import MENU, CustomerServer
from telephony import documents
from telephony.models import Fetch
from tests import world
from tests.calls import story
from tests.webhooks import scene
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def may_ask_here():
    http.configure(http.Policy(allow_loopback=True))
    yield
    http.configure(http.Policy())


def page(call):
    return world.browser(world.amina()).client.get(f"/calls/{call.id}").text


def asked(call, url, purpose="voice"):
    row = Fetch.objects.create(call=call, ticket="t1", url=url, purpose=purpose, params={"x": "1"})
    documents.fetch(str(row.id))
    row.refresh_from_db()
    return row


def final_report(call, url):
    return asked(call, url, purpose="final")


def test_a_document_is_shown_with_what_was_sent_and_what_came_back():
    call = story.answer(story.place(world.acme()))
    with CustomerServer(lambda post: MENU) as server:
        row = final_report(call, f"{server.url}/voice")
    assert row.sent["CallId"] == str(call.id)
    assert "Press 1 for sales" in row.answer
    shown = page(call)
    assert f"POST {server.url}/voice" in shown
    assert f"callerNumber={call.from_e164}" in shown
    assert "HTTP 200" in shown
    assert "Press 1 for sales" in shown


def test_a_refusal_is_shown_with_the_body_that_came_instead():
    call = story.answer(story.place(world.acme()))
    row = final_report(call, "http://127.0.0.1:1/voice")
    assert row.state == "failed"
    shown = page(call)
    assert "did not answer as it should" in shown
    assert "127.0.0.1:1/voice" in shown


def test_the_money_is_told_from_the_hold_to_the_charge():
    call = story.place(world.acme())
    first = call.paid_until_seconds
    call = story.answer(call, seconds_ago=first - 10)
    assert extending.extend_due() == 1
    call = story.fresh(call)
    (bought,) = call.slices
    assert bought[1:] == [first, call.paid_until_seconds]
    call = story.end(call, connected_ms=46_200)
    told = money_marks.marks(call)
    assert [mark.kind for mark in told] == ["money.held", "money.prolonged", "money.charged"]
    assert told[0].facts["held_minor"] == first * 5
    assert told[1].facts["held_minor"] == call.paid_until_seconds * 5
    assert told[2].facts["cost_minor"] == 235
    shown = page(call)
    for words in ("Money held", "Hold prolonged", "Charged", "KES 2.35"):
        assert words in shown


def test_a_call_that_nobody_answered_gives_its_hold_back():
    call = story.end(story.place(world.acme()), sip_code=486)
    assert [mark.kind for mark in money_marks.marks(call)] == ["money.held", "money.released"]


def test_deliveries_stand_on_the_same_line():
    acme = world.acme()
    scene.endpoint(acme, url="https://hooks.example/in")
    call = story.answer(story.place(acme))
    while scene.relay.sequence_batch():
        pass
    delivery = Delivery.objects.filter(event__call_id=call.id).order_by("id")[0]
    delivery.attempts.create(
        number=1, request_headers={}, response_status=503, response_body="no room", duration_ms=40
    )
    shown = page(call)
    assert "Delivery failed" in shown
    assert "no room" in shown
    assert f"/deliveries/{delivery.id}" in shown
    assert 'data-lane="webhooks"' in shown


def test_a_recording_is_drawn_on_the_axis_of_the_call():
    call = story.end(story.answer(story.place(world.acme()), seconds_ago=47), connected_ms=46_200)
    Recording.objects.create(
        workspace_id=call.workspace_id, mode="live", call=call, leg=story.leg(call), ticket="r1",
        source="verb", state="ready", waveform=[10, 90, 20], duration_ms=3000, ready_at=clock.now(),
    )  # fmt: skip
    assert 'class="wave"' in page(call)


def test_it_gives_the_lines_that_read_and_repeat_the_call_without_a_key():
    call = story.place(world.acme(), client_request_id="it's-mine")
    shown = page(call)
    assert "$SAUTIKIT_API_KEY" in shown
    assert "tsk_live_" not in shown
    assert "it&#x27;\\&#x27;&#x27;s-mine" in shown
    assert f"/webhooks/events?call={call.id}" in shown


def test_the_event_log_shows_the_events_of_one_call():
    acme = world.acme()
    one, other = story.place(acme), story.place(acme, [story.OTHER])
    while scene.relay.sequence_batch():
        pass
    client = world.browser(acme.owner).client
    shown = client.get(f"/webhooks/events?call={one.id}").text
    assert str(one.id) in shown
    assert str(other.id) not in shown
    assert client.get("/webhooks/events?call=nonsense").status_code == 200


def test_each_leg_says_what_sip_said():
    call = story.end(story.place(world.acme()), sip_code=486)
    assert ">486<" in page(call)


def test_a_long_story_costs_as_many_queries_as_a_short_one():
    call = story.answer(story.place(world.acme()))
    client, counts = world.browser(world.amina()).client, []
    for turn in range(2):
        client.get(f"/calls/{call.id}")
        with CaptureQueriesContext(connection) as asked_now:
            client.get(f"/calls/{call.id}")
        counts.append(len(asked_now))
        for number in range(30 * turn, 30 * turn + 30):
            console.services.note(call_id=call.id, kind="voice.say", payload={"text": str(number)})
            Fetch.objects.create(
                call=call, ticket=f"n{number}", url="https://a.example", purpose="voice"
            )
    assert counts[0] == counts[1] <= 24


def test_the_marks_keep_the_events_in_their_order():
    call = story.answer(story.place(world.acme()), seconds_ago=30)
    events = queries.events_of(call.id)
    rows = console.told(Call.objects.get(pk=call.pk), events, []).rows
    assert [row.number for row in rows if row.number.isdecimal()] == [str(e.number) for e in events]
