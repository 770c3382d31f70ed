"""Claiming and releasing, down to the rows and the money."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction

from kernel.models import Event
from numbers import queries, services
from numbers.errors import NumberAlreadyClaimed, NumberNotAssigned
from numbers.models import Inventory, Number, Rental
from tests import world
from wallet import queries as wallet_queries
from wallet.errors import InsufficientBalance
from wallet.models import Posting

NOV_22 = datetime(2026, 11, 22, 9, tzinfo=UTC)


def balance(where, mode="live"):
    return wallet_queries.balance(where.workspace.id, mode).balance_minor


def claim(where, row, mode="live", **routes):
    return services.claim_number(
        workspace_id=where.workspace.id, mode=mode, inventory=row, **routes
    )


@pytest.mark.django_db
@time_machine.travel(NOV_22, tick=False)
def test_a_claim_charges_the_rest_of_the_month_once_and_says_so():
    acme, row = world.acme(), world.offer()
    world.fund(acme, 10_000)
    claimed = claim(acme, row)
    assert (claimed.price.net_minor, claimed.price.vat_minor) == (3_000, 480)
    assert claimed.balance_after_minor == balance(acme) == 6_520
    posting = Posting.objects.get(kind="rental")
    assert (posting.net_minor, posting.vat_minor, posting.number_id) == (
        3_000, 480, claimed.number.id,
    )  # fmt: skip
    assert Inventory.objects.get().state == "assigned"
    event = Event.objects.get(kind="number.provisioned")
    assert event.payload == {
        "number_id": str(claimed.number.id),
        "e164": "+254200000000",
        "country_code": "KE",
        "capabilities": ["voice"],
        "series_id": None,
        "rental_start_at": "2026-11-22T09:00:00.000Z",
    }


@pytest.mark.django_db
def test_a_wallet_that_is_one_cent_short_gets_nothing():
    acme, row = world.acme(), world.offer()
    quote = queries.quote(row)
    world.fund(acme, quote.gross_minor - 1)
    with pytest.raises(InsufficientBalance):
        claim(acme, row)
    assert not Number.objects.exists()
    assert not Event.objects.filter(kind="number.provisioned").exists()
    assert Inventory.objects.get().state == "available"
    world.fund(acme, 1)
    assert claim(acme, row).balance_after_minor == 0


@pytest.mark.django_db
def test_a_number_that_costs_nothing_moves_no_money():
    acme, row = world.acme(), world.offer(monthly_price_minor=0)
    assert claim(acme, row).price.gross_minor == 0
    assert services.release_number(Number.objects.get()).refund.gross_minor == 0
    assert not Posting.objects.exists()


@pytest.mark.django_db
def test_the_database_allows_one_holder_of_a_number():
    acme = world.acme()
    number = world.claim(acme)
    Number.objects.filter(id=number.id).update(e164="+254200000099")
    with pytest.raises(IntegrityError), transaction.atomic():
        number.pk = None
        number.e164 = "+254200000099"
        number.save(force_insert=True)


@pytest.mark.django_db
@time_machine.travel(NOV_22, tick=False)
def test_a_release_on_the_day_of_the_claim_keeps_one_day():
    acme = world.acme()
    number = world.claim(acme)
    done = services.release_number(number)
    # 9 days were paid with 3000 + 480; one day is 334 + 53.
    assert (done.refund.net_minor, done.refund.vat_minor) == (2_666, 427)
    assert done.balance_after_minor == balance(acme) == 20_000 - 334 - 53
    assert Posting.objects.get(kind="rental_refund").number_id == number.id
    assert Event.objects.get(kind="number.released").payload == {
        "number_id": str(number.id),
        "e164": "+254200000000",
        "country_code": "KE",
        "released_at": "2026-11-22T09:00:00.000Z",
    }


@pytest.mark.django_db
def test_a_release_uses_the_price_of_the_debit_not_of_today():
    acme = world.acme()
    with time_machine.travel(NOV_22, tick=False):
        number = world.claim(acme)
    Inventory.objects.update(monthly_price_minor=99_999)
    Number.objects.update(monthly_price_minor=99_999)
    done = services.release_number(number, today=date(2026, 11, 24))
    assert (done.refund.net_minor, done.refund.vat_minor) == (2_000, 320)


@pytest.mark.django_db
def test_a_released_number_can_be_claimed_by_others_but_released_only_once():
    acme, duka = world.acme(), world.chege()
    number = world.claim(acme)
    services.release_number(number)
    with pytest.raises(NumberNotAssigned):
        services.release_number(number)
    assert queries.available("live").get().e164 == number.e164
    again = world.claim(duka)
    assert queries.number_by_e164(number.e164) == again
    assert queries.active_number(acme.id, "live", number.e164) is None


@pytest.mark.django_db
def test_a_release_early_in_an_unpaid_month_posts_the_days_from_the_first():
    acme = world.acme()
    with time_machine.travel(NOV_22, tick=False):
        number = world.claim(acme)
    before = balance(acme)
    done = services.release_number(number, today=date(2026, 12, 2))
    # Two of 31 days: ceil(10000 x 2 / 31) = 646, VAT 103.
    assert done.refund.gross_minor == 0
    assert balance(acme) == before - 646 - 103
    assert Rental.objects.get(month="2026-12").last_on == date(2026, 12, 2)


@pytest.mark.django_db
def test_a_number_whose_unpaid_days_cannot_be_paid_is_released_all_the_same():
    acme, row = world.acme(), world.offer()
    with time_machine.travel(NOV_22, tick=False):
        world.fund(acme, queries.quote(row).gross_minor)
        number = claim(acme, row).number
    done = services.release_number(number, today=date(2026, 12, 2))
    assert (done.number.status, done.balance_after_minor) == ("released", 0)
    assert not Rental.objects.filter(month="2026-12").exists()


@pytest.mark.django_db
def test_test_money_rents_no_real_number():
    real = world.offer("+254709000001", mode="live")
    fake = world.offer("+254200000001", mode="test")
    assert list(queries.available("test")) == [fake]
    assert list(queries.available("live")) == [real]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_claims_of_one_number_one_wins_and_only_it_pays():
    row = world.offer()
    tenants = [world.tenant(f"p{i}@x.example", "P", f"Shop {i}") for i in range(20)]
    for each in tenants:
        world.fund(each, 20_000)
    cost = queries.quote(row).gross_minor

    def race(index):
        return claim(tenants[index], Inventory.objects.get(id=row.id))

    results = world.together(20, race)
    won = [result for result in results if isinstance(result, services.Claim)]
    lost = [result for result in results if isinstance(result, NumberAlreadyClaimed)]
    assert (len(won), len(lost)) == (1, 19)
    assert sorted(balance(each) for each in tenants) == [20_000 - cost] + [20_000] * 19
    assert Posting.objects.filter(kind="rental").count() == 1
    assert Number.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_releases_of_one_number_one_gives_the_money_back():
    number = world.claim(world.acme())
    results = world.together(10, lambda _: services.release_number(number))
    assert sum(isinstance(result, services.Release) for result in results) == 1
    assert Posting.objects.filter(kind="rental_refund").count() <= 1
