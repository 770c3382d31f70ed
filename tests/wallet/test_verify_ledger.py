"""`manage.py verify_ledger`: it holds on honest books, and names the row somebody changed by hand."""

import io
import os
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command

from kernel import clock
from tests import world
from tests.calls import story
from tests.wallet.books import facts, make_wallet
from tests.wallet.daraja import ask, deliver, paid, process_all
from wallet.models import Entry, Hold, Seal, SealedNight
from wallet.services import charge, credit, place_hold, seals
from wallet.services.landing import land

# Each test leaves the database as honest as it found it: a wrong edit is taken back.
pytestmark = pytest.mark.django_db(transaction=True)


def verify():
    said = io.StringIO()
    try:
        call_command("verify_ledger", stdout=said)
    except CommandError as problem:
        return said.getvalue().splitlines(), str(problem)
    lines = said.getvalue().splitlines()
    return lines, lines[-1]


class Edit:
    """An edit by somebody who owns the tables and has switched the guards off; undone at the end."""

    def __init__(self, change, undo):
        self.change, self.undo = change, undo

    def _run(self, statement):
        with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"]) as owner:
            tables = ("wallet_entry", "wallet_posting", "wallet_wallet", "wallet_hold")
            for table in tables:
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(statement)
            for table in tables:
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def __enter__(self):
        self._run(self.change)

    def __exit__(self, *_):
        self._run(self.undo)


def broken(lines):
    return {line.split()[1].rstrip(":"): line for line in lines if line.startswith("BROKEN")}


def busy_books(script):
    wallet = make_wallet(100_000)
    for index in range(5):
        charge(**facts(wallet, key=f"c{index}"))
    place_hold(
        workspace_id=wallet.workspace_id, mode="live", amount_minor=500, key="hold",
        expires_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    topup = ask(wallet)
    deliver(topup, paid(topup))
    process_all()
    land(receipt_no="UKSUSPENSE", amount_minor=100, paid_at=None, shortcode="1", source="pull")
    seals.seal_ledger()
    return wallet


def test_honest_books_hold_and_the_last_line_is_the_figure(script):
    busy_books(script)
    call = story.place(world.acme(), money=10_000)
    story.answer(call)
    story.end(call, connected_ms=46_200)
    lines, last = verify()
    assert broken(lines) == {}
    assert last.startswith("verify_ledger: 20 rules hold; ")
    assert "1 answered calls" in last


def test_empty_books_hold():
    assert "20 rules hold; 0 postings" in verify()[1]


@pytest.mark.parametrize(
    ("table", "column", "delta", "rules"),
    [
        ("wallet_entry", "amount_minor", "+ 1", {"postings", "amounts", "total", "balances"}),
        ("wallet_entry", "balance_after_minor", "+ 1", {"chains", "seals"}),
        ("wallet_posting", "net_minor", "+ 1", {"amounts", "seals"}),
        ("wallet_posting", "description", "|| 'x'", {"seals"}),
        ("wallet_posting", "created_at", "+ interval '1 second'", {"seals"}),
    ],
)
def test_an_edit_by_hand_of_any_past_row_is_named(script, table, column, delta, rules):
    wallet = busy_books(script)
    entry = Entry.objects.filter(wallet=wallet).order_by("id")[2]
    row = entry.id if table == "wallet_entry" else entry.posting_id
    undo = {"+ 1": "- 1", "+ interval '1 second'": "- interval '1 second'"}
    back = undo.get(delta)
    change = f"UPDATE {table} SET {column} = {column} {delta} WHERE id = '{row}'"
    revert = (
        f"UPDATE {table} SET {column} = {column} {back} WHERE id = '{row}'"
        if back
        else f"UPDATE {table} SET {column} = '{entry.posting.description}' WHERE id = '{row}'"
    )
    with Edit(change, revert):
        lines, last = verify()
    found = broken(lines)
    assert rules <= set(found)
    assert str(entry.posting_id) in found["seals"]
    assert f"entry {entry.id} " in found["seals"]
    assert "rules broken" in last


def test_a_balance_and_a_hold_that_were_changed_are_named(script):
    wallet = busy_books(script)
    hold = Hold.objects.get(key="hold")
    up = f"UPDATE wallet_wallet SET balance_minor = balance_minor + 7 WHERE id = '{wallet.id}'"
    with Edit(up, up.replace("+ 7", "- 7")):
        assert str(wallet.id) in broken(verify()[0])["balances"]
    up = f"UPDATE wallet_hold SET amount_minor = amount_minor + 7 WHERE id = '{hold.id}'"
    with Edit(up, up.replace("+ 7", "- 7")):
        assert "open holds are 507" in broken(verify()[0])["holds"]


def test_money_without_a_receipt_is_named():
    wallet = make_wallet()
    credit(**facts(wallet, kind="topup", key="INVENTED", vat_minor=0))
    assert "INVENTED" in broken(verify()[0])["paid-in"]


def test_a_call_whose_cost_is_not_its_formula_is_named(script):
    from calls.models import Call

    call = story.place(world.acme(), money=10_000)
    story.answer(call)
    story.end(call, connected_ms=46_200)
    assert broken(verify()[0]) == {}
    Call.objects.filter(id=call.id).update(cost_minor=234)
    lines, _last = verify()
    assert "47 s at 300 is 235, not 234" in broken(lines)["call-costs"]
    assert str(call.id) in broken(lines)["call-postings"]


def test_sealing_twice_seals_what_is_new_and_changes_nothing(script):
    wallet = busy_books(script)
    assert Seal.objects.count() == Entry.objects.filter(wallet__isnull=False).count()
    charge(**facts(wallet, key="later"))
    second = seals.seal_ledger()
    assert second.entries_count == 1
    third = seals.seal_ledger()
    assert (third.entries_count, third.root) == (0, second.root)
    assert SealedNight.objects.count() == 3
    assert seals.first_broken_seal() is None


def test_an_entry_slipped_between_sealed_ones_is_named(script):
    busy_books(script)
    seal = Seal.objects.order_by("entry_id")[1]
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"]) as owner:
        owner.execute("ALTER TABLE wallet_seal DISABLE TRIGGER USER")
        owner.execute("DELETE FROM wallet_seal WHERE entry_id = %s", [seal.entry_id])
        owner.execute("ALTER TABLE wallet_seal ENABLE TRIGGER USER")
    assert seals.first_broken_seal() is not None


def test_the_roots_are_on_a_page_for_everybody(script, client):
    busy_books(script)
    page = client.get("/ledger/seals").text
    assert SealedNight.objects.get().root in page


def test_seals_and_nights_refuse_change(script):
    busy_books(script)
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"]) as owner:
        for statement in ("UPDATE wallet_sealednight SET root = ''", "DELETE FROM wallet_seal"):
            with pytest.raises(psycopg.errors.RestrictViolation), owner.transaction():
                owner.execute(statement)
