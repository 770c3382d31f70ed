import os

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from kernel import ids
from tests.wallet.books import facts, make_wallet
from wallet.models import Entry, MpesaEvent, MpesaReceipt, Posting, Wallet
from wallet.services import charge

pytestmark = pytest.mark.django_db(transaction=True)


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize("table", ["wallet_entry", "wallet_posting"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_app_has_no_right_to_change_the_ledger(table, statement):
    charge(**facts(make_wallet(1000)))
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(statement.format(table))


@pytest.mark.parametrize(
    "table", ["wallet_entry", "wallet_posting", "wallet_mpesareceipt", "wallet_mpesaevent"]
)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_even_the_owner_of_the_tables_cannot_remove_what_was_booked(table, statement):
    charge(**facts(make_wallet(1000)))
    MpesaEvent.objects.create(kind="stk_callback", token_sha256="0" * 64, raw=b"{}")
    MpesaReceipt.objects.create(
        receipt_no="R1", shortcode="1", amount_minor=1, currency="KES", status="suspense"
    )
    refuse_as_owner(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wallet_entry SET amount_minor = amount_minor + 1",
        "UPDATE wallet_posting SET description = 'x'",
        "UPDATE wallet_wallet SET currency = 'USD'",
    ],
)
def test_even_the_owner_of_the_tables_cannot_change_what_was_booked(statement):
    charge(**facts(make_wallet(1000)))
    refuse_as_owner(statement)


def refuse_as_owner(statement):
    owner = psycopg.connect(os.environ["MIGRATION_DATABASE_URL"])
    with owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)


def post(wallet, *lines, kind="adjustment"):
    """Write a posting past the services, as a bug would."""
    posting = Posting.objects.create(
        workspace_id=wallet.workspace_id,
        mode="live",
        kind=kind,
        source_ref=str(ids.uuid7()),
        currency="KES",
        net_minor=100,
    )
    Entry.objects.bulk_create(Entry(posting=posting, **line) for line in lines)


def test_an_unbalanced_posting_is_refused_at_commit():
    wallet = make_wallet()
    lines = [
        {"account": "adjustments", "amount_minor": 5},
        {"account": "trial", "amount_minor": -4},
    ]
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        post(wallet, *lines)
    post_balanced = [lines[0], {"account": "trial", "amount_minor": -5}]
    with transaction.atomic():
        post(wallet, *post_balanced)


def test_a_posting_without_entries_is_refused_at_commit():
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        post(make_wallet())


def test_an_entry_cannot_be_added_to_a_finished_posting():
    posting = charge(**facts(make_wallet(1000)))
    with pytest.raises(IntegrityError, match="does not balance"):
        Entry.objects.create(posting=posting, account="trial", amount_minor=1)


def test_the_entries_of_a_posting_come_in_one_statement():
    posting = Posting(
        workspace_id=make_wallet().workspace_id, mode="live", kind="adjustment",
        source_ref=str(ids.uuid7()), currency="KES", net_minor=100,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="1 entries sum to 5"), transaction.atomic():
        posting.save()
        Entry.objects.create(posting=posting, account="trial", amount_minor=5)
        Entry.objects.create(posting=posting, account="adjustments", amount_minor=-5)


def test_an_entry_cannot_be_slipped_into_the_middle_of_a_chain():
    wallet = make_wallet(1000)
    line = {"account": "wallet", "wallet": wallet, "amount_minor": 0, "balance_after_minor": 0}
    with pytest.raises(IntegrityError, match="breaks the chain"), transaction.atomic():
        post(wallet, {"id": -3, **line}, {"id": -2, "account": "trial", "amount_minor": 5},
             {"id": -1, "account": "adjustments", "amount_minor": -5})  # fmt: skip


def test_a_balance_cannot_move_without_an_entry():
    wallet = make_wallet(1000)
    with pytest.raises(IntegrityError, match="its entries say 1000"):
        Wallet.objects.filter(id=wallet.id).update(balance_minor=2000)


def test_a_wallet_cannot_open_with_money():
    wallet = make_wallet()
    with pytest.raises(IntegrityError, match="its entries say 0"):
        Wallet.objects.create(
            workspace_id=wallet.workspace_id, mode="test", currency="KES", balance_minor=1
        )


def test_an_entry_that_breaks_the_chain_is_refused():
    wallet = make_wallet(1000)
    line = {"account": "wallet", "wallet": wallet, "amount_minor": 100, "balance_after_minor": 1200}
    with pytest.raises(IntegrityError, match="breaks the chain"), transaction.atomic():
        post(wallet, line, {"account": "trial", "amount_minor": -100})


@pytest.mark.parametrize(
    "columns", [{"held_minor": -1}, {"held_minor": 1001}, {"receivable_minor": -1}]
)
def test_what_is_free_is_never_negative(columns):
    wallet = make_wallet(1000)
    with pytest.raises(IntegrityError, match="violates check constraint"):
        Wallet.objects.filter(id=wallet.id).update(**columns)


def test_one_wallet_per_workspace_and_mode():
    wallet = make_wallet()
    with pytest.raises(IntegrityError, match="wallet_wallet_once"):
        Wallet.objects.create(workspace_id=wallet.workspace_id, mode="live", currency="KES")


def test_a_receipt_is_posted_once_whoever_it_is_credited_to():
    from wallet.services import credit

    credit(**facts(make_wallet(), kind="topup", key="R1"))
    with pytest.raises(IntegrityError, match="wallet_receipt_posted_once"):
        credit(**facts(make_wallet(), kind="topup", key="R1"))


def test_a_receipt_may_only_be_enriched():
    receipt = MpesaReceipt.objects.create(
        receipt_no="R1",
        shortcode="409900",
        amount_minor=100,
        currency="KES",
        status="suspense",
        first_source="stk_callback",
        sources=["stk_callback"],
    )
    mine = MpesaReceipt.objects.filter(pk=receipt.pk)
    mine.update(msisdn_raw="254712345678", sources=["stk_callback", "pull"], verified_by="pull")
    for columns in ({"amount_minor": 1}, {"msisdn_raw": "254700000000"}, {"sources": ["pull"]}):
        with pytest.raises(DatabaseError, match="may only be enriched"):
            mine.update(**columns)


def test_a_message_is_marked_as_processed_once_and_keeps_its_bytes():
    message = MpesaEvent.objects.create(kind="stk_callback", token_sha256="0" * 64, raw=b"{}")
    mine = MpesaEvent.objects.filter(pk=message.pk)
    with pytest.raises(DatabaseError, match="may only be marked"):
        mine.update(raw=b"[]")
    mine.update(processed_at=message.received_at, outcome="paid")
    with pytest.raises(DatabaseError, match="may only be marked"):
        mine.update(outcome="other")


def test_the_wallet_table_leaves_room_for_rewrites():
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'wallet_wallet'")
        assert cursor.fetchone()[0] == ["fillfactor=50"]
