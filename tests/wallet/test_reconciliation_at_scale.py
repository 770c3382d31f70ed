"""Ten thousand rows with planted faults: every one is found and none is invented."""

import time
from datetime import timedelta

import pytest

from kernel import clock
from tests.wallet.exports import FAULTS, csv_file, plant
from tests.wallet.test_verify_ledger import broken, verify
from wallet import reconciliation
from wallet.models import Finding, MpesaReceipt, Posting, Statement, StatementRow, TopUp
from wallet.services import corrections, statements

pytestmark = pytest.mark.django_db(transaction=True)
SEED, ROWS = 20_261_123, 10_000


@pytest.fixture(autouse=True)
def our_paybill(settings):
    settings.DARAJA_SHORTCODE = "409900"


def found():
    return {(each.kind, each.field, each.receipt_no) for each in Finding.objects.all()}


def everything():
    tables = (Statement, StatementRow, Finding, MpesaReceipt, Posting, TopUp)
    return [table.objects.count() for table in tables]


@pytest.mark.timeout(300)
def test_every_planted_fault_of_ten_thousand_rows_is_found_and_none_is_invented():
    planted = plant(SEED, ROWS)
    # Exported after the reversals that were planted just now.
    raw = csv_file(planted.rows, until=clock.now() + timedelta(minutes=1))
    kinds = {fault[:2] for fault in planted.faults}
    assert len(planted.faults) > 100 and len(kinds) >= 8, "the seed plants every kind of fault"

    started = time.monotonic()
    made, is_new = statements.import_statement(name="november.csv", raw=raw, actor="operator:1")
    seconds = time.monotonic() - started

    assert is_new
    assert found() == planted.faults
    assert Finding.objects.count() == len(planted.faults)
    print(f"\n{made.rows_count} rows, {len(planted.faults)} faults of {len(FAULTS)} sorts planted"
          f" and found, none invented, {seconds:.1f} s")  # fmt: skip
    gap = reconciliation.gap(made)
    assert made.breaks == []
    assert gap.unexplained_minor == 0

    landed = MpesaReceipt.objects.filter(first_source="statement")
    assert dict(landed.values_list("receipt_no", "amount_minor")) == planted.small_missing

    before = everything()
    again, is_new = statements.import_statement(name="copy.csv", raw=raw, actor="operator:2")
    assert (again.id, is_new) == (made.id, False)
    assert everything() == before

    for each in Finding.objects.filter(status="open"):
        if corrections.can_correct(each):
            corrections.ask_correction(each.id, reason="planted", actor="operator:1")
        else:
            corrections.accept_finding(each.id, reason="looked at", actor="operator:1")
    for each in Finding.objects.filter(status="asked"):
        corrections.decide_correction(each.id, is_agreed=True, actor="operator:2")
    assert not Finding.objects.filter(status__in=("open", "asked")).exists()
    gap = reconciliation.gap(made)
    assert (gap.findings_minor, gap.unexplained_minor) == (0, 0)
    assert broken(verify()[0]) == {}

    # A later export of the same time finds the same books right.
    later, _ = statements.import_statement(name="2.csv", raw=raw + b"\n", actor="operator:1")
    assert found() == planted.faults
    assert Finding.objects.filter(statement=later).count() == 0
