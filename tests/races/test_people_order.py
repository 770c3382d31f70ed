"""People against each other, in every order: keys, invitations, and who leaves meanwhile."""

from itertools import count

import pytest
from django.db import transaction

from accounts import errors, services
from accounts.models import ApiKey, Membership
from kernel import people
from tests import world
from tests.accounts.test_team import link_of
from tests.races.interleaving import every_way

pytestmark = pytest.mark.django_db(transaction=True)

serial = count(1)


class Offer:
    """An open invitation of a person, with what can become of it."""

    def __init__(self, where):
        self.where, self.email = where, f"guest-{next(serial)}@acme.example"
        self.row = services.invite(
            where.workspace, email=self.email, role="member", by=where.owner, by_role="owner",
            actor="tests",
        )  # fmt: skip
        self.guest, self.token = world.person(self.email), link_of(self.email)

    def accept(self):
        services.accept_invitation(self.token, user=self.guest)

    def revoke(self):
        services.revoke_invitation(self.row, actor="tests")

    def resend(self):
        services.resend_invitation(self.row, by_role="owner", actor="tests")

    @transaction.atomic
    def erase(self):
        people.erase(
            people.Subject(
                user_id=self.guest.pk, email=self.email, pseudonym=f"erased-{self.guest.pk}"
            )
        )

    def is_seated(self):
        return Membership.objects.filter(user=self.guest, workspace=self.where.workspace).exists()


@pytest.mark.parametrize("order", [("accept", "revoke"), ("revoke", "accept")])
def test_an_invitation_is_taken_or_taken_back_and_never_both(order):
    where, offers = world.acme(), {}

    def make(round_):
        offers[round_] = offer = Offer(where)
        return getattr(offer, order[0]), getattr(offer, order[1])

    def judge(round_):
        offer = offers[round_]
        offer.row.refresh_from_db()
        ended = (offer.row.accepted_at is not None, offer.row.revoked_at is None)
        assert ended == (offer.is_seated(),) * 2, f"round {round_}"

    assert every_way(make, may_raise=errors.InvitationNotFound, judge=judge) >= 1


def test_a_link_that_is_sent_anew_meanwhile_seats_nobody_twice():
    where = world.acme()

    def make(_round):
        offer = Offer(where)
        return offer.resend, offer.accept

    assert every_way(make, may_raise=errors.InvitationNotFound) >= 1


def test_who_is_erased_while_they_join_holds_nobody_up():
    where = world.acme()

    def make(_round):
        offer = Offer(where)
        return offer.accept, offer.erase

    assert every_way(make, may_raise=errors.InvitationNotFound) >= 1


class Keys:
    """A key, the key it made, and the key that one made, of an admin who may be removed."""

    def __init__(self, where):
        self.where = where
        self.maker = world.join(where, world.person(f"admin-{next(serial)}@acme.example"), "admin")
        parent = world.issue(where, by=self.maker).key
        self.rows = [parent]
        for _ in range(2):
            made = services.create_api_key(
                workspace=where.workspace, mode="live", label="tests", created_by=self.maker,
                maker_scopes=["calls.read"], maker=self.rows[-1], actor="tests",
            )  # fmt: skip
            self.rows.append(made.key)
        # A row that was written since lies behind the others, also in the indexes.
        ApiKey.objects.filter(id=parent.id).update(digest=f"{next(serial):064}")

    def revoke(self):
        services.revoke_api_key(self.rows[0], actor="tests")

    def revoke_last_made(self):
        services.revoke_api_key(self.rows[1], actor="tests")

    def remove_maker(self):
        seat = Membership.objects.get(user=self.maker, workspace=self.where.workspace)
        services.remove_member(seat, by_role="owner", actor="tests")


@pytest.mark.parametrize(
    "order",
    [("revoke", "remove_maker"), ("remove_maker", "revoke"), ("revoke", "revoke_last_made")],
)
def test_keys_that_are_revoked_from_two_sides_are_revoked_once(order):
    where, made = world.acme(), {}

    def make(round_):
        made[round_] = keys = Keys(where)
        return getattr(keys, order[0]), getattr(keys, order[1])

    def judge(round_):
        ids = [row.id for row in made[round_].rows]
        assert not ApiKey.objects.filter(id__in=ids, revoked_at=None).exists()

    assert every_way(make, may_raise=errors.ApiKeyAlreadyRevoked, judge=judge) >= 1
