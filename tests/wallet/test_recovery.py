"""What is never announced still lands: the spool on disk, the Pull, and the end of open prompts."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError, connection

from kernel import clock, work
from kernel.models import Job
from tests.wallet.books import together
from tests.wallet.daraja import ask, deliver, paid, process_all
from tests.wallet.test_paybill import balance, c2b, post, reference_of, wallet
from tests.wallet.test_topup_over_sandbox import phone, sandbox
from wallet import tasks
from wallet.models import MpesaEvent, MpesaReceipt, TopUp
from wallet.mpesa.back_office import DarajaFailed
from wallet.services import pulls, spool, topups

__all__ = ["phone", "sandbox", "wallet"]

pytestmark = pytest.mark.django_db(transaction=True)
HOURS = timedelta(hours=2)


@pytest.fixture(autouse=True)
def var_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def no_database(monkeypatch):
    """Every statement fails as it does when PostgreSQL is gone."""

    def refuse(*_arguments, **_options):
        raise OperationalError("server closed the connection unexpectedly")

    def start():
        wrapper = connection.execute_wrapper(refuse)
        wrapper.__enter__()
        return wrapper

    return start


def row(reference, *, receipt="UKM8R4XC1P", amount="500.00", **changes):
    return {
        "transactionId": receipt,
        "trxDate": "2026-11-22T16:15:07Z",
        "msisdn": 712345678,
        "sender": "MPESA",
        "transactiontype": "c2b-pay-bill-debit",
        "billreference": reference,
        "amount": amount,
        "organizationname": "SAUTIKIT",
        **changes,
    }


def listing(*rows):
    return 200, {"ResponseCode": "1000", "ResponseMessage": "Success", "Response": [list(rows)]}


NOTHING = 200, {"ResponseCode": "1001", "Response": "[[]]"}


def test_a_message_that_finds_no_database_is_kept_on_disk_and_lands_later(wallet, no_database):
    reference = reference_of(wallet)
    away = no_database()
    reply = post(c2b(reference))
    away.__exit__(None, None, None)
    assert (reply.status_code, reply.json()["ResultCode"]) == (200, 0)
    assert (MpesaEvent.objects.count(), spool.waiting()) == (0, 1)
    assert spool.drain() == 1
    assert (MpesaEvent.objects.count(), spool.waiting()) == (1, 0)
    process_all()
    assert balance(wallet) == 50_000
    assert spool.drain() == 0


def test_a_callback_of_a_push_survives_an_outage_too(wallet, no_database):
    topup = ask(wallet, account_ref=reference_of(wallet))
    away = no_database()
    for _ in range(3):
        assert deliver(topup, paid(topup)).status_code == 200
    away.__exit__(None, None, None)
    assert spool.drain() == 3
    process_all()
    topup.refresh_from_db()
    assert (topup.status, balance(wallet)) == ("paid", 50_000)


def test_validation_lets_the_payer_pay_during_an_outage(wallet, no_database):
    reference = reference_of(wallet)
    away = no_database()
    reply = post(c2b(reference), door="val")
    away.__exit__(None, None, None)
    assert reply.json()["ResultCode"] == "0"


def test_the_spool_keeps_what_it_could_not_store(wallet, no_database):
    away = no_database()
    post(c2b("TS-1"))
    with pytest.raises(OperationalError):
        spool.drain()
    away.__exit__(None, None, None)
    assert spool.waiting() == 1


def test_a_file_that_was_not_finished_is_not_read(wallet, no_database):
    away = no_database()
    post(c2b("TS-1"))
    away.__exit__(None, None, None)
    (path,) = spool._waiting()
    path.rename(path.with_suffix(".part"))
    assert spool.drain() == 0
    assert oct(path.with_suffix(".part").stat().st_mode)[-3:] == "600"


def test_a_full_disk_quota_loses_the_newest_and_still_answers(wallet, no_database, monkeypatch):
    monkeypatch.setattr(spool, "FILES_MAX", 2)
    away = no_database()
    codes = [post(c2b("TS-1")).status_code for _ in range(4)]
    away.__exit__(None, None, None)
    assert codes == [200] * 4
    assert spool.waiting() == 2


def test_a_pull_lands_what_nobody_announced(wallet, script):
    script.on("pulltransactions", listing(row(reference_of(wallet))), NOTHING)
    report = pulls.pull(HOURS)
    assert str(report) == "1 payments, KES 500.00; 1 were new"
    assert balance(wallet) == 50_000
    receipt = MpesaReceipt.objects.get()
    assert (receipt.verified_by, receipt.first_source) == ("pull", "pull")
    sent = script.bodies("pulltransactions")
    assert [each["OffSetValue"] for each in sent] == ["0", "1"]
    assert sent[0]["ShortCode"] == "409900"


def test_a_pull_pays_the_prompt_whose_callback_was_lost(wallet, script):
    topup = ask(wallet, account_ref=reference_of(wallet))
    script.on("pulltransactions", listing(row(reference_of(wallet))), NOTHING)
    pulls.pull(HOURS)
    topup.refresh_from_db()
    assert topup.status == "paid"


def test_a_pull_of_known_payments_verifies_and_credits_nothing(wallet, script):
    post(c2b(reference_of(wallet)))
    process_all()
    assert MpesaReceipt.objects.get().verified_by == ""
    script.on("pulltransactions", listing(row(reference_of(wallet))), NOTHING)
    assert "0 were new" in str(pulls.pull(HOURS))
    assert balance(wallet) == 50_000
    assert MpesaReceipt.objects.get().verified_by == "pull"


def test_a_listed_amount_that_differs_verifies_nothing(wallet, script):
    post(c2b(reference_of(wallet)))
    process_all()
    script.on("pulltransactions", listing(row(reference_of(wallet), amount="900.00")), NOTHING)
    pulls.pull(HOURS)
    assert balance(wallet) == 50_000
    assert MpesaReceipt.objects.get().verified_by == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"transactiontype": "b2c-payment"},
        {"amount": "-5.00"},
        {"transactionId": ""},
        {"amount": None},
    ],
)
def test_rows_that_paid_nothing_in_are_passed_over_but_counted(wallet, script, changes):
    script.on(
        "pulltransactions",
        listing(row(reference_of(wallet), **changes), row(reference_of(wallet))),
        NOTHING,
    )
    pulls.pull(HOURS)
    assert balance(wallet) == 50_000
    assert [each["OffSetValue"] for each in script.bodies("pulltransactions")] == ["0", "2"]


def test_a_stuck_offset_ends(wallet, script):
    script.on("pulltransactions", listing(row(reference_of(wallet))))
    pulls.pull(HOURS)
    assert len(script.bodies("pulltransactions")) == 2


@pytest.mark.parametrize("reply", [NOTHING, (200, {"Response": []}), (200, {"Response": [[]]})])
def test_nothing_is_nothing_however_it_is_written(wallet, script, reply):
    script.on("pulltransactions", reply)
    assert pulls.pull(HOURS).seen == {}


@pytest.mark.parametrize("reply", [(500, ""), (200, "<html>"), (200, {"errorCode": "500.001"})])
def test_a_pull_without_an_answer_fails_and_says_so(wallet, script, reply):
    script.on("pulltransactions", reply)
    with pytest.raises(DarajaFailed):
        pulls.pull(HOURS)


def test_the_long_pull_names_receipts_that_were_never_listed(wallet, script):
    post(c2b(reference_of(wallet), receipt="UKFORGED01"))
    process_all()
    script.on("pulltransactions", NOTHING)
    assert "1 receipts not listed UKFORGED01" in pulls.verify(timedelta(hours=47))


def test_callback_confirmation_and_pull_at_one_moment_are_one_credit(wallet, script):
    topup = ask(wallet, account_ref=reference_of(wallet))
    deliver(topup, paid(topup, receipt="UKM8R4XC1P"))
    post(c2b(reference_of(wallet)))
    script.on("pulltransactions", listing(row(reference_of(wallet))))
    ids = list(MpesaEvent.objects.values_list("id", flat=True))
    acts = [lambda: tasks.process_mpesa_event(str(ids[0])),
            lambda: tasks.process_mpesa_event(str(ids[1])), tasks.pull_recent]  # fmt: skip
    results = together(6, lambda index: acts[index % 3]())
    assert not [each for each in results if isinstance(each, Exception)]
    assert balance(wallet) == 50_000
    assert TopUp.objects.count() == 1


def test_prompts_end_after_two_days_and_are_still_paid_late(wallet):
    topup = ask(wallet, account_ref=reference_of(wallet))
    assert pulls.expire_topups() == 0
    with time_machine.travel(clock.now() + timedelta(hours=49), tick=False):
        assert pulls.expire_topups() == 1
    topup.refresh_from_db()
    assert (topup.status, topup.failure_reason) == ("failed", "expired")
    deliver(topup, paid(topup))
    process_all()
    topup.refresh_from_db()
    assert topup.status == "paid"


def test_each_job_leaves_its_result_for_the_admin(wallet, script):
    script.on("pulltransactions", NOTHING)
    work.start_due_jobs()
    for name in ("wallet.pull_recent", "wallet.pull_long", "wallet.drain_spool",
                 "wallet.expire_topups", "wallet.seal_ledger"):  # fmt: skip
        work.run_job(name)
        assert Job.objects.get(name=name).last_result, name


def test_the_simulator_lists_a_push_whose_callback_was_lost(wallet, phone, sandbox):
    sandbox.set_traps(phone, auto="pin", lose_callback=True)
    topup = ask(wallet, phone_e164=phone, account_ref=reference_of(wallet))
    topups.push_topup(str(topup.id))

    def landed():
        pulls.pull(HOURS)
        topup.refresh_from_db()
        return topup.status == "paid"

    from tests.sandbox.peers import wait_for

    wait_for(landed)
    assert balance(wallet) == 50_000
    call_command("verify_ledger", verbosity=0)
    assert json.loads(json.dumps(MpesaReceipt.objects.get().sources)) == ["pull"]
