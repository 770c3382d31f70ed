"""A payer says "I used the wrong account number": right and wrong claims are answered alike."""

import json

import pytest
from django.test import Client

from accounts.models import User
from kernel.errors import RateLimited
from kernel.models import AuditEntry, Mail
from tests import world
from tests.wallet.books import together
from tests.wallet.daraja import process_all
from tests.wallet.test_paybill import balance, c2b, confirm, in_suspense, reference_of, wallet
from wallet.errors import RefundRefused, ReleaseRefused
from wallet.models import Claim, MpesaReceipt, Refund, Release, Wallet
from wallet.mpesa.reference import new_reference
from wallet.services import claims, reversals, suspense
from wallet.services.landing import land

__all__ = ["wallet"]

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPT = "UKSUSP0001"
PHONE = "254712345678"


def claim(wallet, *, receipt=RECEIPT, amount=50_000, tail="678", actor="user:1"):
    return claims.make_claim(
        workspace_id=wallet.workspace_id, receipt_no=receipt, amount_minor=amount,
        phone_tail=tail, actor=actor,
    )  # fmt: skip


def paid_before(wallet):
    land(
        receipt_no="UKBEFORE01", amount_minor=100_00, paid_at=None, shortcode="409900",
        source="pull", bill_ref=reference_of(wallet), msisdn=PHONE,
    )  # fmt: skip


def test_a_claim_of_a_phone_that_paid_here_before_is_credited_at_once(wallet):
    paid_before(wallet)
    in_suspense()
    made = claim(wallet)
    made.refresh_from_db()
    assert (made.status, balance(wallet)) == ("credited", 60_000)
    assert Release.objects.get().asked_by == "rule"
    assert AuditEntry.objects.filter(action_kind="wallet.release_done").exists()


def test_a_claim_of_an_unknown_phone_waits_for_a_person(wallet):
    in_suspense()
    made = claim(wallet)
    assert (made.status, balance(wallet), claims.fits(made)) == ("open", 0, "fits")
    assert suspense.suggestions(MpesaReceipt.objects.get())[0].workspace_id == wallet.workspace_id
    suspense.ask_release(
        RECEIPT, reference=reference_of(wallet), reason="claimed", actor="operator:1"
    )
    made.refresh_from_db()
    assert (made.status, balance(wallet)) == ("credited", 50_000)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"amount": 60_000}, "another amount"), ({"tail": "679"}, "another phone"),
     ({"receipt": "UKNOBODY01"}, "no such payment yet")],
)  # fmt: skip
def test_a_wrong_claim_looks_like_a_right_one(wallet, wrong, why):
    paid_before(wallet)
    in_suspense()
    made = claim(wallet, **wrong)
    assert (made.status, claims.fits(made), balance(wallet)) == ("open", why, 100_00)


def test_large_money_is_never_released_by_a_rule(wallet):
    paid_before(wallet)
    in_suspense(30_000_00)
    assert claim(wallet, amount=30_000_00).status == "open"
    assert balance(wallet) == 100_00


def test_three_claims_a_day_are_enough_and_hands_at_once_make_no_fourth(wallet):
    results = together(6, lambda n: claim(wallet, receipt=f"UKNOBODY0{n}"))
    assert sum(isinstance(each, RateLimited) for each in results) == 3
    assert Claim.objects.count() == 3
    with pytest.raises(RateLimited):
        claim(wallet)


def test_two_workspaces_claim_one_payment_and_one_gets_it(wallet):
    paid_before(wallet)
    other = world.tenant("chege@beta.example", "Chege", "Beta").workspace
    in_suspense()
    stranger = Wallet.objects.get(workspace_id=other.id, mode="live")
    wrong = claim(stranger, tail="678")
    claim(wallet)
    wrong.refresh_from_db()
    assert (wrong.status, balance(wallet)) == ("refused", 60_000)


def test_money_on_its_way_back_cannot_be_claimed_or_released(wallet, settings):
    paid_before(wallet)
    in_suspense()
    reversals.ask_refund(RECEIPT, reason="14 days", actor="tests")
    assert claim(wallet).status == "open"
    with pytest.raises(ReleaseRefused, match="on its way back"):
        suspense.ask_release(RECEIPT, reference=reference_of(wallet), reason="x", actor="o")
    confirm(c2b(reference_of(wallet), receipt=RECEIPT))
    assert balance(wallet) == 100_00
    with pytest.raises(RefundRefused, match="already"):
        reversals.ask_refund(RECEIPT, reason="again", actor="tests")


def test_a_part_of_a_payment_is_paid_out_to_its_payer(wallet, script):
    paid_before(wallet)
    script.on("b2c", (200, {"ConversationID": "AG_1", "ResponseCode": "0"}))
    made = reversals.ask_payout("UKBEFORE01", amount_minor=40_00, reason="half", actor="operator:1")
    row = Wallet.objects.get(id=wallet.id)
    assert (row.balance_minor, row.held_minor) == (100_00, 40_00)
    reversals.send_refund(str(made.id))
    reversals.send_refund(str(made.id))
    (sent,) = script.bodies("b2c")
    assert (sent["Amount"], sent["PartyB"], sent["OriginatorConversationID"]) == (
        40, PHONE, str(made.id),
    )  # fmt: skip
    answer(made)
    row.refresh_from_db()
    assert (row.balance_minor, row.held_minor) == (60_00, 0)
    assert MpesaReceipt.objects.get().status == "credited"
    with pytest.raises(RefundRefused, match=r"KES 60.00 is left"):
        reversals.ask_payout("UKBEFORE01", amount_minor=70_00, reason="more", actor="o")
    with pytest.raises(RefundRefused, match="pay out the rest"):
        reversals.ask_refund("UKBEFORE01", reason="all", actor="o")
    rest = reversals.ask_payout("UKBEFORE01", amount_minor=60_00, reason="rest", actor="o")
    reversals.send_refund(str(rest.id))
    answer(rest)
    assert balance(wallet) == 0


def answer(made, code=0):
    body = {"Result": {"ResultCode": code, "ConversationID": "AG_1"}}
    path = f"/h/{reversals.result_token(made)}/r"
    Client().post(path, data=json.dumps(body), content_type="application/json")
    process_all()
    made.refresh_from_db()


@pytest.mark.parametrize(
    ("reply", "status", "held"),
    [
        ((500, {"errorCode": "500.003.1001", "errorMessage": "Internal"}), "unknown", 40_00),
        ((500, {"errorCode": "500.002.1001", "errorMessage": "Duplicate"}), "unknown", 40_00),
        ((400, {"errorCode": "400.002.02", "errorMessage": "Bad PartyB"}), "failed", 0),
        ((500, {"errorCode": "500.003.02", "errorMessage": "busy"}), "failed", 0),
    ],
)
def test_a_payout_without_a_clear_no_keeps_its_money_aside(wallet, script, reply, status, held):
    paid_before(wallet)
    script.on("b2c", reply)
    made = reversals.ask_payout("UKBEFORE01", amount_minor=40_00, reason="half", actor="o")
    reversals.send_refund(str(made.id))
    reversals.send_refund(str(made.id))
    made.refresh_from_db()
    assert (made.status, Wallet.objects.get(id=wallet.id).held_minor) == (status, held)
    assert len(script.bodies("b2c")) == 1


def test_a_payer_whose_number_is_masked_gets_all_of_it_or_nothing(wallet):
    confirm(c2b(reference_of(wallet)))
    with pytest.raises(RefundRefused, match="whole number"):
        reversals.ask_payout("UKM8R4XC1P", amount_minor=40_00, reason="half", actor="o")


def test_the_owner_is_told_what_went_back_and_what_is_owed():
    acme = world.acme()
    type(acme.workspace).objects.filter(id=acme.id).update(mpesa_account_ref=new_reference())
    acme.workspace.refresh_from_db()
    land(
        receipt_no=RECEIPT, amount_minor=500_00, paid_at=None, shortcode="409900", source="pull",
        bill_ref=acme.workspace.mpesa_account_ref,
    )  # fmt: skip
    from accounts import services
    from kernel.models import Work

    reversals.reverse_payment(RECEIPT, actor="operator:1", reason="statement")
    (ref,) = Work.objects.filter(name="accounts.mail_reversal").values_list("ref", flat=True)
    services.mail_reversal(ref)
    sent = Mail.objects.get(to="amina@acme.example", subject__contains="went back")
    assert "KES 500.00" in sent.subject
    assert RECEIPT in sent.text


def test_the_claim_page_takes_a_claim_and_says_thank_you():
    acme = world.acme()
    browser = world.browser(acme.owner).client
    page = browser.get("/wallet/claim")
    assert b"wrong account number" in page.content
    reply = browser.post("/wallet/claim", {"receipt": "uksusp0001", "amount": "500", "tail": "678"})
    assert b"Thank you" in reply.content
    assert Claim.objects.get().receipt_no == RECEIPT
    wrong = browser.post("/wallet/claim", {"receipt": "x", "amount": "-1", "tail": "67"})
    assert b"three digits" in wrong.content
    for number in "12":
        browser.post("/wallet/claim", {"receipt": f"UKOTHER00{number}", "amount": 5, "tail": "678"})
    late = browser.post("/wallet/claim", {"receipt": "UKOTHER009", "amount": 5, "tail": "678"})
    assert late.status_code == 429


@pytest.fixture
def operator():
    User.objects.create_superuser(email="op@sautikit.example", password="only-for-tests")
    browser = Client()
    assert browser.login(email="op@sautikit.example", password="only-for-tests")
    return browser


def test_an_operator_sees_what_fits_and_releases_it(wallet, operator):
    in_suspense()
    claim(wallet)
    claim(wallet, receipt="UKNOBODY01")
    html = operator.get("/admin/wallet/claim/").content.decode()
    assert "fits" in html and "no such payment yet" in html
    assert f"receipt={RECEIPT}" in html
    address = f"/admin/wallet/release/add/?receipt={RECEIPT}&reference={reference_of(wallet)}"
    form = operator.get(address).content.decode()
    assert reference_of(wallet) in form
    facts = {"receipt": RECEIPT, "reference": reference_of(wallet), "reason": "The claim fits."}
    operator.post("/admin/wallet/release/add/", facts)
    assert balance(wallet) == 50_000
    wrong = Claim.objects.get(status="open")
    chosen = {"action": "refuse", "_selected_action": str(wrong.id), "reason": "Not theirs"}
    operator.post("/admin/wallet/claim/", chosen)
    wrong.refresh_from_db()
    assert wrong.status == "refused"


def test_an_operator_pays_a_part_out_in_the_admin(wallet, operator):
    paid_before(wallet)
    facts = {"receipt": "UKBEFORE01", "reason": "Half of it", "shillings": "40"}
    operator.post("/admin/wallet/refund/add/", facts)
    made = Refund.objects.get()
    assert (made.way, made.amount_minor, made.status) == ("b2c", 40_00, "asked")
    again = operator.post("/admin/wallet/refund/add/", facts, follow=True)
    assert b"on its way back already" in again.content


def test_a_periodic_task_is_run_now_with_a_reason(operator):
    from kernel import work
    from kernel.models import Work

    work.start_due_jobs()
    html = operator.get("/admin/kernel/job/").content.decode()
    assert (
        "wallet.verify_receipts" in html and "/admin/kernel/job/wallet.verify_receipts/run" in html
    )
    page = "/admin/kernel/job/wallet.verify_receipts/run"
    assert operator.post(page, {"reason": ""}).status_code == 200
    assert not Work.objects.filter(name="kernel.run_job").exists()
    operator.post(page, {"reason": "A customer waits."})
    assert Work.objects.get(name="kernel.run_job").ref == "wallet.verify_receipts"
    assert AuditEntry.objects.get(action_kind="kernel.job_run").reason == "A customer waits."
