"""Calls against numbers, people and limits, in every order: docs/architecture.md, "Lock order"."""

from datetime import date, timedelta
from itertools import count

import pytest

from calls import services as calls
from calls.models import CallPolicy
from kernel import clock
from kernel.errors import Problem
from numbers import services as numbers
from tests import world
from tests.calls import story
from tests.races.interleaving import every_way
from tests.wallet.books import assert_books_are_right

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
