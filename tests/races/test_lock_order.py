"""Calls against numbers, people and limits, in every order: docs/architecture.md, "Lock order"."""

import secrets
from datetime import date, timedelta
from itertools import count

import pytest
from django.db import transaction

from calls import services as calls
from calls.models import CallPolicy
from kernel import clock
from kernel.errors import Problem
from numbers import services as numbers
from tests import world
from tests.calls import story
from tests.races.interleaving import Second, every_way
from tests.wallet.books import assert_books_are_right
from tests.wallet.exports import live_wallet
from wallet import queries
from wallet.models import Finding, Limit, Statement
from wallet.services import Caps, announce_reached, corrections, place_hold, set_limit
from wallet.services.landing import land

pytestmark = pytest.mark.django_db(transaction=True)

NEXT_MONTH = date(2030, 7, 1)
serial = count(1)


class Scene:
    """A number of its own with an answered call on it, in a workspace with money."""

    def __init__(self):
        self.where = world.acme()
        plenty = {"calls_per_second": 10_000, "concurrent_calls_max": 10_000, "is_stopped": False}
        CallPolicy.objects.update_or_create(workspace=self.where.workspace, defaults=plenty)
        self.number = world.claim(self.where, f"+2542{next(serial):08d}")
        world.fund(self.where, 100_000)
        self.call = self.place()
        self.leg_id = self.call.legs.get().id
        calls.record_answered(leg_id=self.leg_id, at=clock.now() - timedelta(seconds=31))

    def place(self):
        return calls.place_call(
            workspace_id=self.where.id, mode="live", from_e164=self.number.e164, to=[story.FRIEND]
        )

    def end(self):
        calls.record_ended(
            leg_id=self.leg_id, connected_ms=31_000, sip_code=200, cause="bye", ended_by="remote"
        )

    def release(self):
        numbers.release_number(self.number)

    def renew(self):
        numbers.renew_number(self.number.id, today=NEXT_MONTH)

    def route(self):
        numbers.route_number(self.number, changes={"ring_client": "amina"})

    def bar(self):
        numbers.bar_number(self.number, actor="tests")


@pytest.mark.parametrize("act", ["release", "renew", "route", "bar"])
@pytest.mark.parametrize("of_call", ["end", "place"])
def test_a_call_and_its_number_never_wait_for_each_other(of_call, act):
    """The call's commit checks its foreign keys to the number while it holds the wallet."""

    def make(_round):
        scene = Scene()
        return getattr(scene, of_call), getattr(scene, act)

    assert every_way(make, may_raise=Problem) >= 4
    assert_books_are_right()


def reassign(number, workspace):
    numbers.reassign_number(number, workspace_id=workspace.id, mode="live", actor="tests")


def test_two_numbers_that_change_places_do_not_hold_a_wallet_each():
    acme, chege = world.acme(), world.chege()
    world.fund(acme, 10_000_000)
    world.fund(chege, 10_000_000)

    def make(_round):
        one = world.claim(acme, f"+2543{next(serial):08d}")
        other = world.claim(chege, f"+2543{next(serial):08d}")
        return (
            lambda: reassign(one, chege.workspace),
            lambda: reassign(other, acme.workspace),
        )

    assert every_way(make) >= 4
    assert_books_are_right()


def misplaced(owner, there):
    """A payment that was credited to one wallet and whose statement names another's account."""
    mark = secrets.token_hex(4).upper()
    receipt = land(
        receipt_no=mark, amount_minor=5_000, paid_at=clock.now(), shortcode="600100",
        source="c2b", bill_ref=owner.workspace.mpesa_account_ref,
    )  # fmt: skip
    statement = Statement.objects.create(
        name="statement.csv", sha256=mark, raw=b"", shortcode="600100", rows_count=1, counts={}
    )
    return Finding.objects.create(
        statement=statement, receipt_no=receipt.receipt_no, kind="different", field="account",
        said=there.workspace.mpesa_account_ref, stake_minor=5_000, effect_minor=0,
    )  # fmt: skip


def test_two_payments_that_change_places_do_not_hold_a_wallet_each():
    one, other = live_wallet(), live_wallet()

    def correct(finding):
        return lambda: corrections.ask_correction(finding.id, reason="Moved", actor="tests")

    def make(_round):
        return correct(misplaced(one, other)), correct(misplaced(other, one))

    assert every_way(make) >= 4
    assert_books_are_right()


def test_a_reached_limit_is_told_without_the_money_in_its_way():
    """A document that dials on after a refusal tells of the limit first, and then holds money."""
    where = world.acme()
    world.fund(where, 1_000_000)

    def hold():
        place_hold(
            workspace_id=where.id, mode="live", amount_minor=100, key=f"tests:{next(serial)}",
            expires_at=clock.now() + timedelta(hours=1), is_limited=True,
        )  # fmt: skip

    def make(_round):
        Limit.objects.filter(wallet__workspace=where.workspace).delete()
        caps = Caps(day_minor=500_000)
        limit = set_limit(workspace_id=where.id, mode="live", caps=caps, actor="tests")

        @transaction.atomic
        def refused_and_going_on():
            announce_reached(limit.id)
            hold()

        return refused_and_going_on, hold

    assert every_way(make) >= 2


def test_a_limit_whose_wallet_is_in_use_is_told_later_by_who_does_not_wait():
    where = world.acme()
    caps = Caps(day_minor=500)
    limit = set_limit(workspace_id=where.id, mode="live", caps=caps, actor="tests")
    told = []

    def extending():
        told.append(announce_reached(limit.id, waits=False))

    def charging():
        with transaction.atomic():
            queries.lock_wallets(where.id)
            Second(extending).run_as_far_as_it_can()

    charging()
    extending()
    extending()
    assert told == [False, True, False]
