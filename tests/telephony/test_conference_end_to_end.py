"""Rooms and supervisors for real: gateway, engine and SIPp; sound measured, each call billed alone."""

import io
import wave

import numpy as np
import pytest
from django.test import Client

from calls.models import Call, Recording
from calls.queries import recording_url
from calls.services import stop_calls
from kernel.money import call_cost
from telephony import room_commands
from telephony.models import Conference, Participant, Supervision
from tests import world
from tests.calls import story
from tests.telephony.engine.child import read_tap, tone_share, write_speech, write_tone
from tests.telephony.exchange import Voice, final, say, wait_for, xml
from tests.wallet.books import assert_books_are_right

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folders(settings, exchange, tmp_path):
    """The worker of the tests and the engine share a folder, as on one machine."""
    settings.VAR_DIR = exchange.folder
    settings.CALLS_PER_SECOND = 1000
    backend = "django.core.files.storage.FileSystemStorage"
    kept = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "kept"}}
    settings.STORAGES = {**settings.STORAGES, "recordings": kept}


def far_end(exchange, hertz, scenario="speak", **options):
    """Somebody who says one tone, on a trunk of their own; returns their number."""
    exchange.renew()
    path = exchange.folder / f"{hertz}.al"
    exchange.peer(scenario, speech=write_speech(path, (hertz, 15)), stay_ms=3_000, **options)
    return exchange.friend


def place(voice, to, page):
    return story.place(world.acme(), to=[to], voice_callback_url=f"{voice.url}/{page}")


def over(exchange, *found):
    return [final(call, story=exchange.log.read_text) for call in found]


def seats(exchange, *statuses):
    """Wait until those who are in a room have these states."""

    def found():
        rows = Participant.objects.exclude(status="left").order_by("joined_at")
        return [row.status for row in rows] == list(statuses)

    wait_for(found, seconds=15, story=exchange.log.read_text)


def seconds_of(exchange, call, hertz):
    """For how long a far end was sent a tone; some of the sound may be others'."""
    call = story.fresh(call)
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    parts = [sent[at : at + 400] for at in range(0, len(sent) - 400, 400)]
    return sum(tone_share(part, hertz) > 0.15 for part in parts if np.abs(part).max() > 300) / 20


def assert_each_is_billed(*found):
    for call in found:
        rate = call.rate_minor_per_minute
        assert call.cost_minor == call_cost(call.duration_seconds or 0, rate)
    money = story.money(world.acme())
    assert money.held_minor == 0
    assert_books_are_right()


def test_three_meet_wait_with_music_are_told_recorded_and_billed(exchange):
    write_tone(exchange.folder / "hold.wav", hertz=400, seconds=0.3)
    music = (200, "audio/wav", (exchange.folder / "hold.wav").read_bytes())
    room = {"name": "r", "statusEventsCallbackUrl": "/told"}
    waits = {**room, "startOnEnter": False, "waitUrl": "/hold.wav", "record": True}
    ends = """<Response><Dial><Conference endConferenceOnExit="true" beep="false"
        statusCallback="/told">r</Conference></Dial></Response>"""
    with Voice(
        waits=[say({"conference": waits})],
        joins=[say({"conference": room})],
        ends=[xml(ends)],
        told=[(200, "text/plain", b"")],
        **{"hold.wav": [music]},
    ) as voice:
        first = place(voice, far_end(exchange, 600), "waits")
        seats(exchange, "waiting")
        wait_for(lambda: "/hold.wav" in voice.paths(), seconds=10)
        second = place(voice, far_end(exchange, 900), "joins")
        seats(exchange, "talking", "talking")
        third = place(voice, far_end(exchange, 1500, "speak_leave"), "ends")
        first, second, third = over(exchange, first, second, third)
        wait_for(lambda: len([1 for path, *_ in voice.asked if path == "/told"]) == 8, seconds=15)
        notices = sorted(
            (form for path, form, *_ in voice.asked if path == "/told"),
            key=lambda form: int(form["sequence"]),
        )
    assert [form["event"] for form in notices] == [
        "join", "start", "join", "join", "leave", "leave", "leave", "end",
    ]  # fmt: skip
    assert notices[1]["conference_name"] == "r"
    assert notices[-1]["participants"] == "0"
    for call, own, others in ((first, 600, (900, 1500)), (second, 900, (600, 1500))):
        assert seconds_of(exchange, call, own) < 0.2
        assert min(seconds_of(exchange, call, hertz) for hertz in others) > 1.5
    assert seconds_of(exchange, third, 1500) < 0.2
    assert seconds_of(exchange, first, 400) > 0.2
    assert_each_is_billed(first, second, third)
    assert story.announced(first)[-1] in ("call.completed", "recording.ready")
    recording = wait_for(Recording.objects.filter(call=first, state="ready").first)
    assert (recording.source, recording.channels) == ("conference", 1)
    link = "/recordings/" + voice_link(recording)
    with wave.open(io.BytesIO(b"".join(Client().get(link).streaming_content))) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    parts = [samples[at : at + 800] for at in range(0, len(samples) - 800, 800)]
    for hertz in (600, 900, 1500):
        assert sum(tone_share(part, hertz) > 0.15 for part in parts) >= 10, hertz


def voice_link(recording):
    return recording_url(recording).rpartition("/")[2]


def test_commands_reach_the_engine_and_the_kill_switch_empties_the_room(exchange):
    write_tone(exchange.folder / "news.wav", hertz=400, seconds=0.5)
    news = (200, "audio/wav", (exchange.folder / "news.wav").read_bytes())
    with Voice(voice=[say({"conference": {"name": "r"}})], **{"news.wav": [news]}) as voice:
        first = place(voice, far_end(exchange, 600), "voice")
        second = place(voice, far_end(exchange, 900), "voice")
        seats(exchange, "talking", "talking")
        room = Conference.objects.get()
        muted = Participant.objects.get(call=second)
        wish = room_commands.Wish("mute", str(muted.id))
        room_commands.carry_out(room, wish, actor="user:amina")
        heard_until_now = wait_for(lambda: read_taps(exchange, first), seconds=5)
        wish = room_commands.Wish("play", url=f"{voice.url}/news.wav")
        room_commands.carry_out(room, wish, actor="user:amina")
        wait_for(lambda: "/news.wav" in voice.paths(), seconds=10)
        wait_for(lambda: read_taps(exchange, first) > heard_until_now + 12_000, seconds=10)
        stop_calls(workspace_id=world.acme().id, reason="a test", actor="operator:o")
        first, second = over(exchange, first, second)
    wait_for(lambda: Conference.objects.get().status == "ended", seconds=10)
    assert seconds_of(exchange, first, 400) > 0.2
    assert seconds_of(exchange, second, 400) > 0.2
    assert seconds_of(exchange, second, 600) > 1
    assert seconds_of(exchange, first, 900) < seconds_of(exchange, second, 600) - 0.7
    assert_each_is_billed(first, second)


def read_taps(exchange, call):
    """How many samples a far end was sent so far."""
    path = exchange.folder / "taps" / f"{story.fresh(call).winner_id}.wav"
    return len(read_tap(path)[1]) if path.exists() else 0


def test_actions_cut_a_prompt_short_and_a_supervisor_hears_whispers_and_barges(exchange):
    agent = far_end(exchange, 900)
    lead = far_end(exchange, 1500)
    caller = far_end(exchange, 600)
    with Voice(voice=[say({"pause": {"length": 60}})]) as voice:
        call = place(voice, caller, "voice")
        api = world.api(world.acme())
        wait_for(lambda: "voice.fetched" in story.kinds(call), seconds=15)
        wait_for(lambda: "play" in [kind for kind, _ in story.orders(call)], seconds=15)
        reply = api.post(f"/v1/calls/{call.id}/actions", {"actions": [{"dial": {"number": agent}}]})
        assert reply.status_code == 200
        wait_for(lambda: Call.objects.filter(parent=call, status="answered").exists(), seconds=20)
        other = Call.objects.get(parent=call)
        wait_for(lambda: "bridge" in [kind for kind, _ in story.orders(call)], seconds=10)
        body = {"mode": "listen", "supervisor": {"type": "phone", "number": lead}}
        address = f"/v1/calls/{call.id}/supervision"
        assert api.post(address, body).status_code == 201
        wait_for(lambda: Supervision.objects.get().state == "connected", seconds=20)
        theirs = Supervision.objects.get().supervisor_call
        spent(exchange, call)
        assert api.patch(address, {"mode": "whisper"}).json()["mode"] == "whisper"
        spent(exchange, call)
        assert api.patch(address, {"mode": "barge"}).json()["mode"] == "barge"
        spent(exchange, call)
        api.post(f"/v1/calls/{call.id}/hangup")
        call, other, theirs = over(exchange, call, other, theirs)
    assert Supervision.objects.get().state == "ended"
    assert 0.6 < seconds_of(exchange, call, 1500) < seconds_of(exchange, other, 1500) - 0.6
    assert seconds_of(exchange, theirs, 600) > 1.5
    assert seconds_of(exchange, theirs, 900) > 1.5
    assert seconds_of(exchange, theirs, 1500) < 0.2
    assert_each_is_billed(call, other, theirs)
    rows = api.get("/v1/wallet/statements?kind=supervision").json()["data"]
    assert [row["call_id"] for row in rows] == [str(theirs.id)]


def spent(exchange, call):
    """Let a second of sound pass."""
    until = read_taps(exchange, call) + 8_000
    wait_for(lambda: read_taps(exchange, call) >= until, seconds=10)
