"""Money and the calendar are the same wherever the machine thinks it is: UTC and New York."""

import os
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from kernel import clock
from numbers import queries as numbers
from numbers import services
from tests import world
from tests.numbers import test_claim, test_renew, test_rental
from tests.wallet import test_charge, test_documents, test_holds, test_paybill, test_reconciliation
from tests.wallet.exports import balanced, csv_file, payment
from tests.wallet.test_paybill import wallet
from wallet.models import Posting
from wallet.mpesa import statement
from wallet.mpesa.clock import eat_timestamp, parse_eat
from wallet.queries import balance

__all__ = ["wallet"]

pytestmark = pytest.mark.django_db(transaction=True)
ZONES = ("UTC", "America/New_York")
# The last second of a day in Nairobi, and what is left of the month then and a second later.
LAST_SECONDS = [
    (datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC), date(2026, 11, 30), 1, 31),
    (datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC), date(2026, 12, 31), 1, 31),
    (datetime(2027, 2, 28, 20, 59, 59, tzinfo=UTC), date(2027, 2, 28), 1, 31),
    (datetime(2028, 2, 28, 20, 59, 59, tzinfo=UTC), date(2028, 2, 28), 2, 1),
    (datetime(2028, 2, 29, 20, 59, 59, tzinfo=UTC), date(2028, 2, 29), 1, 31),
    (datetime(2027, 3, 30, 20, 59, 59, tzinfo=UTC), date(2027, 3, 30), 2, 1),
]


@pytest.fixture(params=ZONES, autouse=True)
def zone(request):
    """The machine's own zone, as the C library and every naive call see it."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def take(module, *names):
    """Run tests of another module here as well, once in each zone."""
    for name, function in vars(module).items():
        is_wanted = name in names if names else name.startswith("test_")
        if is_wanted and not hasattr(function, "hypothesis"):
            globals()[f"test_{module.__name__.rpartition('.test_')[2]}_{name[5:]}"] = function


for core in (test_charge, test_holds, test_documents, test_claim, test_renew, test_rental):
    take(core)
take(
    test_paybill,
    "test_a_confirmation_is_money_in_the_wallet",
    "test_a_doubled_confirmation_credits_once",
)
take(
    test_reconciliation,
    "test_a_payment_that_is_everywhere_matches_and_is_verified_by_the_statement",
    "test_a_missing_payment_is_landed_by_the_one_function_and_the_owner_is_told",
    "test_a_different_time_is_found_and_accepted_with_a_reason",
    "test_the_gap_between_the_balances_is_explained",
)


def test_the_zone_is_really_another_one(zone):
    offset = datetime.now().astimezone().utcoffset()
    assert (offset == timedelta(0)) == (zone == "UTC")


@pytest.mark.parametrize(("last_second", "day", "left", "left_later"), LAST_SECONDS)
def test_a_claim_in_the_last_second_of_a_nairobi_day_pays_that_day(
    last_second, day, left, left_later
):
    acme, row = world.acme(), world.offer()
    world.fund(acme, 100_000)
    with time_machine.travel(last_second, tick=False):
        quoted = numbers.quote(row)
        claimed = services.claim_number(workspace_id=acme.id, mode="live", inventory=row)
    assert (quoted.first_on, quoted.days_left) == (day, left)
    days = quoted.days_in_month
    assert (claimed.price.net_minor, claimed.price.vat_minor) == (
        quoted.net_minor, quoted.vat_minor
    )  # fmt: skip
    assert quoted.net_minor == -(-10_000 * left // days)
    assert quoted.vat_minor == (2 * quoted.net_minor * 16 + 100) // 200
    assert Posting.objects.get(kind="rental").gross_minor == quoted.gross_minor
    assert balance(acme.id, "live").balance_minor == 100_000 - quoted.gross_minor
    with time_machine.travel(last_second + timedelta(seconds=1), tick=False):
        later = numbers.quote(row)
    assert (later.first_on, later.days_left) == (day + timedelta(days=1), left_later)


@pytest.mark.parametrize("last_second", [each[0] for each in LAST_SECONDS])
def test_m_pesas_times_and_the_statements_are_those_of_nairobi(last_second):
    text = eat_timestamp(last_second)
    assert text.endswith("235959")
    assert parse_eat(text) == last_second
    row = payment("UKM8R4XC1P", 100, last_second, "TS-48219038")
    (line,) = statement.parse_statement(csv_file(balanced([row]))).lines
    assert line.completed_at == last_second
    assert clock.nairobi_today(line.completed_at).isoformat().replace("-", "") == text[:8]
