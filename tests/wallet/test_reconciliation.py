"""Reconciliation: reading statements as they come, each kind of finding, and its correction."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from kernel import clock
from kernel.clock import NAIROBI
from kernel.models import AuditEntry, Event
from tests.wallet.books import facts, ledger_of
from tests.wallet.exports import (
    HEAD,
    SHORTCODE,
    Row,
    balanced,
    csv_file,
    live_wallet,
    payment,
    reversal,
    xlsx_file,
)
from tests.wallet.test_verify_ledger import broken, verify
from wallet import reconciliation
from wallet.errors import CorrectionRefused, StatementRefused
from wallet.models import Finding, MpesaReceipt, Posting, Statement, StatementRow, TopUp, Wallet
from wallet.mpesa import statement as parser
from wallet.services import charge, corrections, statements
from wallet.services.landing import land
from wallet.services.reversals import reverse_payment

pytestmark = pytest.mark.django_db(transaction=True)
NOW = clock.now().replace(microsecond=0) - timedelta(hours=3)
NUMBER = "UKM8R4XC1P"


@pytest.fixture
def wallet(settings):
    settings.DARAJA_SHORTCODE = SHORTCODE
    return live_wallet()


def ref(wallet):
    return wallet.workspace.mpesa_account_ref


def paid(wallet, *, number=NUMBER, minor=50_000, at=NOW, account=None):
    return payment(number, minor, at, ref(wallet) if account is None else account)


def landed(wallet, **changes):
    given = {"receipt_no": NUMBER, "amount_minor": 50_000, "paid_at": NOW, "shortcode": SHORTCODE,
             "source": "c2b", "bill_ref": ref(wallet)}  # fmt: skip
    return land(**given | changes)


def imported(*rows, actor="operator:1", until=None, opening=0):
    raw = csv_file(balanced(rows, opening), until=until or clock.now() + timedelta(minutes=1))
    return statements.import_statement(name="statement.csv", raw=raw, actor=actor)[0]


def finding():
    return Finding.objects.get()


def fix(*, reason="The statement says so", actor="operator:1"):
    return corrections.ask_correction(finding().id, reason=reason, actor=actor)


def money(wallet):
    wallet = Wallet.objects.get(id=wallet.id)
    return wallet.balance_minor, wallet.receivable_minor


def kinds():
    return {(each.kind, each.field) for each in Finding.objects.all()}


def test_a_payment_that_is_everywhere_matches_and_is_verified_by_the_statement(wallet):
    landed(wallet)
    made = imported(paid(wallet))
    assert Finding.objects.count() == 0
    assert made.counts == {"matched": {"rows": 1, "minor": 50_000}}
    receipt = MpesaReceipt.objects.get()
    assert (receipt.sources, receipt.verified_by) == (["c2b", "statement"], "statement")


def test_a_missing_payment_is_landed_by_the_one_function_and_the_owner_is_told(wallet):
    imported(paid(wallet))
    assert (finding().kind, finding().status) == ("missing", "corrected")
    assert money(wallet) == (50_000, 0)
    receipt = MpesaReceipt.objects.get()
    assert (receipt.first_source, receipt.verified_by, receipt.paid_at) == ("statement", "", NOW)
    assert finding().posting == Posting.objects.get(kind="topup", source_ref=NUMBER)
    assert Event.objects.filter(kind="wallet.top_up").count() == 1
    assert TopUp.objects.get().status == "paid"


def test_a_missing_payment_with_an_unknown_account_number_waits_in_suspense(wallet):
    imported(paid(wallet, account="jane"))
    assert MpesaReceipt.objects.get().status == "suspense"
    assert broken(verify()[0]) == {}


def test_a_large_missing_payment_needs_two_people(wallet):
    imported(paid(wallet, minor=20_001_00))
    assert finding().status == "open"
    assert fix().status == "asked"
    assert money(wallet) == (0, 0)
    with pytest.raises(CorrectionRefused):
        corrections.decide_correction(finding().id, is_agreed=True, actor="operator:1")
    corrections.decide_correction(finding().id, is_agreed=True, actor="operator:2")
    assert money(wallet) == (20_001_00, 0)
    assert (finding().asked_by, finding().decided_by) == ("operator:1", "operator:2")
    trail = AuditEntry.objects.filter(action_kind__startswith="wallet.")
    assert {"wallet.correction_asked", "wallet.finding_corrected"} <= set(
        trail.values_list("action_kind", flat=True)
    )


def test_a_refused_correction_is_open_again(wallet):
    imported(paid(wallet, minor=20_001_00))
    fix()
    corrections.decide_correction(finding().id, is_agreed=False, actor="operator:2")
    assert (finding().status, money(wallet)) == ("open", (0, 0))


def test_a_message_that_comes_before_the_second_person_settles_the_finding(wallet):
    imported(paid(wallet, minor=20_001_00))
    fix()
    landed(wallet, amount_minor=20_001_00)
    corrections.decide_correction(finding().id, is_agreed=True, actor="operator:2")
    assert money(wallet) == (20_001_00, 0)


def test_the_same_file_again_changes_nothing(wallet):
    raw = csv_file(balanced([paid(wallet)]))
    first, is_new = statements.import_statement(name="a.csv", raw=raw, actor="operator:1")
    again, is_again_new = statements.import_statement(name="b.csv", raw=raw, actor="operator:2")
    assert (again, is_new, is_again_new) == (first, True, False)
    assert bytes(Statement.objects.get().raw) == raw
    assert (StatementRow.objects.count(), Finding.objects.count()) == (1, 1)
    assert money(wallet) == (50_000, 0)


def test_the_same_rows_in_the_other_format_find_nothing_new(wallet):
    rows = balanced([paid(wallet), paid(wallet, number="UKM8R4XC2P", minor=20_001_00)])
    for raw in (csv_file(rows), xlsx_file(rows), xlsx_file(rows, typed=False)):
        statements.import_statement(name="x", raw=raw, actor="operator:1")
    assert Statement.objects.count() == 3
    assert Finding.objects.count() == 2
    assert money(wallet) == (50_000, 0)


def test_an_extra_payment_is_taken_back_by_a_new_entry(wallet):
    landed(wallet)
    landed(wallet, receipt_no="FORGED0001")
    imported(paid(wallet))
    assert (finding().receipt_no, finding().kind) == ("FORGED0001", "extra")
    before = list(Posting.objects.values_list("id", "net_minor"))
    fix(reason="M-Pesa never had it")
    assert money(wallet) == (50_000, 0)
    assert set(before) < set(Posting.objects.values_list("id", "net_minor"))
    assert finding().posting.kind == "reversal"
    assert broken(verify()[0]) == {}


def test_an_extra_payment_that_a_later_statement_has_is_settled(wallet):
    landed(wallet)
    imported(Row("UKM0000009", NOW, -100, "Charge", "Pay Bill Charge"))
    assert finding().kind == "extra"
    imported(paid(wallet))
    assert finding().status == "settled"


def test_a_payment_outside_the_statements_time_is_not_extra(wallet):
    landed(wallet, paid_at=NOW - timedelta(days=2))
    landed(wallet, receipt_no="UKM8R4XC2P", paid_at=None)
    imported(paid(wallet, number="UKM8R4XC3P"), until=NOW + timedelta(hours=1))
    assert kinds() == {("missing", "")}


@pytest.mark.parametrize(
    ("there", "after", "kind"), [(80_000, 80_000, "adjustment"), (20_000, 20_000, "reversal")]
)
def test_a_different_amount_is_corrected_by_the_difference(wallet, there, after, kind):
    landed(wallet)
    imported(paid(wallet, minor=there))
    assert (finding().field, finding().effect_minor) == ("amount", there - 50_000)
    fix()
    assert money(wallet) == (after, 0)
    assert finding().posting.kind == kind
    assert ledger_of(wallet)[0] == ("topup", "wallet", 50_000, 50_000)
    assert broken(verify()[0]) == {}
    imported(paid(wallet, minor=there), Row("UKM0000009", NOW, -100, "Charge", "Pay Bill Charge"))
    assert Finding.objects.count() == 1


def test_what_was_spent_of_too_much_is_owed(wallet):
    landed(wallet)
    charge(**facts(wallet, net_minor=45_000, vat_minor=0))
    imported(paid(wallet, minor=20_000))
    fix()
    assert money(wallet) == (0, 25_000)
    assert broken(verify()[0]) == {}


def test_a_different_time_is_found_and_accepted_with_a_reason(wallet):
    landed(wallet, paid_at=NOW - timedelta(minutes=6))
    imported(paid(wallet))
    assert finding().field == "time"
    with pytest.raises(CorrectionRefused):
        fix()
    with pytest.raises(CorrectionRefused):
        corrections.accept_finding(finding().id, reason="  ", actor="operator:1")
    corrections.accept_finding(finding().id, reason="The callback was late", actor="operator:1")
    assert finding().status == "accepted"


def test_a_few_seconds_and_another_spelling_are_no_difference(wallet):
    landed(wallet, paid_at=NOW - timedelta(seconds=50), bill_ref=ref(wallet).lower())
    imported(paid(wallet, account=ref(wallet).replace("-", " ")))
    assert Finding.objects.count() == 0


def test_a_payment_of_another_account_is_moved_there(wallet):
    other = live_wallet()
    landed(wallet)
    imported(paid(wallet, account=ref(other)))
    assert (finding().field, finding().said) == ("account", ref(other))
    fix()
    assert (money(wallet), money(other)) == ((0, 0), (50_000, 0))
    assert broken(verify()[0]) == {}


def test_a_pushs_payment_is_held_against_its_owners_account_number(wallet):
    other = live_wallet()
    topup = TopUp.objects.create(
        workspace_id=wallet.workspace_id, mode="live", amount_minor=50_000, currency="KES",
        account_ref=ref(wallet), expires_at=clock.now(),
    )  # fmt: skip
    landed(wallet, topup=topup, bill_ref="")
    imported(paid(wallet))
    assert Finding.objects.count() == 0
    imported(paid(wallet, account=ref(other)))
    assert finding().field == "account"


def test_a_reversal_by_m_pesa_is_booked_with_one_click(wallet):
    landed(wallet)
    charge(**facts(wallet, net_minor=30_000, vat_minor=0))
    imported(paid(wallet), reversal("UKR0000001", NUMBER, 50_000, NOW + timedelta(minutes=9)))
    assert (finding().kind, finding().receipt_no) == ("reversed", NUMBER)
    fix()
    assert money(wallet) == (0, 30_000)
    assert MpesaReceipt.objects.get().status == "reversed"
    assert broken(verify()[0]) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"linked": "", "details": f"Reversal of {NUMBER}"},
        {"linked": NUMBER, "details": "Transaction Reversal"},
    ],
)
def test_a_reversal_names_its_payment_in_either_column(wallet, said):
    landed(wallet)
    imported(paid(wallet), reversal("UKR0000001", NUMBER, 50_000, NOW, **said))
    assert finding().receipt_no == NUMBER


def test_a_reversal_with_the_payments_own_number_is_told_apart_by_its_direction(wallet):
    landed(wallet)
    row = reversal(NUMBER, NUMBER, 50_000, NOW + timedelta(minutes=1), linked="")
    imported(paid(wallet), replace(row, details="Reversal"))
    assert kinds() == {("reversed", "")}


def test_a_reversal_that_both_sides_have_matches(wallet):
    landed(wallet)
    reverse_payment(NUMBER, actor="operator:1", reason="asked")
    imported(paid(wallet), reversal("UKR0000001", NUMBER, 50_000, clock.now()))
    assert Finding.objects.count() == 0


def test_a_reversal_that_only_we_have_is_given_back(wallet):
    landed(wallet)
    reverse_payment(NUMBER, actor="operator:1", reason="by mistake")
    imported(paid(wallet))
    assert kinds() == {("extra", "reversal")}
    fix()
    assert money(wallet) == (50_000, 0)
    assert broken(verify()[0]) == {}


def test_a_part_that_was_taken_back_is_taken_from_the_wallet(wallet):
    landed(wallet)
    imported(paid(wallet), reversal("UKR0000001", NUMBER, 10_000, NOW + timedelta(minutes=1)))
    assert kinds() == {("different", "reversal")}
    fix()
    assert money(wallet) == (40_000, 0)
    imported(
        paid(wallet), reversal("UKR0000001", NUMBER, 10_000, NOW + timedelta(minutes=1)),
        Row("UKM0000009", NOW, -100, "Charge", "Pay Bill Charge"),
    )  # fmt: skip
    assert Finding.objects.count() == 1


def test_money_that_came_and_went_unseen_is_told_but_not_booked(wallet):
    imported(paid(wallet), reversal("UKR0000001", NUMBER, 50_000, NOW + timedelta(minutes=1)))
    assert kinds() == {("reversed", "unseen")}
    assert (MpesaReceipt.objects.count(), money(wallet)) == (0, (0, 0))


def test_charges_transfers_failures_and_repeats_are_no_findings(wallet):
    landed(wallet)
    made = imported(
        paid(wallet),
        paid(wallet),
        replace(paid(wallet), minor=-500, reason="Pay Bill Charge", account=""),
        Row("UKB0000001", NOW, -10_000, "Settlement", "Business transfer of funds"),
        Row("UKB0000002", NOW, -20_000, "To 2547", "Business Payment"),
        replace(paid(wallet, number="UKF0000001"), status="Failed"),
    )
    assert Finding.objects.count() == 0
    rows = {name: each["rows"] for name, each in made.counts.items()}
    assert rows == {"matched": 1, "repeated": 1, "other": 3, "ignored": 1}


def test_two_rows_that_contradict_each_other_are_a_finding(wallet):
    landed(wallet)
    imported(paid(wallet), replace(paid(wallet), minor=60_000))
    assert ("different", "row") in kinds()


def test_a_row_that_cannot_be_read_is_counted_and_its_receipt_is_not_called_extra(wallet):
    landed(wallet)
    raw = csv_file(balanced([paid(wallet), paid(wallet, number="UKM8R4XC2P")]))
    time = f"{NOW.astimezone(NAIROBI):%d-%m-%Y %H:%M:%S}"
    raw = raw.replace(f"{NUMBER},{time}".encode(), f"{NUMBER},yesterday".encode(), 1)
    made, _ = statements.import_statement(name="x", raw=raw, actor="operator:1")
    assert made.counts["unreadable"]["rows"] == 1
    assert kinds() == {("missing", "")}


def test_the_gap_between_the_balances_is_explained(wallet):
    landed(wallet)
    landed(wallet, receipt_no="FORGED0001", amount_minor=7_000)
    made = imported(
        paid(wallet),
        paid(wallet, number="UKM8R4XC2P", minor=30_000_00),
        Row("UKB0000001", NOW, -10_000, "Settlement", "Business transfer of funds"),
        opening=123_00,
    )
    gap = reconciliation.gap(made)
    assert gap.closing_minor == 123_00 + 50_000 + 30_000_00 - 10_000
    assert gap.books_minor == 57_000
    assert (gap.opening_minor, gap.other_minor) == (123_00, -10_000)
    assert (gap.findings_minor, gap.unexplained_minor) == (30_000_00 - 7_000, 0)


def test_a_hole_in_the_file_shows_in_its_running_balance(wallet):
    rows = balanced([paid(wallet, number=f"UKM8R4XC{n}P", at=NOW + timedelta(minutes=n))
                     for n in range(5)])  # fmt: skip
    made = statements.import_statement(
        name="x", raw=csv_file([*rows[:2], *rows[3:]]), actor="operator:1"
    )[0]
    assert len(made.breaks) == 1


@pytest.mark.parametrize(
    "write",
    [
        csv_file,
        xlsx_file,
        lambda rows: xlsx_file(rows, typed=False),
        lambda rows: csv_file(rows, delimiter=";"),
        lambda rows: csv_file(rows, delimiter="\t"),
        lambda rows: csv_file(rows, mark=""),
        lambda rows: csv_file(rows, head=[]),
        lambda rows: csv_file(rows, form="%d/%m/%Y %H:%M"),
        lambda rows: csv_file(rows, form="%Y-%m-%d %H:%M:%S"),
        lambda rows: csv_file(rows, form="%d-%m-%Y %I:%M:%S %p"),
        lambda rows: csv_file(rows).decode("utf-8-sig").encode("utf-16"),
        lambda rows: csv_file(rows).replace(b"\n", b"\r\n"),
    ],
)
def test_every_form_of_export_is_read_alike(wallet, write):
    at = NOW.replace(second=0)
    sheet = parser.parse_statement(
        write(balanced([paid(wallet, at=at, minor=1_234_567_00), paid(wallet, number="UKM8R4XC2P",
                        at=at + timedelta(minutes=1))]))
    )  # fmt: skip
    newest, oldest = sheet.lines
    assert (oldest.receipt_no, oldest.amount_minor, oldest.completed_at) == (
        NUMBER, 1_234_567_00, at
    )  # fmt: skip
    assert (oldest.nature, oldest.direction, oldest.bill_ref) == ("payment", "in", ref(wallet))
    assert (sheet.opening_minor, sheet.closing_minor) == (0, 1_234_567_00 + 50_000)
    assert sheet.breaks == []
    assert newest.completed_at.tzinfo is NAIROBI


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04not really a workbook",
        b"a,b,c\n1,2,3\n",
        (",".join(HEAD) + "\n").encode(),
        csv_file(balanced([payment(NUMBER, 100, NOW, "x")])).replace(b"409900", b"600000"),
    ],
    ids=["empty", "bytes", "zip", "table", "no-rows", "another-paybill"],
)
def test_what_is_no_statement_of_ours_is_refused_whole(wallet, raw):
    with pytest.raises(StatementRefused):
        statements.import_statement(name="x", raw=raw, actor="operator:1")
    assert Statement.objects.count() == 0


def test_what_the_payer_typed_decides_nothing(wallet):
    row = replace(paid(wallet, account="Reversal charge"), reason="",
                  details="Pay Bill from 254712345678 - JANE Acc. Reversal charge")  # fmt: skip
    sheet = parser.parse_statement(csv_file(balanced([row])))
    assert sheet.lines[0].nature == "payment"


def test_a_receipt_without_a_digit_is_a_receipt_and_a_total_is_none(wallet):
    rows = balanced([paid(wallet, number="UKMXVJYXDI"),
                     reversal("UKRXVJYXDI", "UKMXVJYXDI", 50_000, NOW + timedelta(minutes=1),
                              linked="")])  # fmt: skip
    raw = csv_file(rows) + b"TOTALS,,,,,500.00,500.00,0.00,,,,,\n"
    sheet = parser.parse_statement(raw)
    assert [(e.receipt_no, e.linked_receipt_no) for e in sheet.lines] == [
        ("UKRXVJYXDI", "UKMXVJYXDI"), ("UKMXVJYXDI", "")
    ]  # fmt: skip
    assert not any(line.problem for line in sheet.lines)


def test_a_statement_and_its_rows_cannot_be_changed_or_removed(wallet):
    imported(paid(wallet))
    for change in (
        lambda: StatementRow.objects.update(amount_minor=1),
        lambda: Statement.objects.update(name="other"),
        lambda: Finding.objects.update(stake_minor=1),
        lambda: Finding.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_command_imports_once_and_prints_the_match(wallet, tmp_path):
    path = tmp_path / "november.csv"
    path.write_bytes(csv_file(balanced([paid(wallet), paid(wallet, number="UKM8R4XC2P",
                                                           minor=20_001_00)])))  # fmt: skip
    said = io.StringIO()
    call_command("reconcile", str(path), csv=tmp_path / "out.csv", stdout=said)
    assert "2 rows imported" in said.getvalue()
    assert "Missing here" in said.getvalue() and "KES 20,501.00" in said.getvalue()
    assert (tmp_path / "out.csv").read_text().count("missing") == 2
    again = io.StringIO()
    with pytest.raises(CommandError, match="1 findings are open"):
        call_command("reconcile", str(path), strict=True, stdout=again)
    assert "nothing changed" in again.getvalue()
    with pytest.raises(CommandError):
        call_command("reconcile", str(tmp_path / "no.csv"))


def test_the_csv_of_findings_starts_no_formula(wallet):
    landed(wallet)
    made = imported(paid(wallet, account="=cmd()"))
    assert "'=cmd()" in reconciliation.findings_csv(made)
