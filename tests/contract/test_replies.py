"""What the routes of the walkthrough answer is what the document says, no more and no less."""

import functools
import json
from datetime import timedelta

import jsonschema
import pytest

from docs import document
from kernel.clock import now, rfc3339
from tests import world

pytestmark = pytest.mark.django_db


@functools.cache
def made():
    return document.document()


@functools.cache
def schemas():
    """The named shapes, closed: a field that is not written down is a mistake."""
    found = json.loads(json.dumps(made()["components"]["schemas"]))
    for shape in found.values():
        if "properties" in shape:
            shape["additionalProperties"] = False
    return found


def check(answer, path, method, status):
    assert answer.status_code == status, answer.content
    reply = made()["paths"][path][method]["responses"][str(status)]
    if "content" not in reply:
        assert answer.content == b""
        return None
    shape = reply["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), {**shape, "components": {"schemas": schemas()}})
    return answer.json()


@pytest.fixture
def acme():
    where = world.acme()
    world.fund(where, 100_000)
    return where


@pytest.fixture
def api(acme):
    return world.api(acme)


def test_the_wallet(api):
    check(api.get("/v1/wallet/balance"), "/v1/wallet/balance", "get", 200)
    check(api.get("/v1/wallet"), "/v1/wallet", "get", 200)
    rows = check(api.get("/v1/wallet/statements"), "/v1/wallet/statements", "get", 200)
    assert rows["data"]


def test_the_recipients_of_low_balance_mails(api):
    path = "/v1/wallet/alert/subscribers"
    made = check(api.post(path, {"email": "ops@acme.example"}), path, "post", 201)
    check(api.get(path), path, "get", 200)
    gone = api.delete(f"{path}/{made['id']}")
    check(gone, f"{path}/{{subscriber_id}}", "delete", 204)


def test_a_topup(api, settings):
    settings.DARAJA_CONSUMER_KEY = settings.DARAJA_CONSUMER_SECRET = "set"
    settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "set"
    body = {"provider": "mpesa", "amount_minor": 100_000, "currency": "KES"}
    answer = api.post("/v1/topups", body | {"phone_e164": "+254712345678"})
    made = check(answer, "/v1/topups", "post", 202)
    path = f"/v1/topups/{made['topup_id']}"
    check(api.get(path), "/v1/topups/{topup_id}", "get", 200)


def test_the_life_of_a_number(api):
    offered = world.offer()
    check(api.get("/v1/numbers/available"), "/v1/numbers/available", "get", 200)
    body = {"inventory_id": str(offered.id)}
    number = check(api.post("/v1/numbers/claim", body), "/v1/numbers/claim", "post", 201)
    check(api.get("/v1/numbers"), "/v1/numbers", "get", 200)
    path = f"/v1/numbers/{number['id']}"
    check(api.get(path), "/v1/numbers/{number_id}", "get", 200)
    check(api.patch(f"{path}/routing"), "/v1/numbers/{number_id}/routing", "patch", 200)
    check(api.delete(path), "/v1/numbers/{number_id}", "delete", 200)
    answer = api.post("/v1/numbers/available/claim", body)
    check(answer, "/v1/numbers/available/claim", "post", 201)


def test_a_call(api, acme):
    body = {"from": world.claim(acme).e164, "to": ["+254712345678"], "client_request_id": "a"}
    call = check(api.post("/v1/calls", body), "/v1/calls", "post", 202)
    path = f"/v1/calls/{call['call_id']}"
    check(api.get(path), "/v1/calls/{call_id}", "get", 200)
    check(api.get(f"{path}/events"), "/v1/calls/{call_id}/events", "get", 200)
    check(api.post(f"{path}/hangup"), "/v1/calls/{call_id}/hangup", "post", 200)
    check(api.get("/v1/calls"), "/v1/calls", "get", 200)
    check(api.get("/v1/calls/stats"), "/v1/calls/stats", "get", 200)
    check(api.get("/v1/calls/stats", {"bucket": "hour"}), "/v1/calls/stats", "get", 200)


def test_webhooks(api):
    body = {"url": "https://acme.example/hook", "events": ["*"]}
    made = check(api.post("/v1/webhooks", body), "/v1/webhooks", "post", 201)
    path = f"/v1/webhooks/{made['id']}"
    check(api.get("/v1/webhooks"), "/v1/webhooks", "get", 200)
    check(api.get(path), "/v1/webhooks/{endpoint_id}", "get", 200)
    changed = api.patch(path, {"paused": True})
    check(changed, "/v1/webhooks/{endpoint_id}", "patch", 200)
    rotated = api.post(f"{path}/rotate-secret")
    check(rotated, "/v1/webhooks/{endpoint_id}/rotate-secret", "post", 200)
    check(api.post(f"{path}/test"), "/v1/webhooks/{endpoint_id}/test", "post", 202)
    day = {"from": rfc3339(now() - timedelta(days=1)), "to": rfc3339(now())}
    replayed = api.post(f"{path}/replay", day)
    check(replayed, "/v1/webhooks/{endpoint_id}/replay", "post", 202)
    listed = api.get(f"{path}/deliveries")
    check(listed, "/v1/webhooks/{endpoint_id}/deliveries", "get", 200)
    check(api.delete(path), "/v1/webhooks/{endpoint_id}", "delete", 204)


def test_the_events(api):
    check(api.get("/v1/events", {"after": 0}), "/v1/events", "get", 200)


def test_api_keys(acme):
    browser = world.browser(acme.owner)
    made = check(browser.post("/v1/api-keys", {"label": "ci"}), "/v1/api-keys", "post", 201)
    check(browser.get("/v1/api-keys"), "/v1/api-keys", "get", 200)
    gone = browser.delete(f"/v1/api-keys/{made['id']}")
    check(gone, "/v1/api-keys/{key_id}", "delete", 204)


def test_the_caller_and_the_workspace(api, acme):
    check(api.get("/v1/auth/session"), "/v1/auth/session", "get", 200)
    check(api.get("/v1/workspace"), "/v1/workspace", "get", 200)
    owner = world.browser(acme.owner)
    renamed = owner.patch("/v1/workspace", {"name": "Acme Two"})
    check(renamed, "/v1/workspace", "patch", 200)
    rotated = owner.post("/v1/workspace/rotate-signing-secret")
    check(rotated, "/v1/workspace/rotate-signing-secret", "post", 200)
    body = {"workspace_id": str(acme.id), "mode": "test"}
    switched = owner.post("/v1/auth/switch-workspace", body)
    check(switched, "/v1/auth/switch-workspace", "post", 200)
    check(owner.post("/v1/auth/sign-out"), "/v1/auth/sign-out", "post", 204)


def test_signing_up():
    email = {"email": "new@acme.example"}
    sent = world.Api().post("/v1/auth/magic-link", email)
    check(sent, "/v1/auth/magic-link", "post", 202)
    person = world.browser(world.person("new@acme.example"))
    body = {"name": "Alice Kamau", "workspace_name": "New", "country": "KE", "currency": "KES"}
    done = person.post("/v1/auth/onboarding", body)
    check(done, "/v1/auth/onboarding", "post", 201)


def test_the_price_list_needs_no_key_and_any_page_may_read_it():
    world.offer()
    answer = world.Api().get("/v1/public/pricing")
    body = check(answer, "/v1/public/pricing", "get", 200)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (body["currency"], body["number_monthly_kes"]) == ("KES", 100)
    assert (body["outbound_per_min_kes"], body["inbound_per_min_kes"]) == (3, 0)
    assert body["number_monthly_with_vat_minor"] == 11_600
    directions = {rate["direction"] for rate in body["rates"]}
    assert directions == {"inbound", "outbound", "supervision"}
