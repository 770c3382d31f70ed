"""Two owners who step down at the same moment: one stays."""

import pytest

from accounts import errors, services
from accounts.models import Membership
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_owners_who_leave_together_one_stays():
    acme = world.acme()
    world.join(acme, world.brian(), "owner")
    seats = list(Membership.objects.filter(workspace=acme.workspace))
    results = world.together(2, lambda index: services.leave(seats[index], actor="tests"))
    assert sorted(type(each) for each in results if each) == [errors.LastOwner]
    assert Membership.objects.get(workspace=acme.workspace).role == "owner"


def test_eight_clicks_on_one_invitation_seat_once():
    acme = world.acme()
    services.invite(
        acme.workspace, email="dada@acme.example", role="member", by=acme.owner,
        by_role="owner", actor="tests",
    )  # fmt: skip
    from tests.accounts.test_team import link_of

    dada, token = world.person("dada@acme.example"), link_of()
    results = world.together(8, lambda _: services.accept_invitation(token, user=dada))
    seated = [each for each in results if isinstance(each, Membership)]
    assert len(seated) == 1
    assert all(
        isinstance(each, errors.InvitationNotFound) for each in results if each not in seated
    )
    assert dada.memberships.count() == 1
