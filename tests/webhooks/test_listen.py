"""`sautikit listen` and `sautikit trigger` against a real web and live process: events."""

import json

import pytest
from standardwebhooks.webhooks import Webhook

from kernel import relay
from tests import world
from tests.telephony.exchange import wait_for
from tests.webhooks import scene
from tests.webhooks.laptop import Laptop, live_process
from tests.webhooks.receiver import Receiver
from webhooks import verify
from webhooks.models import Delivery, Listener

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def live(django_db_setup):
    with live_process() as url:
        yield url


@pytest.fixture
def platform(live, live_server, settings):
    """The address of the API; the stream's address is the live process."""
    settings.LIVE_URL = live
    return live_server.url


@pytest.fixture
def acme():
    return world.acme()


def listen(platform, where, *arguments, mode="test", **options):
    key = options.pop("key", None) or world.api_key(where, mode=mode)
    return Laptop(platform, key, "listen", *arguments, **options)


def happen(where, *kinds, mode="test"):
    made = []
    for kind in kinds:
        made += scene.emit(where, kind=kind, mode=mode)
    return made


def test_events_arrive_in_order_with_signatures_that_anyone_can_verify(platform, acme):
    with Receiver() as server, listen(platform, acme, "--forward", server.url) as laptop:
        told = laptop.listening()
        rows = happen(acme, "call.started", "call.answered", "call.completed")
        posts = server.wait(3, seconds=20)
        lines = laptop.relayed(3)

    assert [json.loads(body)["event_id"] for _, body in posts] == [str(r.event_id) for r in rows]
    assert [line["kind"] for line in lines] == ["call.started", "call.answered", "call.completed"]
    assert {line["status"] for line in lines} == {200}
    for headers, body in posts:
        assert Webhook(told["secret"]).verify(body, headers)["workspace_id"] == str(acme.id)
        verdict = verify.judge(
            headers["x-sautikit-signature"], body.decode(), {told["secret"]: "laptop"}
        )
        assert (verdict.word, verdict.signer) == ("matched", "laptop")
        assert headers["x-sautikit-event-kind"] == json.loads(body)["event"]
