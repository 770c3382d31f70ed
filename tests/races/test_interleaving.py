"""The tool of these tests finds what it is for, and nothing else."""

import pytest
from django.db import connection, transaction

from tests.races.interleaving import every_way

pytestmark = pytest.mark.django_db(transaction=True)

ONE, OTHER = 90_210_001, 90_210_002


def locking(*keys):
    @transaction.atomic
    def act():
        with connection.cursor() as cursor:
            for key in keys:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])

    return act


def test_two_locks_in_opposite_orders_are_found():
    with pytest.raises(AssertionError, match="deadlock after SELECT pg_advisory_xact_lock"):
        every_way(lambda _round: (locking(ONE, OTHER), locking(OTHER, ONE)))


def test_two_locks_in_one_order_meet_in_two_ways():
    assert every_way(lambda _round: (locking(ONE, OTHER), locking(ONE, OTHER))) == 2


def test_a_problem_that_nobody_expects_is_no_deadlock():
    with pytest.raises(AssertionError, match="problem after"):
        every_way(lambda _round: (locking(ONE), lambda: 1 // 0))
