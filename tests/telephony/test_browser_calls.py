"""A browser phone calls and is called: real engine, SIPp at the other end, sound measured."""

import pytest

from calls.models import Call
from numbers import services as numbers
from telephony import clients, inside
from tests import world
from tests.calls import story
from tests.telephony.browsers import Browser, browser_process
from tests.telephony.engine.child import free_port, loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import Exchange, Voice, final, say, wait_for
from tests.wallet.books import assert_books_are_right

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser-calls"),
]


@pytest.fixture(scope="module")
def shared_exchange(django_db_setup, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exchange")
    with Exchange(folder, WEBRTC_SIP_PORT=str(free_port())) as running:
        yield running


@pytest.fixture(scope="module")
def door(shared_exchange, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    with browser_process(shared_exchange, folder) as socket_path:
        yield socket_path


@pytest.fixture
def browsers(door):
    """Make a browser of Acme under a client name."""
    made = []

    def make(name="alice", hertz=0):
        where = world.acme()
        url = f"http://webrtc/lines/{inside.address_of(where.id, 'live', name)}"
        made.append(Browser(url, hertz, socket_path=door))
        return made[-1]

    yield make
    for each in made:
        each.close()


def client(name="alice", **changes):
    grant = clients.issue_token(number=world.claim(world.acme()), name=name, **changes)
    return clients.recognise(grant["token"])


def place(browser, to, *, of=None, name="c1"):
    """What `live` does for a browser that calls."""
    leg, engine = clients.place_client_call(of or client(), to=to)
    browser.tell(
        "call",
        id=name,
        leg=str(leg.id),
        sdp=browser.offer(name),
        engine=["127.0.0.1", engine.sip_port],
        **{"from": leg.call.caller_id},
    )
    return Call.objects.get(pk=leg.call_id)


def middle(samples, seconds=0.5):
    """The middle of what was heard, without the beginning and the end."""
    sound = loud(samples)
    at = len(sound) // 2
    half = int(seconds * 4000)
    return sound[at - half : at + half]


def test_a_browser_calls_a_person_both_hear_each_other_and_one_is_billed(exchange, browsers):
    world.fund(world.acme(), 10_000)
    path = exchange.folder / "900.al"
    exchange.peer("speak_leave", speech=write_speech(path, (900, 15)), stay_ms=2_500)
    browser = browsers(hertz=600)
    of = client()
    before = story.money(world.acme()).balance_minor
    call = place(browser, exchange.friend, of=of)
    browser.wait("ringing", exchange.log.read_text)
    browser.wait("answered", exchange.log.read_text)
    assert browser.wait("ended")["reason"] == "hangup"
    other = final(Call.objects.get(parent=call))
    call = final(call)
    assert (call.status, call.cost_minor, call.client) == ("completed", 0, "client:alice")
    assert (other.status, other.cost_minor > 0) == ("completed", True)
    assert (call.from_e164, call.to_e164) == (world.FIRST_NUMBER, exchange.friend)
    assert story.money(world.acme()).balance_minor == before - other.cost_minor
    assert_books_are_right()
    assert tone_share(middle(browser.sound()), 900) > 0.95
    _heard, sent = read_tap(exchange.folder / "taps" / f"{other.winner_id}.wav")
    assert tone_share(middle(sent), 600) > 0.95


def test_a_caller_of_a_number_reaches_the_browser_it_names(exchange, browsers):
    number = world.claim(world.acme())
    numbers.route_number(number, changes={"ring_client": "alice"})
    browser, twin = browsers(hertz=700), browsers(hertz=1100)
    exchange.caller("call_wait", number.e164)
    rung = browser.wait("incoming", exchange.log.read_text)
    assert rung["from"] == "+254712345678"
    twin.wait("incoming")
    browser.tell("accept", id=rung["id"], sdp=browser.offer(rung["id"]))
    browser.wait("answered")
    assert twin.wait("ended")["reason"] == "answered_elsewhere"
    wait_for(lambda: len(browser.heard) > 100)
    browser.tell("digits", id=rung["id"], digits="7")
    browser.tell("hangup", id=rung["id"])
    call = final(Call.objects.get(parent=None))
    other = final(Call.objects.get(parent=call))
    assert (call.direction, call.status, other.client) == ("inbound", "completed", "client:alice")
    assert (call.cost_minor, other.cost_minor) == (0, 0)
    _heard, sent = read_tap(exchange.folder / "taps" / f"{call.winner_id}.wav")
    assert tone_share(middle(sent), 700) > 0.95


def test_a_browser_that_declines_and_one_that_is_not_there(exchange, browsers):
    number = world.claim(world.acme())
    numbers.route_number(number, changes={"ring_client": "alice"})
    browser = browsers()
    exchange.caller("call_wait", number.e164)
    rung = browser.wait("incoming", exchange.log.read_text)
    browser.tell("reject", id=rung["id"])
    declined = final(Call.objects.get(parent=None))
    assert (declined.status, final(Call.objects.get(parent=declined)).status) == ("busy", "busy")


def test_a_document_dials_a_client_and_reads_that_nobody_is_there(exchange, door):
    world.fund(world.acme(), 10_000)
    exchange.peer("speak", speech=write_speech(exchange.folder / "610.al", (610, 15)))
    dial = {"client": "nobody", "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=[say({"hangup": {}})]) as voice:
        call = story.place(
            world.acme(), to=[exchange.friend], voice_callback_url=f"{voice.url}/voice"
        )
        final(call, story=exchange.log.read_text)
        form = next(form for path, form, *_ in voice.asked if path == "/after")
    assert (form["dialCallStatus"], form["dialDestinationNumber"]) == ("no-answer", "client:nobody")


def test_the_voice_url_of_a_product_is_told_what_its_browser_dialled(exchange, browsers):
    world.fund(world.acme(), 10_000)
    with Voice(voice=[say({"reject": {"reason": "busy"}})]) as voice:
        numbers.route_number(
            world.claim(world.acme()), changes={"voice_callback_url": f"{voice.url}/voice"}
        )
        browser = browsers()
        call = place(browser, "+254712345678")
        assert browser.wait("ended", exchange.log.read_text)["reason"] == "busy"
        call = final(call)
        first = voice.asked[0][1]
    assert call.status == "busy"
    assert (first["callerNumber"], first["clientDialedNumber"]) == (
        world.FIRST_NUMBER,
        "+254712345678",
    )


def test_a_busy_far_end_is_what_the_browser_is_told(exchange, browsers):
    world.fund(world.acme(), 10_000)
    exchange.peer("refuse", code="486 Busy Here")
    browser = browsers()
    call = place(browser, exchange.friend)
    assert browser.wait("ended", exchange.log.read_text)["reason"] == "busy"
    assert final(call).status == "busy"
    assert story.money(world.acme()).held_minor == 0


def test_an_offer_that_cannot_be_used_ends_the_call(exchange, browsers):
    world.fund(world.acme(), 10_000)
    of = client()
    leg, engine = clients.place_client_call(of, to=exchange.friend)
    browser = browsers()
    order = {"id": "c1", "leg": str(leg.id), "engine": ["127.0.0.1", engine.sip_port]}
    browser.tell(
        "call", **order, sdp="v=0\r\nm=video 9 RTP/AVP 96\r\n", **{"from": "+254200000000"}
    )
    ended = browser.wait("ended")
    assert (ended["reason"], "audio" in ended["message"]) == ("failed", True)


def test_a_supervisor_in_a_browser_whispers_to_one_side_only(exchange, browsers):
    """The agent hears the supervisor, the caller does not, and the supervisor hears both."""
    acme = world.acme()
    world.fund(acme, 10_000)
    numbers_of = {}
    for hertz in (600, 900):
        exchange.renew()
        path = exchange.folder / f"{hertz}.al"
        exchange.peer("speak", speech=write_speech(path, (hertz, 20)))
        numbers_of[hertz] = exchange.friend
    boss = browsers("boss", hertz=1500)
    dial = {"number": numbers_of[900], "action": "/after"}
    with Voice(voice=[say({"dial": dial})], after=[say({"hangup": {}})]) as voice:
        call = story.place(acme, to=[numbers_of[600]], voice_callback_url=f"{voice.url}/voice")
        talking = Call.objects.filter(parent=call, status="answered", purpose="")
        wait_for(talking.exists, seconds=30, story=exchange.log.read_text)
        other = talking.get()
        api = world.api(acme)
        body = {"mode": "whisper", "supervisor": {"type": "client", "identity": "boss"}}
        reply = api.post(f"/v1/calls/{call.id}/supervision", body)
        assert reply.status_code == 201, reply.json()
        answer(boss, exchange)
        wait_for(lambda: len(boss.heard) > 150, seconds=20)
        api.post(f"/v1/calls/{call.id}/hangup")
        call, other = final(call), final(other)
    theirs = final(Call.objects.get(client="client:boss"))
    assert (theirs.purpose, theirs.status, theirs.cost_minor > 0) == (
        "supervision",
        "completed",
        True,
    )
    sent = {
        it.id: loud(read_tap(exchange.folder / "taps" / f"{it.winner_id}.wav")[1])
        for it in (call, other)
    }
    assert share_of(sent[other.id], 1500) > 0.2
    assert share_of(sent[call.id], 1500) < 0.005
    heard = middle(boss.sound()).astype(float)
    assert tone_share(heard, 600) > 0.3
    assert tone_share(heard, 900) > 0.3
    assert tone_share(heard, 1500) < 0.005
    assert_books_are_right()


def share_of(sound, hertz):
    """The share of a tone in the last second but one of what was sent."""
    return tone_share(sound[-16_000:-8_000], hertz)


def test_an_agent_in_a_browser_is_told_of_the_supervisor_unless_nobody_wants_that(
    exchange, browsers
):
    acme = world.acme()
    world.fund(acme, 10_000)
    exchange.renew()
    exchange.peer("speak", speech=write_speech(exchange.folder / "620.al", (620, 25)))
    alice, boss = browsers("alice"), browsers("boss", hertz=1500)
    with Voice(voice=[say({"dial": {"client": "alice", "action": "/after"}})]) as voice:
        call = story.place(acme, to=[exchange.friend], voice_callback_url=f"{voice.url}/voice")
        answer(alice, exchange)
        talking = Call.objects.filter(parent=call, status="answered", purpose="")
        wait_for(talking.exists, seconds=30, story=exchange.log.read_text)
        address = f"/v1/calls/{call.id}/supervision"
        api = world.api(acme)
        for is_told in (True, False):
            body = {"mode": "listen", "supervisor": {"type": "client", "identity": "boss"}}
            body |= {"notify_agent": is_told}
            wait_for(lambda body=body: api.post(address, body).status_code == 201)
            boss.messages.clear()
            answer(boss, exchange)
            if is_told:
                assert alice.wait("supervised")["mode"] == "listen"
                alice.messages.clear()
                assert api.patch(address, {"mode": "whisper"}).status_code == 200
                assert alice.wait("supervised")["mode"] == "whisper"
                alice.messages.clear()
            wait_for(lambda: api.get(address).json()["supervision"]["state"] == "connected")
            assert api.delete(address).status_code == 204
            assert boss.wait("ended")
            if is_told:
                assert alice.wait("supervised")["mode"] == "none"
                alice.messages.clear()
        assert not [it for it in alice.messages if it["type"] == "supervised"]
        api.post(f"/v1/calls/{call.id}/hangup")
        final(call)


def answer(browser, exchange):
    """Take the call that rings a browser."""
    rung = browser.wait("incoming", exchange.log.read_text)
    browser.tell("accept", id=rung["id"], sdp=browser.offer(rung["id"]))
    browser.wait("answered", exchange.log.read_text)
