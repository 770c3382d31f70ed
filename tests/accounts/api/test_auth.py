"""/v1/auth: sign-in, session, sign-out, switch, onboarding."""

import pytest

from accounts.models import MagicLink, Membership, Workspace
from kernel.models import Mail
from tests import world
from tests.accounts.test_sign_in import last_mail
from tests.world import Api, code_of

pytestmark = pytest.mark.django_db

ONBOARDING = {
    "name": "Alice Kamau",
    "workspace_name": "Acme Fintech",
    "country": "KE",
    "currency": "KES",
}


def signed_in(email="alice@acme.example"):
    api = Api()
    api.post("/v1/auth/magic-link", {"email": email})
    assert api.post("/v1/auth/magic-link/verify", {"token": last_mail()[0]}).status_code == 200
    return api


def test_a_link_is_answered_alike_for_known_and_unknown_addresses():
    world.acme()
    known = Api().post("/v1/auth/magic-link", {"email": "amina@acme.example"})
    unknown = Api().post("/v1/auth/magic-link", {"email": "nobody@acme.example"})
    assert known.status_code == unknown.status_code == 202
    assert known.json() == unknown.json() == {"status": "sent"}
    assert Mail.objects.count() == 2


def test_a_link_is_limited_with_a_time_to_wait():
    answers = [Api().post("/v1/auth/magic-link", {"email": "a@x.example"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert code_of(answers[-1]) == "rate_limited"
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "body", [{}, {"email": "no"}, [], "{", {"email": "a@x.example", "next": 1}]
)
def test_a_link_rejects_bad_input(body):
    answer = Api().post("/v1/auth/magic-link", body if body != "{" else "{")
    expected = 202 if body == {"email": "a@x.example", "next": 1} else 400
    # A number is read as text, and "1" is no local path.
    assert answer.status_code in (400, expected)
    assert not MagicLink.objects.filter(next_url="1").exists()


@pytest.mark.parametrize(
    "where", ["https://evil.example", "//evil.example", "evil", "/\\evil.example"]
)
def test_a_link_goes_to_our_own_pages_only(where):
    answer = Api().post("/v1/auth/magic-link", {"email": "a@x.example", "next": where})
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")


def test_verify_signs_in_by_token_and_the_cookie_is_the_session():
    api = Api()
    api.post("/v1/auth/magic-link", {"email": "alice@acme.example", "next": "/wallet"})
    before = api.client.cookies["sk_session"].value
    answer = api.post("/v1/auth/magic-link/verify", {"token": last_mail()[0]})
    assert answer.json()["user"]["email"] == "alice@acme.example"
    assert (answer.json()["workspace_id"], answer.json()["next"]) == (None, "/wallet")
    cookie = api.client.cookies["sk_session"]
    assert cookie.value != before
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert api.get("/v1/auth/session").json()["user"]["email"] == "alice@acme.example"


def test_verify_signs_in_by_code_in_the_same_browser_only():
    api = Api()
    api.post("/v1/auth/magic-link", {"email": "alice@acme.example"})
    body = {"email": "alice@acme.example", "code": last_mail()[1]}
    elsewhere = Api().post("/v1/auth/magic-link/verify", body)
    assert (elsewhere.status_code, code_of(elsewhere)) == (401, "auth.token_invalid")
    assert api.post("/v1/auth/magic-link/verify", body).status_code == 200


def test_verify_refuses_a_spent_token():
    signed_in()
    again = Api().post("/v1/auth/magic-link/verify", {"token": last_mail()[0]})
    assert (again.status_code, code_of(again)) == (401, "auth.token_used")


@pytest.mark.parametrize("body", [{}, {"email": "a@x.example"}, {"code": "123456"}])
def test_verify_rejects_bad_input(body):
    answer = Api().post("/v1/auth/magic-link/verify", body)
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")


def test_verify_refuses_another_site():
    answer = Api().post(
        "/v1/auth/magic-link/verify", {"token": "x"}, **{"Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, code_of(answer)) == (403, "auth.cross_site")


def test_session_requires_auth():
    answer = Api().get("/v1/auth/session")
    assert (answer.status_code, code_of(answer)) == (401, "auth.session_invalid")


def test_session_tells_the_workspace_and_the_role():
    acme = world.acme()
    body = world.browser(world.brian()).get("/v1/auth/session").json()
    assert body["workspace_id"] == str(acme.id)
    assert (body["role"], body["mode"]) == ("member", "live")
    assert [each["id"] for each in body["workspaces"]] == [str(acme.id)]


def test_a_key_tells_nothing_of_the_other_workspaces_of_its_maker():
    acme, duka = world.acme(), world.chege()
    world.join(duka, acme.owner, "viewer")
    body = world.api(acme).get("/v1/auth/session").json()
    assert [each["id"] for each in body["workspaces"]] == [str(acme.id)]


def test_sign_out_ends_the_session():
    api = signed_in()
    assert api.post("/v1/auth/sign-out").status_code == 204
    assert api.get("/v1/auth/session").status_code == 401


def test_switch_moves_between_own_workspaces_only():
    acme, duka = world.acme(), world.chege()
    api = world.browser(acme.owner)
    refused = api.post("/v1/auth/switch-workspace", {"workspace_id": str(duka.id)})
    assert (refused.status_code, code_of(refused)) == (403, "auth.workspace_forbidden")
    world.join(duka, acme.owner, "viewer")
    moved = api.post("/v1/auth/switch-workspace", {"workspace_id": str(duka.id), "mode": "test"})
    assert moved.status_code == 200
    session = api.get("/v1/auth/session").json()
    assert (session["workspace_id"], session["role"], session["mode"]) == (
        str(duka.id), "viewer", "test",
    )  # fmt: skip


def test_onboarding_works_as_the_seed_says():
    api = signed_in()
    answer = api.post("/v1/auth/onboarding", ONBOARDING)
    body = answer.json()
    assert answer.status_code == 201
    assert body["workspace_id"] == body["workspace"]["id"]
    assert body["workspace"]["slug"] == "acme-fintech"
    assert body["wallet"] == {"balance_minor": 0, "currency": "KES"}
    assert body["signing_secret"].startswith("whsec_")
    assert Membership.objects.get().role == "owner"


def test_onboarding_requires_auth():
    assert code_of(Api().post("/v1/auth/onboarding", ONBOARDING)) == "auth.session_invalid"


@pytest.mark.parametrize("missing", ["name", "workspace_name", "country", "currency"])
def test_onboarding_rejects_bad_input(missing):
    api = signed_in()
    answer = api.post("/v1/auth/onboarding", {**ONBOARDING, missing: ""})
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")
    assert answer.json()["error"]["fields"][0]["path"] == missing


def test_onboarding_refuses_another_currency():
    answer = signed_in().post("/v1/auth/onboarding", {**ONBOARDING, "currency": "USD"})
    assert (answer.status_code, code_of(answer)) == (400, "currency.unsupported")


def test_onboarding_twice_makes_one_workspace():
    api = signed_in()
    api.post("/v1/auth/onboarding", ONBOARDING)
    again = api.post("/v1/auth/onboarding", ONBOARDING)
    assert (again.status_code, code_of(again)) == (409, "accounts.already_onboarded")
    assert Workspace.objects.count() == 1


def test_somebody_without_a_workspace_is_sent_to_onboarding():
    answer = signed_in().get("/v1/workspace")
    assert (answer.status_code, code_of(answer)) == (403, "auth.no_workspace")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_the_cookie_is_refused_from_other_sites(headers):
    api = signed_in()
    answer = api.post("/v1/auth/onboarding", ONBOARDING, **headers)
    assert (answer.status_code, code_of(answer)) == (403, "auth.cross_site")


def test_the_cookie_works_from_our_own_origin():
    answer = signed_in().post(
        "/v1/auth/onboarding",
        ONBOARDING,
        **{"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_the_cookie_is_refused_with_what_a_form_can_send(kind):
    api = signed_in()
    answer = api.client.post("/v1/auth/onboarding", data="{}", content_type=kind)
    assert (answer.status_code, code_of(answer)) == (415, "unsupported_media_type")
