"""A browser phone calls and is called: real engine, SIPp at the other end, sound measured."""

import pytest

from calls.models import Call
from telephony import clients, inside
from tests import world
from tests.calls import story
from tests.telephony.browsers import Browser, browser_process
from tests.telephony.engine.child import free_port, loud, read_tap, tone_share, write_speech
from tests.telephony.exchange import Exchange, final
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
