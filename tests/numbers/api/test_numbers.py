"""Reading, routing and releasing numbers over /v1."""

import pytest

from kernel import http
from numbers.models import Number
from tests import world
from tests.world import Api, code_of

pytestmark = pytest.mark.django_db

ROUTES = {
    "voice_callback_url": "https://acme.example/voice",
    "events_url": "https://acme.example/e",
}


@pytest.fixture
def number():
    return world.claim(world.acme())


def test_the_lists_work(number):
    api = world.api(world.acme(), scopes=["numbers.read"])
    world.offer("+254200000005")
    listed = api.get("/v1/numbers").json()
    assert [row["e164"] for row in listed["numbers"]] == [number.e164]
    assert listed["numbers"][0]["country_iso2"] == "KE"
    assert api.get(f"/v1/numbers/{number.id}").json()["id"] == str(number.id)
    offered = api.get("/v1/numbers/available").json()
    assert [row["e164"] for row in offered["available"]] == ["+254200000005"]


def test_the_inventory_is_filtered_and_paged(number):
    for step in range(1, 6):
        world.offer(f"+25420000000{step}")
    api = world.api(world.acme())
    assert api.get("/v1/numbers/available", {"country": "UG"}).json()["available"] == []
    assert api.get("/v1/numbers/available", {"capability": "sms"}).json()["available"] == []
    found = api.get(
        "/v1/numbers/available", {"country": "ke", "currency": "KES", "limit": 3}
    ).json()
    assert len(found["available"]) == 3
    rest = api.get("/v1/numbers/available", {"cursor": found["next_cursor"]}).json()
    assert [row["e164"][-1] for row in rest["available"]] == ["4", "5"]
    assert api.get("/v1/numbers/available", {"limit": 0}).status_code == 400


def test_they_require_auth(number):
    for path in ("", "/available", f"/{number.id}"):
        assert Api().get(f"/v1/numbers{path}").status_code == 401


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_they_require_scope(number, method):
    api = world.api(world.acme(), scopes=["numbers.read"])
    path = f"/v1/numbers/{number.id}" + ("" if method == "delete" else "/routing")
    answer = getattr(api, method)(path)
    assert (answer.status_code, code_of(answer)) == (403, "api_key.scope_denied")


@pytest.mark.parametrize("mode", ["live", "test"])
def test_they_hide_other_workspaces_and_the_other_mode(number, mode):
    who = world.chege() if mode == "live" else world.acme()
    api = world.api(who, mode=mode)
    assert api.get("/v1/numbers").json() == {"numbers": []}
    for answer in (
        api.get(f"/v1/numbers/{number.id}"),
        api.patch(f"/v1/numbers/{number.id}/routing", ROUTES),
        api.delete(f"/v1/numbers/{number.id}"),
        api.get("/v1/numbers/nonsense"),
    ):
        assert (answer.status_code, code_of(answer)) == (404, "numbers.not_found")
    assert Number.objects.get().status == "active"


def test_patch_changes_what_it_names_and_put_clears_the_rest(number):
    api = world.api(world.acme())
    path = f"/v1/numbers/{number.id}/routing"
    assert api.patch(path, ROUTES).json()["events_url"] == ROUTES["events_url"]
    changed = api.patch(path, {"voice_url": "https://acme.example/v2"}).json()
    assert changed["voice_callback_url"] == "https://acme.example/v2"
    assert changed["events_url"] == ROUTES["events_url"]
    put = api.put(path, {"voice_callback_url": ROUTES["voice_callback_url"]}).json()
    assert put["events_url"] is None
    assert api.patch(path, {"voice_callback_url": None}).json()["voice_callback_url"] is None


def test_the_signing_secret_of_a_number_is_written_and_never_read(number):
    api = world.api(world.acme())
    answer = api.patch(f"/v1/numbers/{number.id}/routing", {"voice_signing_secret": "s3cret"})
    assert answer.json()["has_voice_signing_secret"] is True
    assert "s3cret" not in answer.text
    assert Number.objects.get().voice_signing_secret == "s3cret"


@pytest.mark.parametrize(
    "url",
    ["nonsense", "ftp://x.example", "http://x.example", "https://u:p@x.example", "https://127.0.0.1/",
     "https://[::1]/", "https://x.example:22/", "https://x.example/a b", "https://x.example/" + "a" * 2000],
)  # fmt: skip
def test_routing_rejects_bad_input_and_changes_nothing(number, url):
    before = http._policy
    http.configure(http.Policy())
    try:
        answer = world.api(world.acme()).patch(
            f"/v1/numbers/{number.id}/routing", {"voice_callback_url": url, "events_url": ""}
        )
    finally:
        http.configure(before)
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")
    assert answer.json()["error"]["fields"][0]["path"] == "voice_callback_url"
    assert Number.objects.get().voice_callback_url == ""


def test_a_sandbox_takes_loopback_addresses(number):
    before = http._policy
    http.configure(http.Policy(allow_loopback=True))
    try:
        answer = world.api(world.acme()).patch(
            f"/v1/numbers/{number.id}/routing",
            {"voice_callback_url": "http://127.0.0.1:3000/voice"},
        )
    finally:
        http.configure(before)
    assert answer.status_code == 200


def test_delete_releases_and_says_what_came_back(number):
    api = world.api(world.acme())
    answer = api.delete(f"/v1/numbers/{number.id}")
    body = answer.json()
    assert (answer.status_code, body["id"], body["status"]) == (200, str(number.id), "released")
    assert set(body["refund"]) == {"net_minor", "vat_minor", "balance_after_minor"}
    again = api.delete(f"/v1/numbers/{number.id}")
    assert (again.status_code, code_of(again)) == (409, "numbers.not_assigned")
    assert api.get("/v1/numbers").json() == {"numbers": []}
    routed = api.patch(f"/v1/numbers/{number.id}/routing", ROUTES)
    assert (routed.status_code, code_of(routed)) == (409, "numbers.not_assigned")
