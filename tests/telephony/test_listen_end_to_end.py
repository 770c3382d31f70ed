"""Calls answered by a laptop: the real engine, SIPp, the live process, the command line."""

import os
import signal
import sys

import pytest

from tests import world
from tests.calls import story
from tests.telephony.exchange import Voice, final, say, wait_for
from tests.webhooks.laptop import PACKAGE, Laptop, live_process
from webhooks.models import Relayed

pytestmark = pytest.mark.django_db(transaction=True)
BYE = say({"hangup": {}})
QUIET = say({"pause": {"length": 1}}, {"redirect": {"url": "/next?step=2"}})


@pytest.fixture(scope="module")
def live(django_db_setup):
    with live_process() as url:
        yield url


@pytest.fixture
def acme():
    return world.acme()


@pytest.fixture
def listen(live, live_server, settings, acme):
    """Start `sautikit listen --voice` of a server, with Acme's key, and wait until it listens."""
    settings.LIVE_URL = live
    key = world.api_key(acme)
    open_ones = []

    def start(url, *arguments):
        laptop = Laptop(live_server.url, key, "listen", "--voice", url, *arguments)
        open_ones.append(laptop)
        laptop.listening()
        return laptop

    yield start
    for laptop in open_ones:
        laptop.stop()


def place(exchange, acme, **options):
    exchange.peer("answer")
    return story.place(acme, to=[exchange.friend], **options)


def verified(secret, headers, body):
    """Check a signature with the package itself, as a customer would."""
    sys.path.insert(0, str(PACKAGE))
    try:
        from sautikit import verify_signature
    finally:
        sys.path.remove(str(PACKAGE))
    verify_signature(body, headers["X-Sautikit-Signature"], secret)
    return True


def test_a_call_is_answered_from_the_laptop_alone(exchange, listen, acme):
    with Voice(voice=[BYE]) as real, Voice(answer=[QUIET], next=[BYE]) as local:
        laptop = listen(f"{local.url}/answer?me=1")
        secret = laptop.lines[0]["listening"]["secret"]
        call = place(
            exchange, acme, voice_callback_url=f"{real.url}/voice", client_request_id="order-7"
        )
        call = final(call, story=exchange.log.read_text)
        wait_for(lambda: len(local.asked) == 3)
        lines = laptop.relayed(3)

    assert (call.status, call.failure_code) == ("completed", None)
    assert call.connected_ms > 1_000
    assert real.asked == []
    assert local.paths() == ["/answer", "/next"]
    _path, form, headers, _body, query = local.asked[0]
    assert query == "me=1&clientRequestId=order-7"
    assert (form["CallId"], form["isActive"]) == (str(call.id), "1")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert all(verified(secret, headers, body) for _, _, headers, body, _ in local.asked)
    assert local.asked[1][4] == "step=2&clientRequestId=order-7"
    assert local.final()["CallSessionState"] == "Completed"
    assert [(it["kind"], it["call_id"], it["status"]) for it in lines] == [
        ("voice", str(call.id), 200), ("voice", str(call.id), 200), ("voice", str(call.id), 204),
    ]  # fmt: skip
    fetched = call.events.filter(kind="voice.fetched").order_by("number").first()
    assert fetched.payload["relayed"] is True
    assert Relayed.objects.count() == 0


def test_a_number_without_a_voice_url_is_answered_too(exchange, listen, acme):
    with Voice(answer=[BYE]) as local:
        listen(f"{local.url}/answer")
        call = final(place(exchange, acme), story=exchange.log.read_text)
        wait_for(lambda: len(local.asked) == 2)
    assert (call.status, call.failure_code) == ("completed", None)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_calls_go_to_the_real_url_when_the_laptop_is_killed_stopped_or_asleep(
    exchange, listen, acme, end
):
    with Voice(voice=[BYE]) as real, Voice(answer=[BYE]) as local:
        laptop = listen(f"{local.url}/answer")
        os.kill(laptop.process.pid, end)
        call = final(
            place(exchange, acme, voice_callback_url=f"{real.url}/voice"),
            story=exchange.log.read_text,
        )
        wait_for(lambda: len(real.asked) == 2)
        # One that sleeps is never woken: it would read what was meant for it a while ago.
        laptop.kill()
    assert (call.status, call.failure_code) == ("completed", None)
    assert local.asked == []
    signed_by = real.asked[0][2]["X-Sautikit-Signature"]
    assert verified_by_workspace(acme, signed_by, real.asked[0][3])


def verified_by_workspace(acme, header, body):
    return verified(acme.workspace.signing_secret, {"X-Sautikit-Signature": header}, body)


def test_the_newest_laptop_answers_and_the_older_one_when_it_has_gone(exchange, listen, acme):
    with Voice(answer=[BYE]) as one, Voice(answer=[BYE]) as other:
        listen(f"{one.url}/answer")
        newer = listen(f"{other.url}/answer")
        final(place(exchange, acme), story=exchange.log.read_text)
        wait_for(lambda: len(other.asked) == 2)
        assert one.asked == []
        newer.stop()
        exchange.renew()
        final(place(exchange, acme), story=exchange.log.read_text)
        wait_for(lambda: len(one.asked) == 2)
    assert len(other.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        None,
        (500, "text/plain", b"sorry"),
        (200, "application/json", b'{"actions": [{"sing": {}}]}'),
        (200, "application/json", b"x" * 70_000),
    ],
)
def test_a_local_server_that_fails_is_met_with_the_fallback_of_the_number(
    exchange, listen, acme, answer
):
    number = world.claim(acme)
    with Voice(fallback=[BYE], voice=[BYE]) as real, Voice(answer=[answer or BYE]) as local:
        number.voice_fallback_url = f"{real.url}/fallback"
        number.voice_callback_url = f"{real.url}/voice"
        number.save()
        url = f"{local.url}/answer" if answer else "http://127.0.0.1:9/answer"
        laptop = listen(url)
        call = final(place(exchange, acme), story=exchange.log.read_text)
        wait_for(lambda: "/fallback" in real.paths())
        laptop.relayed(1)
    assert call.status == "completed"
    assert real.paths() == ["/fallback"]
    assert real.asked[0][1]["failedUrl"].startswith(f"{real.url}/voice")


def test_what_a_document_of_the_laptop_puts_elsewhere_is_asked_there(exchange, listen, acme):
    with Voice(other=[BYE]) as real:
        away = say({"redirect": {"url": f"{real.url}/other"}})
        with Voice(answer=[away]) as local:
            listen(f"{local.url}/answer")
            call = final(place(exchange, acme), story=exchange.log.read_text)
            wait_for(lambda: real.asked)
    assert call.status == "completed"
    assert (local.paths(), real.paths()) == (["/answer"], ["/other"])
    assert verified_by_workspace(acme, real.asked[0][2]["X-Sautikit-Signature"], real.asked[0][3])


def test_a_laptop_of_another_workspace_hears_nothing_of_it(
    exchange, live, live_server, acme, listen
):
    with Voice(voice=[BYE]) as real, Voice(answer=[BYE]) as local:
        key = world.api_key(world.chege())
        with Laptop(live_server.url, key, "listen", "--voice", f"{local.url}/a") as laptop:
            laptop.listening()
            final(
                place(exchange, acme, voice_callback_url=f"{real.url}/voice"),
                story=exchange.log.read_text,
            )
            wait_for(lambda: len(real.asked) == 2)
    assert local.asked == []
