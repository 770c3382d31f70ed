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
