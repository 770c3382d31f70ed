"""Charges that meet in one process share a statement, and nothing else."""

import threading
from collections import Counter

import pytest
from django.db import connection, transaction

from kernel import ids
from kernel.models import Event
from tests.wallet.books import assert_books_are_right, facts, make_wallet, together
from wallet.models import Posting
from wallet.services import charge, credit, gathering, set_threshold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def the_books_are_right():
    yield
    assert_books_are_right()


@pytest.fixture
def rounds(monkeypatch):
    """How many charges each statement was given."""
    sizes = []
    book = gathering.charge_many

    def counted(batch, **options):
        sizes.append(len(batch))
        return book(batch, **options)

    monkeypatch.setattr(gathering, "charge_many", counted)
    return sizes


def asked(wallet, key, net_minor=200, **more):
    columns = {
        "posting_id": ids.uuid7(), "workspace_id": wallet.workspace_id, "mode": wallet.mode,
        "kind": "adjustment", "key": key, "net_minor": net_minor, "vat_minor": 0,
        "contra": "adjustments", "description": "Bench", "number_id": None, "call_id": None,
    }  # fmt: skip
    return gathering.Asked(**columns | more)


def balances(batch):
    """The balance after each charge of a batch, None for one that was left out."""
    found = gathering.charge_many(batch)
    return [
        found[each.posting_id].balance_after_minor if each.posting_id in found else None
        for each in batch
    ]


def test_charges_that_meet_are_booked_by_fewer_statements(rounds):
    wallets = [make_wallet(10_000) for _ in range(4)]
    results = together(
        16, lambda n: [charge(**facts(wallets[n % 4], key=f"{n}-{k}")) for k in range(5)]
    )
    assert not [each for each in results if isinstance(each, Exception)]
    for wallet in wallets:
        wallet.refresh_from_db()
        assert wallet.balance_minor == 10_000 - 20 * 235
    assert max(rounds) > 1
    assert len(rounds) < sum(rounds)
    assert len({posting.id for each in results for posting in each}) == 80


def test_each_caller_gets_its_own_problem_and_no_other():
    rich, poor, spent = make_wallet(100_000), make_wallet(100), make_wallet(1000)
    charge(**facts(spent, key="used"))

    def act(number):
        if number % 4 == 0:
            return charge(**facts(poor, key=f"{number}"))
        if number % 4 == 1:
            return charge(**facts(spent, key="used", net_minor=1))
        if number % 4 == 2:
            return charge(**facts(rich, mode="test", key=f"{number}"))
        return charge(**facts(rich, key=f"{number}"))

    told = Counter(type(result).__name__ for result in together(24, act))
    assert told == {"InsufficientBalance": 6, "KeyReused": 6, "WalletNotFound": 6, "Posting": 6}


def test_a_broken_charge_does_not_break_its_neighbours():
    wallet = make_wallet(100_000)

    def act(number):
        key = {0: "x" * 300, 1: "\0"}.get(number % 5, f"{number}")
        return charge(**facts(wallet, key=key))

    told = Counter(type(result).__name__ for result in together(20, act))
    wrong = {name: count for name, count in told.items() if name != "Posting"}
    assert (told["Posting"], sum(wrong.values())) == (12, 8)
    assert set(wrong) <= {"DataError", "ValueError"}


class Dying(gathering.Writer):
    """Its thread ends in the middle of every round."""

    def _book(self, round_):
        raise SystemExit


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_writer_that_died():
    wallet, writer = make_wallet(1000), Dying()
    assert together(8, lambda number: writer.book(asked(wallet, f"{number}"))) == [None] * 8


def test_a_batch_answers_as_one_charge_after_the_other_would():
    one, two = make_wallet(1000), make_wallet(300)
    assert balances([asked(one, "a"), asked(two, "a"), asked(one, "b"), asked(two, "b")]) == [
        800, 100, 600, None,
    ]  # fmt: skip
    # The first key is known now, and what is known moves nothing.
    assert balances([asked(one, "a"), asked(one, "c"), asked(two, "c", 100)]) == [None, 400, 0]
    assert Posting.objects.filter(kind="adjustment").count() == 2 + 5


def test_a_charge_that_crosses_the_threshold_is_left_to_the_function_that_tells():
    wallet = make_wallet(1000)
    set_threshold(workspace_id=wallet.workspace_id, mode="live", threshold_minor=700)
    batch = [asked(wallet, "a"), asked(wallet, "b"), asked(wallet, "c")]
    assert balances(batch) == [800, None, None]
    results = together(8, lambda n: charge(**facts(wallet, key=f"{n}", net_minor=50, vat_minor=0)))
    assert not [each for each in results if isinstance(each, Exception)]
    (told,) = Event.objects.all()
    assert told.payload["balance_minor"] == 650


def test_a_wallet_that_owes_is_left_out():
    wallet = make_wallet(1000)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_wallet SET receivable_minor = 400 WHERE id = %s", [wallet.id])
    assert balances([asked(wallet, "a")]) == [None]
    credit(**facts(wallet, kind="adjustment", key="pay", net_minor=400, vat_minor=0))


def test_a_wallet_in_use_is_left_out_and_the_others_do_not_wait():
    busy, idle = make_wallet(1000), make_wallet(1000)
    taken, done = threading.Event(), threading.Event()

    def hold_it():
        with transaction.atomic():
            charge(**facts(busy, key="mine"))
            taken.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold_it)
    thread.start()
    assert taken.wait(30)
    try:
        assert balances([asked(busy, "a"), asked(idle, "a")]) == [None, 800]
    finally:
        done.set()
        thread.join(30)


def test_a_charge_inside_a_transaction_keeps_to_it(rounds):
    wallet = make_wallet(100_000)

    def act(number):
        with transaction.atomic():
            charge(**facts(wallet, key=f"{number}"))
            transaction.set_rollback(number % 2 == 0)

    together(10, act)
    wallet.refresh_from_db()
    assert (wallet.balance_minor, rounds) == (100_000 - 5 * 235, [])
