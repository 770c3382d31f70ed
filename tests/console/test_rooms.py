"""The pages of rooms and of taking part in a call."""

import json

import pytest

from telephony import services
from telephony.interpreter.events import Replaced
from telephony.interpreter.json_form import parse_json
from telephony.models import Command, Conference, Participant, Supervision
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


def browser(user=None):
    return world.browser(user or world.amina()).client


def talking(*actions):
    call = story.place(world.acme())
    story.answer(call)
    services.start_session(call_id=call.id, leg_id=story.leg(call).id)
    document = parse_json(json.dumps({"actions": actions}).encode())
    services.tell(call_id=call.id, event=Replaced(document))
    return story.fresh(call)


def test_no_room_teaches_how_to_open_one():
    page = browser().get("/conferences").text
    assert "Nobody is in a room now." in page
    assert "support-4711" in page


def test_a_room_shows_who_is_there_and_its_buttons_work():
    call = talking({"conference": {"name": "daily"}})
    row = Participant.objects.get(call=call)
    page = browser().get("/conferences").text
    assert "daily" in page
    assert "Talking" in page
    room = Conference.objects.get()
    form = {"command": "mute", "participant": str(row.id)}
    answer = browser().post(f"/conferences/{room.id}/act", form)
    assert answer.url == "/conferences"
    row.refresh_from_db()
    assert row.is_muted
    assert "Muted" in browser().get("/conferences").text
    browser().post(f"/conferences/{room.id}/act", {"command": "end"})
    assert Command.objects.filter(kind="room_leave").exists()
    wrong = browser().post(f"/conferences/{room.id}/act", {"command": "dance"}, follow=True)
    assert wrong.status_code == 200


def test_a_viewer_sees_rooms_and_no_buttons():
    talking({"conference": {"name": "daily"}})
    viewer = world.person("wambui@acme.example")
    world.join(world.acme(), viewer, "viewer")
    page = browser(viewer).get("/conferences").text
    assert "daily" in page
    assert 'value="mute"' not in page
    room = Conference.objects.get()
    assert browser(viewer).post(f"/conferences/{room.id}/act", {}).status_code == 403


def test_another_workspace_sees_neither_room_nor_call():
    call = talking({"conference": {"name": "daily"}})
    stranger = browser(world.chege().owner)
    assert "daily" not in stranger.get("/conferences").text
    assert stranger.get(f"/calls/{call.id}/control").status_code == 404


def test_actions_are_sent_from_the_page_and_a_wrong_document_is_explained():
    call = talking({"pause": {"length": 5}})
    client = browser()
    assert f"/calls/{call.id}/control" in client.get(f"/calls/{call.id}").text
    wrong = client.post(
        f"/calls/{call.id}/control/send", {"document": '{"actions": [{"say": {}}]}'}
    )
    assert wrong.status_code == 400
    assert "actions[0].say" in wrong.text
    right = client.post(
        f"/calls/{call.id}/control/send", {"document": "<Response><Hangup/></Response>"}
    )
    assert right.url == f"/calls/{call.id}"
    assert story.orders(call)[-1][0] == "hangup"


def test_a_supervisor_is_called_switched_and_ended_from_the_page():
    call = talking({"pause": {"length": 5}})
    client = browser()
    form = {"number": "0733 000001", "mode": "listen", "announce": "none", "label": "Lead"}
    address = f"/calls/{call.id}/control/supervise"
    assert client.post(address, form).url == f"/calls/{call.id}/control"
    row = Supervision.objects.get()
    assert (row.number, row.label) == ("+254733000001", "Lead")
    assert "Ringing" in client.get(f"/calls/{call.id}/control").text
    late = client.post(address, {"do": "barge"}, follow=True).text
    assert "has not answered yet" in late
    client.post(address, {"do": "end"})
    assert story.orders(row.supervisor_call)[-1][0] == "hangup"
    assert "telephone" not in client.post(address, {"number": "x"}).text
