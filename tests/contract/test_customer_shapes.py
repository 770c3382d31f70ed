"""What the code of a production integrator sends and expects, in its older forms."""

import hashlib
import hmac
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from calls.models import Call
from kernel import ids
from telephony import callback
from tests import world
from tests.calls import sounds, story
from tests.telephony.test_conferences import enter
from tests.webhooks.vectors import headers

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    where = world.acme()
    world.fund(where, 100_000)
    return where


@pytest.fixture
def api(acme):
    return world.api(acme)


def test_the_inventory_stands_under_available_with_both_names_of_its_id(api):
    world.offer()
    row = api.get("/v1/numbers/available", {"country": "KE"}).json()["available"][0]
    assert row["inventory_id"] == row["id"]
    assert row["e164"] == world.FIRST_NUMBER
    assert (row["monthly_price_minor"], row["outbound_per_min_minor"]) == (10_000, 300)


@pytest.mark.parametrize("body_has_id", [True, False])
def test_the_claim_aliases_answer_like_the_claim(api, body_has_id):
    offered = world.offer()
    if body_has_id:
        answer = api.post("/v1/numbers/available/claim", {"inventory_id": str(offered.id)})
        number = answer.json()["number"]
    else:
        answer = api.post(f"/v1/numbers/{offered.id}/claim")
        number = answer.json()
    assert answer.status_code == 201
    assert (number["e164"], number["status"]) == (world.FIRST_NUMBER, "active")


def test_the_list_of_numbers_has_the_words_of_production(api, acme):
    world.claim(acme)
    row = api.get("/v1/numbers").json()["numbers"][0]
    assert row["country_iso2"] == "KE"
    assert row["monthly_retail_minor"] == row["monthly_price_minor"] == 10_000
    assert row["voice_callback_url"] is None
    assert row["capabilities"] == ["voice"]


@pytest.mark.parametrize("method", ["put", "patch"])
def test_routing_takes_put_and_patch(api, acme, method):
    number = world.claim(acme)
    body = {
        "voice_callback_url": "https://acme.example/voice",
        "events_url": "https://acme.example/events",
    }
    answer = getattr(api, method)(f"/v1/numbers/{number.id}/routing", body)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in body} == body


def test_routing_takes_the_name_voice_url(api, acme):
    number = world.claim(acme)
    answer = api.patch(f"/v1/numbers/{number.id}/routing", {"voice_url": "https://acme.example/v"})
    assert answer.json()["voice_callback_url"] == "https://acme.example/v"


def test_the_wallet_is_read_under_its_short_address(api):
    body = api.get("/v1/wallet").json()
    assert {"balance_minor", "currency", "status"} <= set(body)
    assert (body["balance_minor"], body["currency"]) == (100_000, "KES")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_the_threshold_takes_put_and_patch(api, method):
    answer = getattr(api, method)("/v1/wallet/threshold", {"threshold_minor": 50_000})
    assert answer.status_code == 200
    assert answer.json()["low_balance_threshold_minor"] == 50_000


@pytest.mark.parametrize("path", ["/v1/calls", "/v1/calls/originate"])
@pytest.mark.parametrize("to", ["+254712345678", ["+254712345678"]])
def test_a_call_is_placed_with_one_number_or_a_list_of_one(api, acme, path, to):
    number = world.claim(acme)
    answer = api.post(path, {"from": number.e164, "to": to, "status_url": "https://a.example/e"})
    assert answer.status_code == 202
    body = answer.json()
    assert body["pbx_session_id"] == body["session_id"]
    assert body["status"] == "ringing"
    assert body["stream_url"].startswith("http")
    assert "client_request_id" not in body


def test_a_call_is_read_and_ended_by_both_kinds_of_id(api, acme):
    number = world.claim(acme)
    placed = api.post("/v1/calls", {"from": number.e164, "to": "+254712345678"}).json()
    for key in (placed["call_id"], placed["session_id"]):
        body = api.get(f"/v1/calls/{key}").json()
        assert body["call"]["id"] == body["id"] == placed["call_id"]
        assert api.post(f"/v1/calls/{key}/hangup").json() == {
            "call_id": placed["call_id"],
            "status": "hung_up",
        }


def test_control_by_a_model_is_refused(api, acme):
    number = world.claim(acme)
    answer = api.post("/v1/calls", {"from": number.e164, "to": "+254712345678", "control": "mcp"})
    assert (answer.status_code, world.code_of(answer)) == (400, "validation.bad_request")


def test_a_webhook_may_name_the_alias_of_the_recording_event(api):
    body = {"url": "https://acme.example/hook", "events": ["call.recording.ready", "call.*"]}
    made = api.post("/v1/webhooks", body).json()
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["recording.ready", "call.*"]


def test_a_suspended_workspace_reads_and_changes_nothing(api, acme):
    type(acme.workspace).objects.filter(id=acme.id).update(status="suspended")
    assert api.get("/v1/calls").status_code == 200
    answer = api.post("/v1/calls", {"from": "x", "to": "y"})
    assert (answer.status_code, world.code_of(answer)) == (403, "account.suspended")


def test_a_voice_callback_has_the_camel_case_names_of_production(api, acme):
    number = world.claim(acme)
    placed = api.post("/v1/calls", {"from": number.e164, "to": "+254712345678"}).json()
    call = Call.objects.get(id=placed["call_id"])
    asked = callback.fields_of(call)
    assert asked["sessionId"] == placed["session_id"]
    assert (asked["callerNumber"], asked["destinationNumber"]) == (number.e164, "+254712345678")
    assert (asked["direction"], asked["isActive"]) == ("outbound", "1")
    assert asked["callSessionState"] == "Ringing"
    ended = callback.fields_of(story.end(story.answer(call), connected_ms=46_200, cause="bye"))
    assert {"durationInSeconds", "currencyCode", "amount", "hangupCause"} <= set(ended)
    assert (ended["isActive"], ended["callSessionState"]) == ("0", "Completed")
    assert ended["durationInSeconds"] == "47"


def test_a_delivery_is_verified_by_body_dot_time_and_named_by_its_headers():
    body, secret = b'{"event":"call.completed"}', ids.webhook_secret()
    sent = headers(body, secret)
    stamp, mark = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", sent["X-Sautikit-Signature"]).groups()
    theirs = hmac.new(secret.encode(), body + b"." + stamp.encode(), hashlib.sha256)
    assert hmac.compare_digest(theirs.hexdigest(), mark)
    assert sent["X-Sautikit-Event-Kind"] == "call.completed"
    assert sent["X-Sautikit-Event-Id"]
    assert sent["X-Sautikit-Idempotency-Key"]


def test_a_sound_is_uploaded_as_a_form_and_its_reply_has_the_three_words(acme):
    sound = SimpleUploadedFile("karibu.wav", sounds.wav(), "audio/wav")
    headers = {"Authorization": f"Bearer {world.api_key(acme, scopes=['numbers.claim'])}"}
    answer = Client().post("/v1/uploads/audio", {"file": sound}, headers=headers)
    assert 200 <= answer.status_code < 300
    told = answer.json()
    assert {"url", "size_bytes", "mime_type"} <= set(told)
    assert (told["size_bytes"], told["mime_type"]) == (len(sounds.wav()), "audio/wav")
    heard = Client().get("/uploads/" + told["url"].rpartition("/")[2])
    assert b"".join(heard.streaming_content) == sounds.wav()


@pytest.mark.django_db(transaction=True)
def test_a_room_takes_commands_with_their_facts_repeated_in_extra():
    row = enter(name="front-desk")
    where = world.acme()
    body = {
        "command": "mute",
        "participant": row.call.session_id,
        "callback_url": "https://acme.example/done",
        "extra": {"callback_url": "https://acme.example/done"},
    }
    answer = world.api(where, scopes=["conferences.manage"]).post(
        "/v1/conferences/front-desk/commands", body
    )
    assert answer.status_code == 200
    assert answer.json()["command"] == "mute"
