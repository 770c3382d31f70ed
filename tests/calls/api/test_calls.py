import pytest

from calls.models import Call
from calls.queries import call_of_stream
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db

BODY = {"from": world.FIRST_NUMBER, "to": [story.FRIEND]}


@pytest.fixture
def acme():
    where = world.acme()
    world.claim(where)
    story.drain(where, 100_000)
    return where


def test_it_works(acme):
    reply = world.api(acme).post("/v1/calls", BODY)
    assert reply.status_code == 202
    body = reply.json()
    call = Call.objects.get()
    assert body == {
        "call_id": str(call.id),
        "pbx_session_id": call.session_id,
        "session_id": call.session_id,
        "status": "ringing",
        "stream_url": body["stream_url"],
    }
    address, token = body["stream_url"].split("?token=")
    assert address == f"http://testserver/v1/calls/{call.id}/stream"
    assert call_of_stream(str(call.id), token) == call
    assert call.api_key is not None


@pytest.mark.parametrize("path", ["/v1/calls", "/v1/calls/originate"])
def test_to_may_be_one_text(acme, path):
    reply = world.api(acme).post(path, BODY | {"to": story.FRIEND})
    assert reply.status_code == 202


def test_the_label_comes_back_only_when_it_was_sent(acme):
    reply = world.api(acme).post("/v1/calls", BODY | {"client_request_id": "order {7}"})
    assert reply.json()["client_request_id"] == "order {7}"


def test_the_old_name_of_the_webhook_url_is_taken(acme):
    world.api(acme).post("/v1/calls", BODY | {"status_url": "https://acme.example/status"})
    assert Call.objects.get().webhook_url == "https://acme.example/status"


def test_it_requires_auth(acme):
    assert world.Api().post("/v1/calls", BODY).status_code == 401


def test_it_requires_scope(acme):
    reply = world.api(acme, scopes=["calls.read"]).post("/v1/calls", BODY)
    assert (reply.status_code, world.code_of(reply)) == (403, "api_key.scope_denied")


def test_it_hides_other_workspaces(acme):
    reply = world.api(world.chege()).post("/v1/calls", BODY)
    assert (reply.status_code, world.code_of(reply)) == (400, "validation.bad_request")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"from": None}, "from"),
        ({"to": []}, "to"),
        ({"to": ""}, "to[0]"),
        ({"to": ["0712345678"]}, "to[0]"),
        ({"to": 7}, "to"),
        ({"to": [{}]}, "to[0]"),
        ({"to": {"a": 1}}, "to"),
        ({"control": "mcp"}, "control"),
        ({"voice_callback_url": "not a url"}, "voice_callback_url"),
        ({"client_request_id": "mcp:1"}, "client_request_id"),
    ],
)
def test_it_rejects_bad_input(acme, change, path):
    reply = world.api(acme).post("/v1/calls", BODY | change)
    assert (reply.status_code, world.code_of(reply)) == (400, "validation.bad_request")
    assert reply.json()["error"]["fields"][0]["path"] == path
    assert not Call.objects.exists()


def test_missing_fields_are_named(acme):
    reply = world.api(acme).post("/v1/calls", {})
    assert {field["path"] for field in reply.json()["error"]["fields"]} == {"from", "to"}


def test_it_replays_an_idempotent_retry(acme):
    client = world.api(acme)
    first = client.post("/v1/calls", BODY, key="once")
    second = client.post("/v1/calls", BODY, key="once")
    assert second.status_code == 202
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replay"] == "true"
    assert Call.objects.count() == 1
    third = client.post("/v1/calls", BODY | {"to": [story.OTHER]}, key="once")
    assert (third.status_code, world.code_of(third)) == (409, "idempotency.conflict")


def test_an_empty_wallet_is_402_and_the_same_key_works_after_a_top_up(acme):
    story.drain(acme, 0)
    client = world.api(acme)
    reply = client.post("/v1/calls", BODY, key="retry")
    assert (reply.status_code, world.code_of(reply)) == (402, "wallet.insufficient_balance")
    assert story.orders() == []
    story.drain(acme, 1_000)
    assert client.post("/v1/calls", BODY, key="retry").status_code == 202


def test_a_denied_destination_is_403(acme):
    reply = world.api(acme).post("/v1/calls", BODY | {"to": "+14155550100"})
    assert (reply.status_code, world.code_of(reply)) == (403, "calls.destination_denied")


def test_too_many_calls_say_when_to_try_again(acme):
    client = world.api(acme)
    replies = [client.post("/v1/calls", BODY)]
    while replies[-1].status_code == 202 and len(replies) < 30:
        replies.append(client.post("/v1/calls", BODY))
    assert len(replies) > 5
    assert world.code_of(replies[-1]) == "rate_limited"
    assert int(replies[-1].headers["Retry-After"]) >= 1


def test_the_list_is_newest_first_and_can_be_paged_and_filtered(acme):
    calls = [story.place(acme, to=[e164]) for e164 in (story.FRIEND, story.OTHER, story.FRIEND)]
    story.end(calls[0], sip_code=486)
    client = world.api(acme)

    everything = client.get("/v1/calls").json()
    assert [row["id"] for row in everything["data"]] == [str(call.id) for call in calls[::-1]]
    assert everything["data"][2]["events"][0]["kind"] == "call.started"
    page = client.get("/v1/calls", {"limit": 2}).json()
    rest = client.get("/v1/calls", {"limit": 2, "cursor": page["next_cursor"]}).json()
    assert [row["id"] for row in rest["data"]] == [str(calls[0].id)]
    assert rest["next_cursor"] is None

    def found(**query):
        return [row["id"] for row in client.get("/v1/calls", query).json()["data"]]

    assert found(status="busy,failed") == [str(calls[0].id)]
    assert found(q="22000000") == [str(calls[1].id)]
    assert found(session_id=calls[2].session_id) == [str(calls[2].id)]
    assert found(direction="inbound") == []
    assert found(**{"from": "2020-01-01T00:00:00Z", "to": "1600000000"}) == []
    for query in ({"status": "gone"}, {"direction": "up"}, {"from": "soon"}, {"limit": 0}):
        assert client.get("/v1/calls", query).status_code == 400
    assert world.api(world.chege()).get("/v1/calls").json()["data"] == []
    assert world.api(acme, mode="test").get("/v1/calls").json()["data"] == []
