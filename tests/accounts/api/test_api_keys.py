"""/v1/api-keys, and what a key opens."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import ApiKey, Membership
from accounts.services import keys
from kernel import clock
from tests import world
from tests.world import Api, code_of

pytestmark = pytest.mark.django_db

MANAGE = ["api_keys.manage", "calls.read", "wallet.read"]


def test_it_works():
    acme = world.acme()
    answer = world.browser(acme.owner).post(
        "/v1/api-keys", {"label": "server", "scopes": ["calls.read", "calls.read"]}
    )
    body = answer.json()
    assert answer.status_code == 201
    assert body["secret"].startswith("tsk_live_")
    assert len(body["secret"]) == len("tsk_live_") + 38
    assert (body["scopes"], body["label"], body["mode"]) == (["calls.read"], "server", "live")
    assert body["secret"] not in str(ApiKey.objects.values())
    assert Api(body["secret"]).get("/v1/workspace").json()["id"] == str(acme.id)


def test_the_list_never_shows_the_secret():
    acme = world.acme()
    secret = world.api_key(acme, label="one")
    body = world.browser(acme.owner).get("/v1/api-keys").json()
    assert [row["label"] for row in body["data"]] == ["one"]
    assert secret[-30:] not in str(body)
    assert secret.startswith(body["data"][0]["prefix"])


def test_it_requires_auth():
    for answer in (Api().get("/v1/api-keys"), Api().post("/v1/api-keys", {"label": "x"})):
        assert (answer.status_code, code_of(answer)) == (401, "auth.session_invalid")


def test_it_requires_scope():
    acme = world.acme()
    answer = world.api(acme).post("/v1/api-keys", {"label": "x"})
    assert (answer.status_code, code_of(answer)) == (403, "api_key.scope_denied")
    answer = world.browser(world.brian()).post("/v1/api-keys", {"label": "x"})
    assert (answer.status_code, code_of(answer)) == (403, "accounts.admin_required")
    world.join(acme, world.brian(), "viewer")
    answer = world.browser(world.brian()).post("/v1/api-keys", {"label": "x"})
    assert (answer.status_code, code_of(answer)) == (403, "accounts.write_denied")


def test_it_hides_other_workspaces():
    issued = world.issue(world.acme())
    api = world.browser(world.chege().owner)
    assert api.get("/v1/api-keys").json()["data"] == []
    answer = api.delete(f"/v1/api-keys/{issued.key.id}")
    assert (answer.status_code, code_of(answer)) == (404, "api_key.not_found")
    assert ApiKey.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "api_key.name_required"),
        ({"label": "  "}, "api_key.name_required"),
        ({"label": "x" * 121}, "api_key.name_required"),
        ({"label": "x", "scopes": ["calls.fly"]}, "api_key.scope_invalid"),
        ({"label": "x", "scopes": "calls.read"}, "validation.bad_request"),
        ({"label": "x", "expires_at": "2020-01-01T00:00:00Z"}, "validation.bad_request"),
        ({"label": "x", "expires_at": "soon"}, "validation.bad_request"),
        ({"label": "x", "mode": "staging"}, "validation.bad_request"),
    ],
)
def test_it_rejects_bad_input(body, code):
    answer = world.browser(world.amina()).post("/v1/api-keys", body)
    assert (answer.status_code, code_of(answer)) == (400, code)


def test_it_replays_an_idempotent_retry_without_the_secret():
    api = world.browser(world.amina())
    first = api.post("/v1/api-keys", {"label": "x"}, key="k1")
    again = api.post("/v1/api-keys", {"label": "x"}, key="k1")
    assert again.headers["Idempotent-Replay"] == "true"
    assert (again.json()["id"], again.json()["secret"]) == (first.json()["id"], None)
    assert ApiKey.objects.count() == 1


def test_a_revoked_key_is_dead_at_once_and_is_revoked_once():
    acme = world.acme()
    issued = world.issue(acme)
    api = world.browser(acme.owner)
    assert api.delete(f"/v1/api-keys/{issued.key.id}").status_code == 204
    answer = Api(issued.secret).get("/v1/workspace")
    assert (answer.status_code, code_of(answer)) == (401, "api_key.revoked")
    again = api.delete(f"/v1/api-keys/{issued.key.id}")
    assert (again.status_code, code_of(again)) == (409, "api_key.already_revoked")


def test_an_expired_key_says_so():
    secret = world.api_key(world.acme(), expires_at=clock.now() + timedelta(hours=1))
    assert Api(secret).get("/v1/workspace").status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        answer = Api(secret).get("/v1/workspace")
    assert (answer.status_code, code_of(answer)) == (401, "api_key.expired")


def test_a_mistyped_key_is_invalid_without_asking_the_database():
    secret = world.api_key(world.acme())
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    with CaptureQueriesContext(connection) as queries:
        answer = Api(wrong).get("/v1/workspace")
    assert (answer.status_code, code_of(answer)) == (401, "api_key.invalid")
    assert len(queries) == 0


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Basic abc", "tsk_live_x", "Bearer \u20ac"]
)
def test_another_header_is_invalid(header):
    answer = Api().get("/v1/workspace", Authorization=header)
    assert (answer.status_code, code_of(answer)) == (401, "api_key.invalid")


def test_a_key_is_known_by_one_query_and_its_use_is_written_once_a_minute():
    secret = world.api_key(world.acme())
    api = Api(secret)
    with CaptureQueriesContext(connection) as first:
        api.get("/v1/workspace")
    with CaptureQueriesContext(connection) as second:
        api.get("/v1/workspace")
    assert (len(first), len(second)) == (2, 1)
    used = ApiKey.objects.get().last_used_at
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        api.get("/v1/workspace")
    assert ApiKey.objects.get().last_used_at > used


def test_a_bearer_header_makes_the_cookie_ignored():
    duka = world.chege()
    api = world.browser(world.amina())
    answer = api.get("/v1/workspace", Authorization=f"Bearer {world.api_key(duka)}")
    assert answer.json()["id"] == str(duka.id)
    dead = api.get("/v1/workspace", Authorization="Bearer nonsense")
    assert code_of(dead) == "api_key.invalid"


def test_a_key_weakens_with_its_maker_and_dies_when_they_leave():
    acme = world.acme()
    world.join(acme, world.brian(), "admin")
    secret = world.api_key(acme, by=world.brian(), scopes=MANAGE)
    assert Api(secret).get("/v1/api-keys").status_code == 200
    world.join(acme, world.brian(), "member")
    assert code_of(Api(secret).get("/v1/api-keys")) == "api_key.scope_denied"
    Membership.objects.filter(user=world.brian()).delete()
    assert code_of(Api(secret).get("/v1/workspace")) == "api_key.revoked"


def test_a_key_never_makes_one_stronger_than_itself():
    api = Api(world.api_key(world.acme(), scopes=MANAGE))
    answer = api.post("/v1/api-keys", {"label": "x", "scopes": ["calls.write"]})
    assert (answer.status_code, code_of(answer)) == (403, "api_key.scope_denied")
    unlisted = api.post("/v1/api-keys", {"label": "x"}).json()
    assert unlisted["scopes"] == ["calls.read", "wallet.read"]
    listed = api.post("/v1/api-keys", {"label": "x", "scopes": ["api_keys.manage"]}).json()
    assert listed["scopes"] == ["api_keys.manage"]


def test_a_test_key_never_makes_a_live_key():
    api = Api(world.api_key(world.acme(), mode="test", scopes=MANAGE))
    assert code_of(api.post("/v1/api-keys", {"label": "x", "mode": "live"})) == (
        "validation.bad_request"
    )
    assert api.post("/v1/api-keys", {"label": "x"}).json()["secret"].startswith("tsk_test_")


def test_a_key_sees_its_own_mode_only():
    acme = world.acme()
    live = world.issue(acme, scopes=MANAGE)
    test = world.issue(acme, mode="test", scopes=MANAGE)
    rows = Api(test.secret).get("/v1/api-keys").json()["data"]
    assert [row["id"] for row in rows] == [str(test.key.id)]
    assert Api(test.secret).delete(f"/v1/api-keys/{live.key.id}").status_code == 404


def test_a_child_lives_no_longer_than_its_parent():
    soon = clock.now() + timedelta(hours=1)
    api = Api(world.api_key(world.acme(), scopes=MANAGE, expires_at=soon))
    assert api.post("/v1/api-keys", {"label": "x"}).json()["expires_at"] == clock.rfc3339(soon)
    later = clock.rfc3339(soon + timedelta(hours=1))
    answer = api.post("/v1/api-keys", {"label": "x", "expires_at": later})
    assert code_of(answer) == "validation.bad_request"


def test_revoking_a_key_revokes_every_key_it_made():
    acme = world.acme()
    parent = world.issue(acme, scopes=MANAGE)
    child = Api(parent.secret).post("/v1/api-keys", {"label": "c", "scopes": MANAGE}).json()
    grandchild = Api(child["secret"]).post("/v1/api-keys", {"label": "g"}).json()
    other = world.issue(acme)
    services.revoke_api_key(parent.key, actor="tests")
    assert code_of(Api(grandchild["secret"]).get("/v1/workspace")) == "api_key.revoked"
    assert Api(other.secret).get("/v1/workspace").status_code == 200


def test_a_person_who_leaves_takes_their_keys_along():
    acme = world.acme()
    issued = world.issue(acme, by=world.brian())
    gone = keys.revoke_keys_of(user_id=world.brian().id, workspace_id=acme.id, actor="tests")
    assert gone == 1
    assert code_of(Api(issued.secret).get("/v1/workspace")) == "api_key.revoked"


def test_a_suspended_workspace_reads_but_changes_nothing():
    acme = world.acme()
    api = world.api(acme, scopes=["api_keys.manage"])
    services.suspend_workspace(acme.workspace, actor="operator:1", reason="a test")
    assert api.get("/v1/api-keys").status_code == 200
    answer = api.post("/v1/api-keys", {"label": "x"})
    assert (answer.status_code, code_of(answer)) == (403, "account.suspended")


def test_a_key_is_limited_and_told_how_much_is_left(settings):
    settings.API_KEY_BURST, settings.API_KEY_REQUESTS_PER_SECOND = 3, 1
    api = world.api(world.acme())
    answers = [api.get("/v1/workspace") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Limit"] == "3"
    assert answers[0].headers["RateLimit-Remaining"] == "2"
    assert int(answers[3].headers["Retry-After"]) >= 1
