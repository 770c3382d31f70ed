"""However much others move, a wallet that was quiet pays as fast as any."""

import pytest
from django.db import connection

from tests.wallet import books
from wallet import services

pytestmark = pytest.mark.django_db

OTHERS = 2_000
# A charge looks at its own few entries, more than once.
TOUCHED_MAX = 30

TOUCHED = """
    SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
      FROM pg_stat_xact_user_tables WHERE relname = %s
"""


def touched():
    """Return how many entries this transaction has looked at."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(TOUCHED, ["wallet_entry"])
        (rows,) = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return rows


def pay(wallet, number):
    services.charge(**books.facts(wallet, key=f"growth:{wallet.id}:{number}"))


def test_a_charge_of_a_quiet_wallet_does_not_walk_through_the_entries_of_others():
    quiet, busy = books.make_wallet(100_000), books.make_wallet(10_000_000)
    pay(quiet, 0)
    for number in range(OTHERS):
        pay(busy, number)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE wallet_entry")
    before = touched()
    pay(quiet, 1)
    assert touched() - before < TOUCHED_MAX
