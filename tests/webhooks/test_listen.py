"""`sautikit listen` and `sautikit trigger` against a real web and live process: events."""

import json

import pytest
from standardwebhooks.webhooks import Webhook

from kernel import clock, events, relay
from kernel.models import Event
from tests import world
from tests.telephony.exchange import wait_for
from tests.webhooks import scene
from tests.webhooks.laptop import Laptop, live_process
from tests.webhooks.receiver import Receiver
from webhooks import services, verify
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


def test_a_listener_hears_its_own_mode_workspace_and_kinds_only(platform, acme):
    with Receiver() as server:
        arguments = ("--forward", server.url, "--events", "call.completed, wallet.*")
        with listen(platform, acme, *arguments) as laptop:
            assert laptop.listening()["events"] == ["call.completed", "wallet.*"]
            happen(acme, "call.completed", mode="live")
            happen(world.chege(), "call.completed")
            happen(acme, "call.started")
            wanted = happen(acme, "wallet.top_up", "call.completed")
            posts = server.wait(2, seconds=20)
    assert [json.loads(body)["event_id"] for _, body in posts] == [str(r.event_id) for r in wanted]


def test_a_stream_that_breaks_goes_on_where_it_stopped(live_server, settings, acme):
    with Receiver() as server:
        with live_process() as url:
            settings.LIVE_URL = url
            laptop = listen(live_server.url, acme, "--forward", server.url)
            laptop.listening()
            happen(acme, "call.started")
            server.wait(1, seconds=20)
        missed = happen(acme, "call.answered", "call.completed")
        with live_process(int(url.rpartition(":")[2])), laptop:
            posts = server.wait(3, seconds=80)
    assert [json.loads(body)["event_id"] for _, body in posts[1:]] == [
        str(row.event_id) for row in missed
    ]


def test_a_wrong_key_is_refused_with_its_code(platform, acme):
    laptop = listen(platform, acme, "--forward", "http://127.0.0.1:9/", key="tsk_test_nonsense")
    assert laptop.finish() == 3
    error = json.loads(laptop.errors[0])["error"]
    assert (error["code"], error["status"]) == ("api_key.invalid", 401)
    assert error["request_id"].startswith("req_")


def test_a_key_needs_the_scopes_of_what_it_listens_to(platform, acme):
    key = world.api_key(acme, mode="test", scopes=["events.read"])
    voice = listen(platform, acme, "--voice", "http://127.0.0.1:9/v", key=key)
    assert voice.finish() == 3
    assert "calls.write" in voice.errors[0]
    other = world.api_key(acme, mode="test", scopes=["calls.write"])
    assert listen(platform, acme, "--forward", "http://127.0.0.1:9/", key=other).finish() == 3


def test_live_calls_and_live_samples_are_for_sandboxes_only(platform, acme, settings):
    settings.SANDBOX = False
    voice = listen(platform, acme, "--voice", "http://127.0.0.1:9/v", mode="live")
    assert voice.finish() == 3
    assert "webhooks.listener_test_only" in voice.errors[0]
    api = world.api(acme)
    refused = api.post("/v1/events/trigger", {"event": "wallet.top_up"})
    assert (refused.status_code, world.code_of(refused)) == (403, "webhooks.sample_test_only")
    with Receiver() as server, listen(platform, acme, "--forward", server.url, mode="live") as it:
        assert it.listening()["mode"] == "live"


def test_a_revoked_key_ends_the_stream(platform, acme):
    made = world.issue(acme, mode="test")
    with Receiver() as server:
        laptop = listen(platform, acme, "--forward", server.url, key=made.secret)
        laptop.listening()
        type(made.key).objects.filter(pk=made.key.pk).update(revoked_at=clock.now())
        assert laptop.finish() == 3
    assert "api_key.revoked" in laptop.errors[-1]


def test_two_listeners_both_hear_and_one_that_stops_is_forgotten(platform, acme):
    with Receiver() as one, Receiver() as other:
        first = listen(platform, acme, "--forward", one.url)
        second = listen(platform, acme, "--forward", other.url)
        first.listening(), second.listening()
        happen(acme, "call.started")
        one.wait(1, seconds=20)
        other.wait(1, seconds=20)
        assert first.stop() == second.stop() == 0
    assert not Listener.objects.filter(closed_at=None).exists()
    Listener.objects.update(lease_until=long_ago(), created_at=long_ago())
    assert services.forget_listeners() == 2


def long_ago():
    return clock.now() - clock.timedelta(hours=2)


def test_a_killed_laptop_is_noticed_at_once(platform, acme):
    with Receiver() as server:
        laptop = listen(platform, acme, "--forward", server.url)
        laptop.listening()
        api = world.api(acme, mode="test")
        assert len(api.get("/v1/listeners").json()["data"]) == 1
        laptop.kill()
        wait_for(lambda: api.get("/v1/listeners").json()["data"] == [])


def test_a_local_failure_is_shown_and_the_event_can_be_sent_again(platform, acme, tmp_path):
    with Receiver(statuses=[500, 200]) as server:
        key = world.api_key(acme, mode="test")
        with listen(platform, acme, "--forward", server.url, key=key) as laptop:
            laptop.listening()
            (row,) = happen(acme, "call.completed")
            assert laptop.relayed()[0]["status"] == 500
        again = listen(
            platform, acme, "--forward", server.url, "--resend", str(row.event_id),
            "--save", str(tmp_path), key=key,
        )  # fmt: skip
        assert again.finish() == 0
        missing = listen(platform, acme, "--forward", server.url, "--resend", "x", key=key)
        assert missing.finish() == 1
    assert [it["event_id"] for it in again.lines] == [str(row.event_id)]
    assert server.posts[0][1] == server.posts[1][1]
    (path,) = tmp_path.iterdir()
    fixture = json.loads(path.read_text())
    assert path.name.endswith("-call.completed.json")
    assert fixture["body"].encode() == server.posts[1][1]
    assert fixture["answer"]["status"] == 200
    assert fixture["headers"]["webhook-id"] == str(row.event_id)


def test_trigger_goes_through_the_log_to_endpoints_and_listeners(platform, acme):
    endpoint = services.create_endpoint(
        workspace_id=acme.id, mode="test", url="https://a.example/", event_names=["*"], actor="t"
    )
    key = world.api_key(acme, mode="test")
    with Receiver() as server, listen(platform, acme, "--forward", server.url, key=key) as laptop:
        laptop.listening()
        sent = Laptop(platform, key, "trigger", "call.completed")
        assert sent.finish() == 0
        while relay.sequence_batch():
            pass
        ((_headers, body),) = server.wait(1, seconds=20)
    event = json.loads(body)
    assert event["event_id"] == sent.lines[0]["event_id"]
    assert event["data"] == events.catalogue()["call.completed"].sample
    assert str(Delivery.objects.get(endpoint=endpoint).event.event_id) == event["event_id"]


def test_trigger_to_a_url_reaches_that_url_alone(platform, acme):
    with Receiver() as server:
        key = world.api_key(acme, mode="test")
        sent = Laptop(platform, key, "trigger", "wallet.top_up", "--to", server.url)
        assert sent.finish() == 0
        server.statuses.append(500)
        assert Laptop(platform, key, "trigger", "call.failed", "--to", server.url).finish() == 1
        unknown = Laptop(platform, key, "trigger", "call.exploded", "--to", server.url)
        assert unknown.finish() == 1
    assert "webhooks.event_unsupported" in unknown.errors[-1]
    kinds = [headers["x-sautikit-event-kind"] for headers, _body in server.posts]
    assert kinds == ["wallet.top_up", "call.failed"]
    assert not Event.objects.exists()


def test_the_doors_refuse_strangers_and_nonsense(acme):
    mine, hers = world.api(acme, mode="test"), world.api(world.chege(), mode="test")
    opened = mine.post("/v1/listeners", {"voice_url": "http://web:3000/voice"}, key="once")
    assert opened.status_code == 201
    path = f"/v1/listeners/{opened.json()['id']}"
    for method, rest in (("post", "/beat"), ("post", "/answers/x"), ("delete", "")):
        body = [] if method == "delete" else [{"error": "x"}]
        refused = getattr(hers, method)(path + rest, *body)
        assert (refused.status_code, world.code_of(refused)) == (404, "webhooks.listener_not_found")
    for body in ({"voice_url": "ftp://x/"}, {"events": ["call.exploded"]}, {"label": "x" * 81}):
        assert mine.post("/v1/listeners", body).status_code == 400
    assert mine.post(f"{path}/events", {}).status_code == 400
    assert mine.post(f"{path}/answers/{opened.json()['id']}", {"status": 200}).status_code == 404
    assert mine.post(f"{path}/answers/x", {"status": 200, "body": "?"}).status_code == 400
    replayed = mine.post("/v1/listeners", {"voice_url": "http://web:3000/voice"}, key="once")
    assert replayed.json()["secret"] is None
    assert world.browser(world.amina()).post("/v1/listeners").status_code == 400
    for _ in range(services.listeners.LISTENERS_MAX - 1):
        assert mine.post("/v1/listeners").status_code == 201
    assert world.code_of(mine.post("/v1/listeners")) == "webhooks.listener_limit_reached"
    assert mine.delete(path).status_code == 204
    assert mine.post(f"{path}/beat").status_code == 404
