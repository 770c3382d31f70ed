"""The calls' pages: the list, one call second by second, the hang-up."""

from datetime import timedelta

import pytest

from calls import lanes, services
from calls.models import CallEvent
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


def browser(user=None):
    return world.browser(user or world.amina()).client


def talked():
    """A call of 47 s in which something was said and a key was pressed."""
    call = story.answer(story.place(world.acme()), seconds_ago=47)
    services.note(call_id=call.id, kind="voice.say", payload={"text": "Karibu <b>"})
    services.note(call_id=call.id, kind="digits", payload={"digits": "1", "reason": "full"})
    return story.end(call, connected_ms=46_200)


def test_an_empty_list_teaches_with_one_line_of_code():
    assert "/v1/calls" in browser().get("/calls").text


def test_the_list_shows_state_duration_and_cost():
    talked()
    page = browser().get("/calls").text
    assert "Completed" in page
    assert "0:47" in page
    assert "KES\xa02.35" in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("status=completed", True),
        ("status=failed", False),
        ("status=live", False),
        ("direction=outbound", True),
        ("direction=inbound", False),
        ("q=0712345678", True),
        ("q=0712 345", True),
        ("q=999999", False),
    ],
)
def test_the_filters_are_in_the_address(query, is_found):
    talked()
    page = browser().get(f"/calls?{query}").text
    assert ("row-link" in page) is is_found
    assert ("No call matches" in page) is not is_found


def test_a_spoilt_cursor_leads_to_the_first_page():
    assert browser().get("/calls?cursor=nonsense").url == "/calls"


def test_older_calls_are_one_press_away(settings):
    settings.CALLS_PER_SECOND = 100
    acme = world.acme()
    for _ in range(26):
        story.end(story.place(acme), sip_code=486)
    first = browser().get("/calls?limit=25").text
    assert first.count("row-link") == 25
    assert 'rel="next"' in first


def test_a_call_is_told_in_order_with_its_wire_form():
    call = talked()
    page = browser().get(f"/calls/{call.id}").text
    places = [page.index(words) for words in ("Started", "Answered", "Karibu", "Keys pressed")]
    assert places == sorted(places)
    assert "Karibu &lt;b&gt;" in page
    assert "47 s × KES 3.00 a minute ÷ 60, rounded up to a cent" in page
    assert "KES\xa02.35" in page
    assert "rate_per_minute_minor" in page
    assert f"/v1/calls/{call.id}" in page


def test_the_session_id_opens_the_same_page():
    call = talked()
    assert browser().get(f"/calls/{call.session_id}").status_code == 200


def test_a_running_call_counts_and_can_be_hung_up():
    call = story.answer(story.place(world.acme()))
    client = browser()
    page = client.get(f"/calls/{call.id}").text
    assert 'data-rate="300"' in page
    assert "data-hot" in page
    answer = client.post(f"/calls/{call.id}/hang-up")
    assert answer.url == f"/calls/{call.id}"
    assert CallEvent.objects.filter(call=call, kind="call.hangup_requested").exists()


def test_a_call_that_is_over_has_no_hang_up():
    call = talked()
    page = browser().get(f"/calls/{call.id}").text
    assert "hang-up" not in page
    assert "data-hot" not in page


def test_chege_cannot_see_or_end_a_call_of_acme():
    call = story.answer(story.place(world.acme()))
    stranger = browser(world.chege().owner)
    assert stranger.get(f"/calls/{call.id}").status_code == 404
    assert stranger.post(f"/calls/{call.id}/hang-up").status_code == 404


def test_a_viewer_cannot_end_a_call():
    acme = world.acme()
    call = story.answer(story.place(acme))
    viewer = browser(world.join(acme, world.person("vera@acme.example"), "viewer"))
    assert "hang-up" not in viewer.get(f"/calls/{call.id}").text
    assert viewer.post(f"/calls/{call.id}/hang-up").status_code == 403


def test_marks_stand_in_their_lanes_from_left_to_right():
    call = talked()
    drawing = lanes.draw(call, list(call.events.all()))
    assert [row.lane for row in drawing.rows][-3:] == ["voice", "digits", "network"]
    assert all(lanes.LEFT <= row.x <= lanes.WIDTH for row in drawing.rows)
    assert drawing.ticks[0][1] == "0 s"
    assert len(drawing.ticks) <= lanes.TICKS_MAX + 1


def test_every_length_of_call_has_readable_ticks():
    call = talked()
    for seconds in (1, 59, 600, 14_400):
        call.ended_at = call.started_at + timedelta(seconds=seconds)
        assert 1 < len(lanes.draw(call, []).ticks) <= lanes.TICKS_MAX + 1
