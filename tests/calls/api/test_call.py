import pytest

from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    call = story.answer(story.place(world.acme()))
    from calls import services

    services.note(call_id=call.id, kind="digits", payload={"digits": "1234"})
    return story.end(call, connected_ms=46_200)


@pytest.mark.parametrize("key", ["id", "session_id"])
def test_it_works(call, key):
    reply = world.api(world.acme()).get(f"/v1/calls/{getattr(call, key)}")
    assert reply.status_code == 200
    body = reply.json()
    assert body["call"]["status"] == body["status"] == "completed"
    assert body["duration"] == body["call"]["duration_seconds"] == 47
    assert body["call"]["cost_minor"] == 235
    assert body["call"]["rate_per_minute_minor"] == 300
    kinds = [event["kind"] for event in body["call"]["events"]]
    assert kinds == ["call.started", "call.answered", "digits", "call.completed"]
    assert body["call"]["events"][2]["payload"]["digits"] == "1234"


@pytest.mark.parametrize("path", ["", "/events"])
def test_it_hides_other_workspaces(call, path):
    for client in (world.api(world.chege()), world.api(world.acme(), mode="test")):
        reply = client.get(f"/v1/calls/{call.id}{path}")
        assert (reply.status_code, world.code_of(reply)) == (404, "calls.not_found")


@pytest.mark.parametrize(
    "key", ["nothing", "HD_000000000000", "01900000-0000-7000-8000-00000000000f"]
)
def test_an_unknown_call_is_404(call, key):
    assert world.api(world.acme()).get(f"/v1/calls/{key}").status_code == 404


def test_it_requires_auth_and_scope(call):
    assert world.Api().get(f"/v1/calls/{call.id}").status_code == 401
    denied = world.api(world.acme(), scopes=["calls.write"]).get(f"/v1/calls/{call.id}")
    assert denied.status_code == 403


def test_the_events_are_listed_oldest_first(call):
    rows = world.api(world.acme()).get(f"/v1/calls/{call.id}/events").json()["data"]
    assert [row["number"] for row in rows] == [1, 2, 3, 4]


def test_hang_up_is_200_however_often(call):
    running = story.place(world.acme())
    client = world.api(world.acme())
    for one in (running, running, call):
        reply = client.post(f"/v1/calls/{one.id}/hangup")
        assert reply.status_code == 200
        assert reply.json() == {"call_id": str(one.id), "status": "hung_up"}
    assert [kind for kind, _ in story.orders(running)][:2] == ["originate", "hangup"]
    assert client.post("/v1/calls/HD_000000000000/hangup").status_code == 404
    assert world.api(world.chege()).post(f"/v1/calls/{call.id}/hangup").status_code == 404
    reader = world.api(world.acme(), scopes=["calls.read"])
    assert reader.post(f"/v1/calls/{call.id}/hangup").status_code == 403
