"""The simulator's statement, exported as the portal does, comes back as the books say."""

import time

import pytest
from django.test import Client

from tests.wallet.test_paybill import balance, reference_of, wallet
from tests.wallet.test_paybill_over_sandbox import heard, pay, registered
from tests.wallet.test_topup_over_sandbox import phone, sandbox
from wallet import reconciliation
from wallet.models import Finding, MpesaReceipt
from wallet.services import reversals, statements

__all__ = ["phone", "registered", "sandbox", "wallet"]

pytestmark = pytest.mark.django_db(transaction=True)


def imported(sandbox, form):
    reply = sandbox.http.get("/daraja/statement", params={"format": form})
    assert reply.status_code == 200
    return statements.import_statement(name=f"x.{form}", raw=reply.content, actor="operator:1")[0]


def test_payments_that_were_announced_or_not_are_all_in_the_books_after_the_import(
    wallet, registered, sandbox
):
    pay(sandbox, registered, account=reference_of(wallet))
    heard()
    sandbox.set_traps(registered, lose_confirmation=True)
    pay(sandbox, registered, account=reference_of(wallet), amount="300")
    assert balance(wallet) == 125_000

    made = imported(sandbox, "csv")
    assert balance(wallet) == 155_000
    # The simulator also lists what other tests had it take back today.
    counts = {name: each["rows"] for name, each in made.counts.items() if name != "reversed"}
    assert counts == {"matched": 1, "missing": 1}
    assert reconciliation.gap(made).unexplained_minor == 0

    book = imported(sandbox, "xlsx")
    assert book.counts["matched"]["rows"] == 2
    assert book.closing_minor == made.closing_minor
    assert Finding.objects.exclude(kind="reversed").count() == 1


def test_a_reversal_whose_result_was_lost_is_found_in_the_statement(wallet, registered, sandbox):
    pay(sandbox, registered, account=reference_of(wallet))
    heard()
    receipt = MpesaReceipt.objects.get()
    sandbox.set_traps(registered, lose_result=True)
    made = reversals.ask_refund(receipt.receipt_no, reason="Wrong payer", actor="operator:1")
    reversals.send_refund(str(made.id))
    found = ()
    # The simulator takes a while to reverse it; a busy machine takes longer.
    for _ in range(50):
        imported(sandbox, "csv")
        if found := Finding.objects.filter(kind="reversed"):
            break
        time.sleep(0.1)
    assert [each.receipt_no for each in found] == [receipt.receipt_no]


@pytest.mark.parametrize("query", ["format=pdf", "from=yesterday"])
def test_a_wrong_question_is_refused(sandbox, query):
    assert sandbox.http.get(f"/daraja/statement?{query}").status_code == 400


def test_the_sandbox_page_offers_both_files(sandbox, settings):
    browser = Client()
    page = browser.get("/sandbox/").content.decode()
    assert page.count("daraja/statement?format=") == 2
