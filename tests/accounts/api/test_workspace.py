"""/v1/workspace and its signing secret."""

import pytest

from accounts.models import Workspace
from tests import world
from tests.world import Api, code_of

pytestmark = pytest.mark.django_db


def test_it_works():
    acme = world.acme()
    body = world.api(acme).get("/v1/workspace").json()
    assert (body["id"], body["currency"], body["status"]) == (str(acme.id), "KES", "active")
    assert body["mpesa_account_ref"].startswith("TS-")
    assert "signing_secret" not in body


def test_it_requires_auth():
    assert Api().get("/v1/workspace").status_code == 401


def test_it_requires_scope_to_rename():
    answer = world.browser(world.brian()).patch("/v1/workspace", {"name": "Mine"})
    assert (answer.status_code, code_of(answer)) == (403, "accounts.admin_required")


def test_an_owner_renames_it():
    answer = world.browser(world.amina()).patch("/v1/workspace", {"name": "Acme Two"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Acme Two")


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "currency": "USD"}])
def test_it_rejects_bad_input_and_never_writes_the_currency(body):
    answer = world.browser(world.amina()).patch("/v1/workspace", body)
    assert (answer.status_code, code_of(answer)) == (400, "validation.bad_request")
    assert Workspace.objects.get(slug="acme-fintech").currency == "KES"


def test_the_signing_secret_rotates_and_a_replay_does_not_show_it():
    acme = world.acme()
    before = acme.workspace.signing_secret
    api = world.browser(acme.owner)
    first = api.post("/v1/workspace/rotate-signing-secret", key="r1")
    again = api.post("/v1/workspace/rotate-signing-secret", key="r1")
    secret = first.json()["signing_secret"]
    assert secret.startswith("whsec_")
    assert secret != before
    assert again.json()["signing_secret"] is None
    assert Workspace.objects.get(id=acme.id).signing_secret == secret


def test_rotating_requires_scope():
    answer = world.browser(world.brian()).post("/v1/workspace/rotate-signing-secret")
    assert answer.status_code == 403
