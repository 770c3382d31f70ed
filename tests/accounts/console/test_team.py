"""Members, invitations, sessions, further workspaces and the audit log as pages."""

import pytest

from accounts.models import Membership, Workspace
from kernel.models import AuditEntry
from tests import world
from tests.accounts.test_team import link_of, offer, seat
from tests.world import Api

pytestmark = pytest.mark.django_db


def client(user):
    return world.browser(user).client


def test_an_owner_invites_and_the_invited_person_joins_without_onboarding():
    browser = client(world.amina())
    browser.post("/settings/members", {"email": "dada@acme.example", "role": "viewer"})
    assert "dada@acme.example" in browser.get("/settings/members").text
    path = f"/invitations/{link_of()}"
    assert "Sign in to accept" in Api().client.get(path).text
    dada = client(world.person("dada@acme.example"))
    assert "Accept the invitation" in dada.get(path).text
    assert dada.post(path).url == "/overview"
    assert "Acme Fintech" in dada.get("/overview").text


def test_an_invitation_for_somebody_else_says_whose_it_is():
    offer(world.acme())
    stranger = client(world.chege().owner)
    path = f"/invitations/{link_of()}"
    assert "dada@acme.example" in stranger.get(path).text
    assert stranger.post(path).status_code == 403


def test_a_dead_link_says_so():
    answer = Api().client.get("/invitations/nothing-like-a-token")
    assert answer.status_code == 404
    assert "invitation" in answer.text


def test_an_owner_changes_a_role_and_removes_a_member():
    acme = world.acme()
    browser = client(acme.owner)
    path = f"/settings/members/{seat(acme, world.brian()).id}"
    browser.post(path, {"role": "admin"})
    assert seat(acme, world.brian()).role == "admin"
    browser.post(path, {"action": "remove"})
    assert not Membership.objects.filter(user__email="brian@acme.example").exists()


def test_the_last_owner_is_told_why_they_stay():
    acme = world.acme()
    answer = client(acme.owner).post("/settings/members/leave", follow=True)
    assert "needs an owner" in answer.text
    assert seat(acme, acme.owner).role == "owner"


def test_a_member_sees_the_team_but_no_way_to_change_it():
    page = client(world.brian()).get("/settings/members").text
    assert "amina@acme.example" in page
    assert "Send the invitation" not in page
    assert client(world.brian()).post("/settings/members", {}).status_code == 403


def test_a_member_leaves():
    world.acme()
    assert client(world.brian()).post("/settings/members/leave").url == "/overview"
    assert not Membership.objects.filter(user__email="brian@acme.example").exists()


def test_a_second_workspace_is_opened_and_worked_in():
    browser = client(world.amina())
    form = {"workspace_name": "Acme Staging", "country": "KE", "currency": "KES"}
    assert "whsec_" in browser.post("/workspaces/new", form).text
    assert "Acme Staging" in browser.get("/settings").text
    assert Workspace.objects.count() == 2


def test_a_person_ends_another_session_of_theirs():
    amina = world.amina()
    here, there = client(amina), client(amina)
    there.get("/overview")
    page = here.get("/settings/sessions").text
    assert page.count('name="id"') == 2
    other = amina.usersession_set.get(session_key=there.session.session_key)
    here.post("/settings/sessions", {"id": other.pk})
    assert there.get("/overview").status_code == 302
    assert here.get("/overview").status_code == 200


def test_nobody_ends_the_session_of_another_person():
    brian, amina = client(world.brian()), client(world.amina())
    amina.get("/overview")
    row = world.amina().usersession_set.get()
    assert brian.post("/settings/sessions", {"id": row.pk}).status_code == 404
    assert amina.get("/overview").status_code == 200


def test_the_audit_log_shows_who_changed_what_and_filters():
    acme = world.acme()
    browser = client(acme.owner)
    browser.post("/settings", {"name": "Acme Renamed"})
    browser.post("/settings", {"name": "Acme Again"})
    page = browser.get("/settings/audit?action_kind=workspace.updated").text
    assert "Acme Renamed" in page
    assert "amina@acme.example" in page
    assert "Acme Renamed" not in browser.get("/settings/audit?action_kind=member.left").text
    assert browser.get("/settings/audit?action_kind=nonsense").status_code == 400
    assert client(world.brian()).get("/settings/audit").status_code == 403


def test_the_audit_log_says_what_happened_before_the_code_of_it():
    acme = world.acme()
    browser = client(acme.owner)
    browser.post("/settings", {"name": "Acme Renamed"})
    page = browser.get("/settings/audit").text
    assert '<span class="strong">A workspace was renamed or changed.</span>' in page
    assert '<span class="mono">workspace.updated</span>' in page
    assert '<option value="member.left">A member left.</option>' in page
    browser.post("/i18n/setlang/", {"language": "sw", "next": "/settings/audit"})
    swahili = browser.get("/settings/audit").text
    assert '<option value="member.left">Mwanachama aliondoka.</option>' in swahili
    assert "A workspace was renamed" not in swahili


def test_a_row_of_a_kind_that_is_no_longer_declared_keeps_its_code():
    acme = world.acme()
    AuditEntry.objects.create(
        action_kind="fax.sent", actor="system", subject="1", workspace_id=acme.workspace.id
    )
    assert '<span class="strong">fax.sent</span>' in client(acme.owner).get("/settings/audit").text
