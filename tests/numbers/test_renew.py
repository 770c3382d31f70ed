"""The 1st of the month: pay, wait in suspension, or go back to the pool."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from kernel import relay, work
from kernel.models import Event, Job, Mail, Work
from kernel.work import jobs
from numbers import queries, services
from numbers.models import Number, Rental
from tests import world
from wallet import queries as wallet_queries
from wallet.models import Posting
from wallet.services import start_topup

pytestmark = pytest.mark.django_db

NOV_22 = datetime(2026, 11, 22, 9, tzinfo=UTC)
DEC_1 = datetime(2026, 11, 30, 21, 5, tzinfo=UTC)


def day(number):
    """Just after midnight in Nairobi on a day of December."""
    return time_machine.travel(DEC_1 + timedelta(days=number - 1), tick=False)


def claimed(acme, e164=world.FIRST_NUMBER):
    with time_machine.travel(NOV_22, tick=False):
        row = world.offer(e164)
        world.fund(acme, queries.quote(row).gross_minor)
        return services.claim_number(workspace_id=acme.id, mode="live", inventory=row).number


def test_the_first_of_the_month_charges_a_whole_month_once():
    acme = world.acme()
    number = claimed(acme)
    world.fund(acme, 20_000)
    with day(1):
        assert services.renew_rentals() == {"paid": 1}
        assert services.renew_rentals() == {}
    paid = Rental.objects.get(number=number, month="2026-12")
    assert (paid.net_minor, paid.vat_minor, paid.first_on) == (10_000, 1_600, date(2026, 12, 1))
    assert wallet_queries.balance(acme.id, "live").balance_minor == 20_000 - 11_600


def test_a_number_claimed_this_month_is_left_alone():
    claimed(world.acme())
    assert services.renew_rentals(today=date(2026, 11, 30)) == {}


def test_many_numbers_are_charged_together_and_each_as_if_alone():
    acme = world.acme()
    numbers = [claimed(acme, f"+25420000000{n}") for n in range(4)]
    world.fund(acme, 3 * 11_600 + 5_000)
    with day(1):
        assert services.renew_rentals() == {"paid": 3, "suspended": 1}
        assert services.renew_rentals() == {"waiting": 1}
    assert wallet_queries.balance(acme.id, "live").balance_minor == 5_000
    postings = Posting.objects.filter(kind="rental", source_ref__endswith="2026-12")
    assert [(each.gross_minor, each.basis.facts["days"]) for each in postings] == [(11_600, 31)] * 3
    assert Rental.objects.filter(month="2026-12", number__in=numbers).count() == 3


def test_a_poor_wallet_suspends_the_number_and_paying_late_pays_from_the_first():
    acme = world.acme()
    number = claimed(acme)
    with day(1):
        assert services.renew_rentals() == {"suspended": 1}
    assert queries.active_number(acme.id, "live", number.e164) is None
    assert Event.objects.filter(kind="number.suspended").count() == 1
    told = Mail.objects.get()
    assert told.to == "amina@acme.example"
    assert "KES 116.00" in told.text
    assert "8 Dec 2026" in told.text
    with day(2):
        assert services.renew_rentals() == {"waiting": 1}
    world.fund(acme, 11_600)
    with day(3):
        assert services.renew_rentals() == {"paid": 1}
    number.refresh_from_db()
    assert (number.status, number.suspended_at) == ("active", None)
    assert Rental.objects.get(month="2026-12").first_on == date(2026, 12, 1)


def test_a_number_that_stays_unpaid_is_released_on_the_eighth():
    acme = world.acme()
    claimed(acme)
    with day(1):
        services.renew_rentals()
    for waiting in range(2, 8):
        with day(waiting):
            assert services.renew_rentals() == {"waiting": 1}
    with day(8):
        assert services.renew_rentals() == {"released": 1}
    assert Number.objects.get().status == "released"
    assert Mail.objects.count() == 2
    assert list(queries.available("live").values_list("e164", flat=True)) == ["+254200000000"]


def test_it_runs_every_day_just_after_midnight_in_nairobi():
    job = jobs()["numbers.renew_rentals"]
    assert job.next_after(datetime(2026, 11, 30, 20, 0, tzinfo=UTC)) == DEC_1
    assert Job.objects.filter(name=job.name).count() <= 1


def relayed():
    """Let the relay hand the events on and a worker do what they ask for."""
    relay.sequence_batch()
    for row in Work.objects.filter(name="numbers.resume"):
        work.kinds()[row.name].handler(row.ref)


def top_up(tenant, amount):
    start_topup(
        workspace_id=tenant.id, mode="test", amount_minor=amount, currency="KES",
        phone_e164="+254712345678", account_ref="TS-1",
    )  # fmt: skip


def suspended(acme):
    row = world.offer()
    world.fund(acme, queries.quote(row).gross_minor, mode="test")
    number = services.claim_number(workspace_id=acme.id, mode="test", inventory=row).number
    with day(1):
        services.renew_rentals()
    number.refresh_from_db()
    assert number.status == "suspended"
    return number


def test_a_top_up_resumes_a_suspended_number_at_once():
    acme = world.acme()
    with time_machine.travel(NOV_22, tick=False):
        number = suspended(acme)
    with day(2):
        top_up(acme, 1_000)
        relayed()
        number.refresh_from_db()
        assert number.status == "suspended"
        top_up(acme, 50_000)
        relayed()
    number.refresh_from_db()
    assert number.status == "active"
    assert wallet_queries.balance(acme.id, "test").balance_minor == 51_000 - 11_600


def test_a_small_top_up_on_the_last_day_does_not_release_the_number():
    acme = world.acme()
    with time_machine.travel(NOV_22, tick=False):
        number = suspended(acme)
    with day(9):
        top_up(acme, 1_000)
        relayed()
    number.refresh_from_db()
    assert number.status == "suspended"
