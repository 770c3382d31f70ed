"""Rooms by their rules: who starts them, who waits, who ends them, what is told; no engine needed."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection

from calls.services import place_call
from kernel import clock
from kernel.ids import uuid7
from telephony import conferences, notices, room_commands, room_queries, services, spreading
from telephony.errors import ConferenceNotFound, ParticipantNotFound
from telephony.interpreter.events import LeftRoom, Replaced
from telephony.interpreter.json_form import parse_json
from telephony.models import Command, Conference, Engine, Notice, Participant, Session
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


def foreign_call(where):
    number = world.claim(where, "+254200000009")
    world.fund(where, 10_000)
    return place_call(
        workspace_id=where.id, mode="live", from_e164=number.e164, to=["+254712345678"]
    )


def engine():
    """One more engine of this machine."""
    now = clock.now()
    return Engine.objects.create(host="here", pid=1, journal="", renewed_at=now, lease_until=now).id


def enter(name="r", where=None, on=None, **options):
    """A call that is answered and whose document leads into a room; returns who they are there."""
    call = story.place(world.acme()) if where is None else foreign_call(where)
    leg = story.leg(call)
    type(leg).objects.filter(pk=leg.pk).update(engine_id=on)
    story.answer(call)
    services.start_session(call_id=call.id, leg_id=leg.id)
    run(call, {"conference": {"name": name, **options}}, {"hangup": {}})
    return Participant.objects.get(call=call)


def run(call, *actions):
    document = parse_json(json.dumps({"actions": actions}).encode())
    services.tell(call_id=call.id, event=Replaced(document))


def leave(row, reason="hangup"):
    conferences.left(leg_id=row.leg_id, ticket=row.ticket, reason=reason)
    services.engine_event(leg_id=row.leg_id, event=LeftRoom(row.ticket, reason))


def state(*rows):
    return [Participant.objects.get(pk=row.pk).status for row in rows]


def told(url=None):
    rows = Notice.objects.order_by("created_at", "pk")
    return [row.fields["event"] for row in (rows.filter(url=url) if url else rows)]


def sent(row, kind="room_set"):
    rows = Command.objects.filter(leg_id=row.leg_id, kind=kind).order_by("pk")
    return [{k: v for k, v in it.body.items() if k != "leg"} for it in rows]


@pytest.fixture(autouse=True)
def generous(settings):
    settings.CALLS_PER_SECOND = settings.CONCURRENT_CALLS_MAX = 1_000_000


def test_a_room_starts_with_the_first_who_starts_it_and_those_before_wait_apart():
    hook = "https://acme.example/room"
    first = enter(startOnEnter=False, statusEventsCallbackUrl=hook)
    room = Conference.objects.get()
    assert (room.status, room.participants_max, state(first)) == ("waiting", 50, ["waiting"])
    assert sent(first, "room_join")[0] | {"id": 0, "room": 0} == {
        "id": 0, "room": 0, "muted": False, "apart": True, "beep": False, "path": None,
        "num_digits": None, "finish_on_key": "#",
    }  # fmt: skip
    second = enter()
    room.refresh_from_db()
    assert (room.status, state(first, second)) == ("running", ["talking", "talking"])
    assert room.started_at is not None
    assert sent(first)[-1] == sent(second)[-1] == {"apart": False}
    assert told(hook) == ["join", "start", "join"]
    last = Notice.objects.order_by("pk").last()
    assert last.fields["conference_name"] == "r"
    assert last.fields["caller"] == second.call.remote_e164
    assert (last.fields["participant_id"], last.fields["participants"]) == (str(second.id), "2")


def test_the_last_to_leave_ends_the_room_and_the_name_is_free_again():
    hook = "https://acme.example/room"
    row = enter(statusEventsCallbackUrl=hook, statusEvents="leave end")
    leave(row)
    room = Conference.objects.get()
    assert (room.status, told(hook)) == ("ended", ["leave", "end"])
    assert Notice.objects.order_by("pk").last().fields["participants"] == "0"
    assert enter().conference_id != room.id
    leave(row)
    assert told(hook) == ["leave", "end"]


def test_whoever_has_to_end_it_takes_all_out_and_they_go_on_with_their_documents():
    host, guest = enter(endOnExit=True), enter()
    queued = Session.objects.get(pk=guest.call_id)
    assert queued.state["waiting_for"] == guest.ticket
    leave(host)
    assert Conference.objects.get().status == "ending"
    assert sent(guest, "room_leave") == [{}]
    leave(guest, "stopped")
    assert Conference.objects.get().status == "ended"
    assert story.orders(guest.call)[-1][0] == "hangup"
    assert "conference.left" in story.kinds(guest.call)


def test_a_full_room_keeps_callers_waiting_in_the_order_they_came():
    first = enter(maxParticipants=2)
    second, third, fourth = enter(), enter(), enter(maxParticipants=9)
    assert state(first, second, third, fourth) == ["talking", "talking", "queued", "queued"]
    leave(first)
    assert state(second, third, fourth) == ["talking", "talking", "queued"]
    leave(third)
    assert state(second, fourth) == ["talking", "talking"]
    assert room_queries.room_as_json(Conference.objects.get())["participant_count"] == 2


def test_a_room_is_of_one_workspace_and_mode():
    mine, theirs = enter(), enter(where=world.chege())
    assert mine.conference_id != theirs.conference_id
    acme, chege = world.acme().id, world.chege().id
    assert room_queries.access_room(acme, "live", "r").id == mine.conference_id
    with pytest.raises(ConferenceNotFound):
        room_queries.access_room(acme, "live", str(theirs.conference_id))
    with pytest.raises(ConferenceNotFound):
        room_queries.access_room(chege, "test", "r")


def test_commands_mute_hold_kick_and_end_and_are_told():
    hook, done = "https://acme.example/room", "https://acme.example/done"
    row, other = enter(statusEventsCallbackUrl=hook), enter()
    room = Conference.objects.get()

    def command(name, participant="", **more):
        wish = room_commands.Wish(name, participant, **more)
        return room_commands.carry_out(room, wish, actor="user:amina")

    assert command("mute", str(row.id), callback_url=done) == [row]
    assert command("mute", row.call.session_id) == [row]
    command("unmute", str(row.call_id))
    command("hold", str(row.id))
    command("unhold", "all")
    assert [it for it in sent(row) if "muted" in it] == [{"muted": True}, {"muted": False}]
    assert [it["apart"] for it in sent(row) if "apart" in it] == [False, True, False]
    assert told(hook) == ["start", "join", "join", "mute", "unmute"]
    assert told(done) == ["mute"]
    command("kick", str(other.id))
    assert sent(other, "room_leave") == [{}]
    with pytest.raises(ParticipantNotFound):
        command("kick", str(uuid7()))
    command("end")
    assert Conference.objects.get().status == "ending"


def test_old_notices_are_forgotten_and_young_ones_stay():
    enter(statusEventsCallbackUrl="https://acme.example/room")
    Notice.objects.filter(fields__event="start").update(created_at=clock.now() - timedelta(days=3))
    assert notices.forget_old() == 1
    assert told() == ["join"]


def test_keys_are_posted_as_digits_collected():
    keys = "https://acme.example/keys"
    row = enter(collectDigits=True, numDigits=2, finishOnKey="*", digitsCallbackUrl=keys)
    asked = sent(row, "room_join")[0]
    assert (asked["num_digits"], asked["finish_on_key"]) == (2, "*")
    conferences.typed(leg_id=row.leg_id, ticket=row.ticket, digits="42")
    fields = Notice.objects.get(url=keys).fields
    assert (fields["event"], fields["digits"], fields["conference_name"]) == (
        "DigitsCollected",
        "42",
        "r",
    )
    assert "digits" in story.kinds(row.call)


def test_another_document_takes_a_caller_out_of_the_room_at_once():
    row = enter()
    run(row.call, {"conference": {"name": "other", "muted": True}})
    assert state(row) == ["left"]
    kinds = [kind for kind, _ in story.orders(row.call)]
    assert kinds[-5:] == ["room_leave", "unbridge", "stop", "room_join", "room_set"]
    leave(row, "stopped")
    (now,) = Participant.objects.filter(status="talking")
    assert (now.conference.name, now.is_muted) == ("other", True)


def test_flags_of_mod_conference_and_waiting_music_are_understood():
    row = enter(flags="mute|endconf|nomoh", startOnEnter=False)
    assert (row.is_muted, row.ends, row.has_music) == (True, True, False)
    assert not row.starts


def test_a_room_on_several_engines_is_linked_and_its_hub_moves():
    engines = [engine(), engine(), engine()]
    rows = [enter(on=each) for each in engines]
    room = Conference.objects.get()
    assert room.engine_id == engines[0]

    def ordered(kind):
        found = Command.objects.filter(kind=kind).order_by("pk")
        return [(row.engine_id, row.body.get("peer")) for row in found]

    hub, second, third = engines
    assert ordered("room_link") == [
        (hub, str(second)), (second, str(hub)), (hub, str(third)), (third, str(hub)),
    ]  # fmt: skip
    link = Command.objects.filter(kind="room_link").first()
    said = {"room": str(room.id), "peer": str(second), "host": "10.0.0.1", "port": 12_000}
    spreading.linked(
        room.id, peer_id=second, link_id=link.leg_id, host=said["host"], port=said["port"]
    )
    told = Command.objects.get(kind="room_link_to")
    assert (told.engine_id, told.leg_id, told.body["port"]) == (second, link.leg_id, 12_000)
    leave(rows[0])
    room.refresh_from_db()
    assert room.engine_id == second
    assert [engine for engine, _ in ordered("room_unlink")] == [hub, second, hub, third]
    assert ordered("room_link")[-2:] == [(second, str(third)), (third, str(second))]
    leave(rows[1])
    leave(rows[2])
    assert len(ordered("room_unlink")) > 4


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_at_once_share_the_last_place_fairly():
    enter(maxParticipants=2)
    calls = [story.place(world.acme()) for _ in range(2)]
    for call in calls:
        story.answer(call)
        services.start_session(call_id=call.id, leg_id=story.leg(call).id)
    barrier = threading.Barrier(2)

    def go(call):
        barrier.wait()
        try:
            run(call, {"conference": {"name": "r"}})
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sorted(Participant.objects.filter(call__in=calls).values_list("status", flat=True))
    assert found == ["queued", "talking"]
    assert Conference.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_an_empty_name_at_once_meet_in_one_room():
    calls = [story.place(world.acme()) for _ in range(2)]
    for call in calls:
        story.answer(call)
        services.start_session(call_id=call.id, leg_id=story.leg(call).id)
    barrier = threading.Barrier(2)

    def go(call):
        barrier.wait()
        try:
            run(call, {"conference": {"name": "new"}})
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Conference.objects.get().participants.filter(status="talking").count() == 2
