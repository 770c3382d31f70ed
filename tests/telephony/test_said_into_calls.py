"""What we say into rooms and to supervised calls, and whose ear a whisper is for."""

import pytest

from calls import services as calls
from telephony import room_commands, supervising, warning
from telephony.gateway.apply import close_document
from telephony.models import Announcement, Command, Conference, Session, Supervision
from tests import world
from tests.calls import story
from tests.telephony.test_conferences import enter
from tests.telephony.test_supervision import LEAD, ask, comes, talking
from tests.telephony.tts.conftest import speech_process

__all__ = ["speech_process"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def generous(settings):
    settings.CALLS_PER_SECOND = settings.CONCURRENT_CALLS_MAX = 1_000_000


def dialled_for(caller):
    """Somebody a caller was joined with."""
    other = calls.dial_call(parent=caller, to_e164=LEAD, caller_id="", ring_timeout_seconds=30)
    session = Session.objects.get(pk=caller.pk)
    session.dial = {
        "id": "dial-9", "waiting": [], "is_sequential": False, "record": False, "last": {},
        "calls": [str(other.id)], "winner": str(other.id),
    }  # fmt: skip
    session.save()
    return story.answer(other)


def overlaid():
    return set(Command.objects.filter(kind="overlay").values_list("leg_id", flat=True))


@pytest.mark.parametrize("announce", ["agent", "both"])
def test_a_supervisor_is_announced_to_whom_it_was_asked(speech_process, announce):
    caller = talking()
    other = dialled_for(caller)
    ask(world.api(world.acme()), caller, announce=announce)
    row = Supervision.objects.get()
    comes(row)
    warning.announce_supervisor(row.id)
    both = {caller.winner_id, other.winner_id}
    assert overlaid() == (both if announce == "both" else {other.winner_id})
    (files,) = {tuple(it.body["files"]) for it in Command.objects.filter(kind="overlay")}
    assert files[0].endswith(".wav")


def test_a_text_is_said_to_a_room_or_to_one_in_it(speech_process):
    row, _other = enter(), enter()
    room = Conference.objects.get()
    wishes = [
        room_commands.Wish("say", text="Habari zenu.", language="sw-KE"),
        room_commands.Wish("say", str(row.id), text="You are next."),
    ]
    for wish in wishes:
        room_commands.carry_out(room, wish, actor="user:amina")
    for each in Announcement.objects.all():
        room_commands.announce(each.id)
        room_commands.announce(each.id)
    (whole,) = Command.objects.filter(kind="room_play")
    assert whole.body["room"] == str(room.id)
    assert overlaid() == {row.leg_id}


def test_the_ear_of_a_whisper_is_the_agents():
    caller = talking()
    assert supervising.agent_leg(caller) == caller.winner_id
    other = dialled_for(caller)
    assert supervising.agent_leg(caller) == other.winner_id
    assert supervising.agent_leg(other) == other.winner_id
    caller.client = "client:amina"
    assert supervising.agent_leg(caller) == caller.winner_id


def test_a_supervisor_stays_with_the_call_when_its_agent_leaves():
    caller = talking()
    other = dialled_for(caller)
    ask(world.api(world.acme()), caller)
    row = Supervision.objects.get()
    comes(row)
    story.end(other, connected_ms=3_000)
    close_document(story.leg(other).id, story.fresh(other))
    row.refresh_from_db()
    assert (row.state, row.agent_leg_id) == ("connected", caller.winner_id)
    last = story.orders(row.supervisor_call)[-1]
    assert (last[0], last[1]["other"]) == ("supervise", str(caller.winner_id))
