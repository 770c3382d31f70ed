"""The verbs of the team: invitations, roles, leaving."""

from datetime import timedelta

import pytest

from accounts import errors, services
from accounts.models import ApiKey, Invitation, Membership
from kernel.models import AuditEntry, Mail
from tests import world

pytestmark = pytest.mark.django_db


def offer(where, email="dada@acme.example", role="member", by_role="owner"):
    return services.invite(
        where.workspace, email=email, role=role, by=where.owner, by_role=by_role, actor="tests"
    )


def link_of(email="dada@acme.example"):
    text = Mail.objects.filter(to=email).latest("created_at").text
    return text.partition("/invitations/")[2].split()[0]


def seat(where, user):
    return Membership.objects.get(workspace=where.workspace, user=user)


def test_an_invited_person_joins_with_the_role_they_were_offered():
    acme = world.acme()
    offer(acme, role="viewer")
    dada = world.person("dada@acme.example")
    services.accept_invitation(link_of(), user=dada)
    assert seat(acme, dada).role == "viewer"
    kinds = AuditEntry.objects.filter(workspace_id=acme.id).values_list("action_kind", flat=True)
    assert {"invitation.sent", "invitation.accepted"} <= set(kinds)


def test_a_link_seats_once_and_then_names_nothing():
    acme = world.acme()
    offer(acme)
    dada = world.person("dada@acme.example")
    services.accept_invitation(link_of(), user=dada)
    with pytest.raises(errors.InvitationNotFound):
        services.accept_invitation(link_of(), user=dada)
    assert Membership.objects.filter(workspace=acme.workspace, user=dada).count() == 1


def test_an_invitation_is_bound_to_its_address():
    offer(world.acme())
    with pytest.raises(errors.InviteEmailMismatch):
        services.accept_invitation(link_of(), user=world.chege().owner)


def test_sending_again_ends_the_link_before():
    acme = world.acme()
    row = offer(acme)
    old = link_of()
    services.resend_invitation(row, by_role="owner", actor="tests")
    with pytest.raises(errors.InvitationNotFound):
        services.find_invitation(old)
    assert services.find_invitation(link_of()).id == row.id


def test_inviting_an_address_again_sends_the_same_invitation_anew():
    acme = world.acme()
    assert offer(acme).id == offer(acme, role="admin").id
    assert Invitation.objects.get().role == "admin"


def test_an_invitation_ends_after_seven_days():
    row = offer(world.acme())
    assert row.expires_at - row.sent_at == timedelta(days=7)
    Invitation.objects.update(expires_at=row.sent_at)
    with pytest.raises(errors.InvitationExpired):
        services.find_invitation(link_of())


def test_a_revoked_invitation_names_nothing():
    row = offer(world.acme())
    services.revoke_invitation(row, actor="tests")
    with pytest.raises(errors.InvitationNotFound):
        services.find_invitation(link_of())


def test_a_member_is_not_invited():
    with pytest.raises(errors.AlreadyMember):
        offer(world.acme(), email="Brian@Acme.example")


@pytest.mark.parametrize(
    ("by_role", "role", "is_refused"),
    [
        ("owner", "owner", False),
        ("owner", "viewer", False),
        ("admin", "admin", False),
        ("admin", "owner", True),
        ("member", "viewer", True),
        ("viewer", "viewer", True),
    ],
)
def test_nobody_gives_a_role_above_their_own(by_role, role, is_refused):
    acme = world.acme()
    brian = seat(acme, world.brian())
    if is_refused:
        with pytest.raises(errors.RoleChangeDenied):
            offer(acme, role=role, by_role=by_role)
        with pytest.raises(errors.RoleChangeDenied):
            services.change_role(brian, role=role, by_role=by_role, actor="tests")
    else:
        offer(acme, role=role, by_role=by_role)
        services.change_role(brian, role=role, by_role=by_role, actor="tests")
        assert seat(acme, world.brian()).role == role


def test_an_admin_neither_changes_nor_removes_an_owner():
    acme = world.acme()
    amina = seat(acme, acme.owner)
    with pytest.raises(errors.RoleChangeDenied):
        services.change_role(amina, role="member", by_role="admin", actor="tests")
    with pytest.raises(errors.RemoveDenied):
        services.remove_member(amina, by_role="admin", actor="tests")


def test_the_last_owner_stays():
    acme = world.acme()
    amina = seat(acme, acme.owner)
    for act in (
        lambda: services.change_role(amina, role="admin", by_role="owner", actor="tests"),
        lambda: services.remove_member(amina, by_role="owner", actor="tests"),
        lambda: services.leave(amina, actor="tests"),
    ):
        with pytest.raises(errors.LastOwner):
            act()
    assert seat(acme, acme.owner).role == "owner"


def test_who_is_removed_loses_the_keys_they_made():
    acme = world.acme()
    key = world.issue(acme, by=world.brian()).key
    services.remove_member(seat(acme, world.brian()), by_role="admin", actor="tests")
    assert ApiKey.objects.get(id=key.id).state == "revoked"
    left = Membership.objects.filter(workspace=acme.workspace, user__email="brian@acme.example")
    assert not left.exists()


def test_a_person_opens_a_second_workspace_with_wallets_of_its_own():
    acme = world.acme()
    done = services.open_workspace(
        user=acme.owner, workspace_name="Acme Fintech", country="KE", currency="KES"
    )
    assert done.membership.role == "owner"
    assert done.workspace.slug != acme.workspace.slug
    assert done.workspace.mpesa_account_ref != acme.workspace.mpesa_account_ref
