"""/v1/members, /v1/invitations and /v1/audit."""

import pytest

from accounts.models import Membership
from tests import world
from tests.accounts.test_team import link_of
from tests.world import Api, code_of

pytestmark = pytest.mark.django_db
BODY = {"email": "dada@acme.example", "role": "viewer"}


def seat_of(user):
    return Membership.objects.get(user=user)


def test_members_are_listed_with_their_roles():
    rows = world.api(world.acme()).get("/v1/members").json()["data"]
    assert {row["user"]["email"]: row["role"] for row in rows} == {
        "amina@acme.example": "owner",
        "brian@acme.example": "member",
    }


@pytest.mark.parametrize("path", ["/v1/members", "/v1/invitations", "/v1/audit"])
def test_lists_require_auth_and_hide_other_workspaces(path):
    world.acme()
    assert Api().get(path).status_code == 401
    owners = world.api(world.chege(), scopes=["members.read", "audit.read"])
    text = owners.get(path).content.decode()
    assert "acme.example" not in text


def test_a_role_is_changed_and_a_member_removed():
    acme = world.acme()
    api = world.browser(acme.owner)
    path = f"/v1/members/{seat_of(world.brian()).id}"
    assert api.patch(path, {"role": "admin"}).json()["role"] == "admin"
    assert api.delete(path).status_code == 204
    assert code_of(api.delete(path)) == "members.not_found"


def test_another_workspaces_member_is_not_found():
    stranger = seat_of(world.chege().owner)
    answer = world.browser(world.amina()).delete(f"/v1/members/{stranger.id}")
    assert (answer.status_code, code_of(answer)) == (404, "members.not_found")


def test_a_member_may_look_but_not_manage():
    api = world.browser(world.brian())
    assert api.get("/v1/members").status_code == 200
    assert code_of(api.post("/v1/invitations", BODY)) == "accounts.admin_required"
    assert code_of(api.get("/v1/audit")) == "accounts.admin_required"


def test_a_key_without_the_scope_is_refused_and_with_it_invites():
    acme = world.acme()
    assert code_of(world.api(acme).post("/v1/invitations", BODY)) == "api_key.scope_denied"
    answer = world.api(acme, scopes=["members.manage"]).post("/v1/invitations", BODY)
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    assert "token" not in answer.content.decode()


def test_an_invitation_is_listed_sent_again_and_taken_back():
    api = world.browser(world.amina())
    row = api.post("/v1/invitations", BODY).json()
    assert [it["id"] for it in api.get("/v1/invitations").json()["data"]] == [row["id"]]
    assert api.post(f"/v1/invitations/{row['id']}/resend").status_code == 200
    assert api.delete(f"/v1/invitations/{row['id']}").status_code == 204
    assert code_of(api.delete(f"/v1/invitations/{row['id']}")) == "invitations.not_found"


def test_an_invitation_is_accepted_in_the_session_of_its_address():
    acme = world.acme()
    world.browser(acme.owner).post("/v1/invitations", BODY)
    body = {"token": link_of()}
    assert code_of(Api().post("/v1/invitations/accept", body)) == "invite_requires_login"
    refused = world.browser(world.chege().owner).post("/v1/invitations/accept", body)
    assert (refused.status_code, code_of(refused)) == (403, "auth.invite_email_mismatch")
    dada = world.browser(world.person("dada@acme.example"))
    taken = dada.post("/v1/invitations/accept", body)
    assert taken.json() == {"workspace_id": str(acme.id), "role": "viewer"}


@pytest.mark.parametrize(
    "body", [{}, {"email": "nobody"}, {"email": "a@b.example", "role": "boss"}]
)
def test_a_bad_invitation_is_named(body):
    answer = world.browser(world.amina()).post("/v1/invitations", body)
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")


def test_the_audit_log_is_filtered_by_kind_actor_and_time():
    acme = world.acme()
    api = world.browser(acme.owner)
    api.post("/v1/invitations", BODY)
    rows = api.get("/v1/audit", {"action_kind": "invitation.sent"}).json()["data"]
    assert [row["after"] for row in rows] == [BODY]
    assert rows[0]["actor"] == f"user:{acme.owner.id}"
    mine = api.get("/v1/audit", {"actor": rows[0]["actor"]}).json()["data"]
    assert {row["actor"] for row in mine} == {rows[0]["actor"]}
    assert api.get("/v1/audit", {"to": "2020-01-01T00:00:00Z"}).json()["data"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"action_kind": "x.y"}, "audit.invalid_action_kind"),
        ({"from": "yesterday"}, "validation.bad_request"),
    ],
)
def test_a_bad_filter_is_named(query, code):
    answer = world.browser(world.amina()).get("/v1/audit", query)
    assert (answer.status_code, code_of(answer)) == (400, code)


def test_claiming_and_routing_a_number_are_in_the_audit_log():
    acme = world.acme()
    world.fund(acme, 20_000)
    world.offer()
    api = world.browser(acme.owner)
    number = api.post("/v1/numbers/claim", {"e164": world.FIRST_NUMBER}).json()
    routes = {"voice_callback_url": "https://example.com/v", "voice_signing_secret": "whsec_hidden"}
    api.put(f"/v1/numbers/{number['id']}/routing", routes)
    text = api.get("/v1/audit").content.decode()
    assert "number.claimed" in text
    assert "number.routed" in text
    assert "whsec_hidden" not in text
