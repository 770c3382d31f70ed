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


def test_an_invitation_that_is_taken_while_it_is_taken_back_is_one_or_the_other():
    from tests.accounts.test_team import link_of

    acme = world.acme()
    for round_ in range(6):
        email = f"guest-{round_}@acme.example"
        offered = services.invite(
            acme.workspace, email=email, role="member", by=acme.owner, by_role="owner",
            actor="tests",
        )  # fmt: skip
        guest, token = world.person(email), link_of(email)

        def act(index, offered=offered, guest=guest, token=token):
            if index % 2:
                return services.revoke_invitation(offered, actor="tests") or "revoked"
            return services.accept_invitation(token, user=guest)

        results = world.together(4, act)
        offered.refresh_from_db()
        is_seated = guest.memberships.filter(workspace=acme.workspace).exists()
        won = [each for each in results if not isinstance(each, Exception)]
        lost = [each for each in results if isinstance(each, Exception)]
        assert len(won) == 1
        assert all(isinstance(each, errors.InvitationNotFound) for each in lost)
        assert (offered.accepted_at is not None, offered.revoked_at is None) == (is_seated,) * 2
        assert (won == ["revoked"]) is not is_seated
