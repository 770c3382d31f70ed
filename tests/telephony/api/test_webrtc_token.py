"""`POST /v1/webrtc/token`: who may call from a browser, as which number, and for how long."""

import base64
import json

import pytest

from accounts import services as accounts
from accounts.models import ApiKey
from numbers.models import Number
from telephony import clients, inside, tokens
from telephony.errors import TokenInvalid
from tests import world

pytestmark = pytest.mark.django_db
PATH = "/v1/webrtc/token"


@pytest.fixture
def number():
    return world.claim(world.acme())


def claims_of(token):
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def test_the_reply_has_what_a_browser_needs(number, settings):
    settings.STUN_URLS = ["stun:stun.example:3478"]
    settings.TURN_URLS = ["turn:turn.example:3478"]
    settings.TURN_SECRET = "shared"
    reply = world.api(world.acme()).post(PATH, {"client_name": "alice", "role": "dialer"})
    body = reply.json()
    assert reply.status_code == 200
    assert (body["clientName"], body["expiresIn"], body["phoneNumber"]) == (
        "alice",
        900,
        number.e164,
    )
    assert body["endpoint"].startswith(("ws://", "wss://"))
    assert body["protocol"] == "sautikit.webrtc.v1"
    assert body["sipProfile"] == f"sip:alice@{settings.SIP_DOMAIN}"
    stun, turn = body["turnServer"]["iceServers"]
    assert stun == {"urls": ["stun:stun.example:3478"]}
    assert turn["username"].endswith(":alice")
    assert len(base64.b64decode(turn["credential"])) == 20
    claims = claims_of(body["token"])
    assert claims["exp"] - claims["iat"] == 900
    assert claims["sub"] == str(number.workspace_id)


def test_the_older_path_gives_the_same_token_and_says_when_it_dies(number):
    body = world.api(world.acme()).post("/v1/sip/token").json()
    assert clients.recognise(body["token"]).number_id == number.id
    assert body["expires_at"].endswith("Z")


def test_without_a_name_each_browser_is_somebody_else(number):
    api = world.api(world.acme())
    names = {api.post(PATH).json()["clientName"] for _ in range(3)}
    assert len(names) == 3


def test_the_number_is_the_one_named_else_the_oldest_active_one(number):
    other = world.claim(world.acme(), "+254200000001")
    api = world.api(world.acme())
    by_id = {"tenant_number_id": str(other.id), "phone_number": number.e164}
    assert api.post(PATH, by_id).json()["phoneNumber"] == other.e164
    assert api.post(PATH, {"phone_number": other.e164}).json()["phoneNumber"] == other.e164
    assert api.post(PATH).json()["phoneNumber"] == number.e164


def test_what_cannot_be_is_refused(number):
    api = world.api(world.acme())
    foreign = world.claim(world.chege(), "+254200000005")
    refused = {
        "numbers.not_found": {"tenant_number_id": str(foreign.id)},
        "validation.bad_request": {"phone_number": foreign.e164},
    }
    for code, body in refused.items():
        assert world.code_of(api.post(PATH, body)) == code
    bad_name = api.post(PATH, {"client_name": "al ice"})
    assert bad_name.json()["error"]["fields"][0]["path"] == "client_name"
    Number.objects.filter(pk=number.pk).update(status="suspended")
    assert world.code_of(api.post(PATH, {"phone_number": number.e164})) == "numbers.suspended"
    pending = api.post(PATH)
    assert (pending.status_code, world.code_of(pending)) == (409, "webrtc.token.profile_pending")


def test_a_key_needs_the_scope_and_a_viewer_has_it_not(number):
    reading = world.api(world.acme(), scopes=["calls.read"])
    assert world.code_of(reading.post(PATH)) == "api_key.scope_denied"
    allowed = world.api(world.acme(), scopes=["webrtc.token"])
    assert allowed.post(PATH).status_code == 200
    viewer = world.join(world.acme(), world.person("view@acme.example"), "viewer")
    assert world.browser(viewer).post(PATH).status_code == 403


def test_a_token_is_ours_alive_and_of_a_living_key(number):
    issued = world.issue(world.acme())
    body = world.Api(issued.secret).post(PATH).json()
    client = clients.recognise(body["token"])
    assert (client.number_id, client.asks_voice_url) == (number.id, True)
    head, middle, mark = body["token"].split(".")
    forged = claims_of(body["token"]) | {"client": "boss"}
    other = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    old = tokens.make(claims_of(body["token"]), lifetime_seconds=-1)
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for bad in (f"{head}.{other}.{mark}", f"{none}.{middle}.", old, "", "x", "a.b.c", "é.é.é"):
        with pytest.raises(TokenInvalid):
            clients.recognise(bad)
    accounts.revoke_api_key(ApiKey.objects.get(pk=issued.key.pk), actor="tests")
    with pytest.raises(TokenInvalid):
        clients.recognise(body["token"])


def test_a_token_of_a_suspended_workspace_is_dead(number):
    body = world.api(world.acme()).post(PATH).json()
    workspace = world.acme().workspace
    workspace.status = workspace.SUSPENDED
    workspace.save()
    with pytest.raises(TokenInvalid):
        clients.recognise(body["token"])


def test_a_person_of_the_console_dials_directly(number):
    body = world.browser(world.amina()).post(PATH, {"client_name": "console"}).json()
    assert not clients.recognise(body["token"]).asks_voice_url


def test_the_same_name_in_another_workspace_or_mode_is_somewhere_else():
    ours, theirs = world.acme().id, world.chege().id
    places = {
        inside.address_of(workspace, mode, "alice")
        for workspace in (ours, theirs)
        for mode in ("live", "test")
    }
    assert len(places) == 4


def test_an_address_leads_to_a_browser_or_a_phone_of_ours_only(number, settings):
    where = (number.workspace_id, "live")
    alice = inside.find(*where, f"sip:alice@{settings.SIP_DOMAIN}:5060")
    assert alice == inside.find(*where, "client:alice")
    assert inside.find(*where, "sip:alice@elsewhere.example") is None
