"""Questions that customers ask: each is answered within two clicks from the one search."""

import pytest
from django.utils import timezone

from accounts import services as accounts
from accounts.services import request_log
from calls import services as calls
from kernel import audit, clock
from kernel.models import AuditEntry
from numbers import services as numbers
from tests import world
from tests.backoffice.desk import Desk
from tests.calls import story
from tests.wallet.daraja import PHONE, ask, deliver, paid, process_all, result
from tests.webhooks import scene
from wallet.models import MpesaReceipt, Posting, TopUp, Wallet
from wallet.services import claims, documents, reversals, suspense
from wallet.services.landing import land
from webhooks import services as webhooks
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db

RECEIPT = "UKM8R4XC1P"


@pytest.fixture
def acme():
    return world.acme()


@pytest.fixture(autouse=True)
def a_slice_of_two_minutes(settings):
    settings.CALL_SLICE_SECONDS = 120


@pytest.fixture
def desk():
    return Desk()


def pay(bill_ref, *, receipt=RECEIPT, minor=50_000, msisdn="254712345678"):
    return land(
        receipt_no=receipt, amount_minor=minor, paid_at=clock.now(), shortcode="409900",
        source="c2b", bill_ref=bill_ref, msisdn=msisdn,
    )  # fmt: skip


def wallet_of(where):
    return Wallet.objects.get(workspace=where.workspace, mode="live")


def talked(where, seconds=83):
    call = story.answer(story.place(where), seconds_ago=seconds)
    return story.end(call, connected_ms=seconds * 1000)


def operate(verb, why, /, **facts):
    with audit.because(why):
        return verb(actor=f"operator:{world.person('boss@sautikit.example').id}", **facts)


def test_a_receipt_that_never_arrived_waits_in_suspense_with_its_likely_owner(acme, desk):
    wrong = acme.workspace.mpesa_account_ref[:-1] + (
        "0" if acme.workspace.mpesa_account_ref[-1] != "0" else "1"
    )
    pay(wrong)
    page = desk.search(RECEIPT.lower())
    assert "In suspense: M-Pesa paid us, but nobody's account number fits" in page.text
    assert f"Typed: “{wrong}”. Possible owners: Acme Fintech" in page.text
    assert page.clicks == 0


def test_a_receipt_that_arrived_says_where_and_the_balance_after_it(acme, desk):
    pay(acme.workspace.mpesa_account_ref)
    page = desk.search(RECEIPT)
    assert "Credited: KES 500.00 to Acme Fintech" in page.text
    assert "balance after it KES 500.00" in page.text
    assert "wallet KES 500.00; mpesa_clearing" in page.text.replace(
        "mpesa_clearing KES -500.00; wallet KES 500.00", "wallet KES 500.00; mpesa_clearing"
    )
    assert "Acme Fintech" in page.click("Acme Fintech").text


def test_a_receipt_that_is_misread_leads_to_the_one_that_is_meant(acme, desk):
    pay(acme.workspace.mpesa_account_ref)
    page = desk.search("UKM8R4XC1R")
    assert "Nothing here has this name" in page.text and "Did you mean" in page.text
    assert "Credited: KES 500.00" in page.click(f"Receipt {RECEIPT}").text
    assert f"Receipt {RECEIPT}" in desk.search("UKM8R").text


def test_a_receipt_that_only_the_customer_knows_says_so(acme, desk):
    claims.make_claim(
        workspace_id=acme.id, receipt_no=RECEIPT, amount_minor=50_000, phone_tail="678",
        actor=f"user:{acme.owner.id}",
    )  # fmt: skip
    page = desk.search(RECEIPT)
    assert "M-Pesa never told us of this payment" in page.text
    assert "Acme Fintech says it is theirs: open" in page.text


def test_why_a_top_up_failed(acme, desk, script):
    topup = ask(wallet_of(acme))
    deliver(topup, result(topup, 1032))
    process_all()
    page = desk.search(str(topup.id))
    assert "It failed: cancelled" in page.text and "1032" in page.text
    assert "stk arrived" in page.text.lower() or "callback" in page.text


def test_where_a_prompt_that_was_paid_went(acme, desk, script):
    topup = ask(wallet_of(acme))
    deliver(topup, paid(topup))
    process_all()
    page = desk.search(PHONE)
    assert "KES 500.00 for Acme Fintech: confirmed" in page.text
    told = page.click("payment").text
    assert "Credited: KES 500.00 to Acme Fintech" in told
    assert "Top-up KES 500.00 booked" in told


def test_why_a_call_cost_4_15(acme, desk):
    call = talked(acme)
    page = desk.search(call.session_id)
    assert "It cost KES 4.15: 83 s at KES 3.00 a minute, rounded up once." in page.text
    assert "Call KES 4.15 booked, KES 0.57 of it VAT" in page.text
    assert "outbound +254 v1" in page.text
    assert "The hold was captured" in page.text


def test_why_a_call_failed(acme, desk):
    call = story.end(story.place(acme), sip_code=486, cause="busy")
    page = desk.search(call.session_id[:9])
    told = page.click(call.session_id).text if page.text.find("Did you mean") >= 0 else page.text
    assert "Nobody talked: busy" in told and "SIP 486 from +254712345678" in told


def test_why_a_call_was_refused(acme, desk):
    number = world.claim(acme)
    story.drain(acme, 0)
    key = world.issue(acme)
    answer = world.Api(key.secret).post("/v1/calls", {"from": number.e164, "to": story.FRIEND})
    request_id = answer.headers["X-Request-Id"]
    request_log.store_requests()
    page = desk.search(request_id)
    assert "POST /v1/calls was answered 402 (wallet.insufficient_balance)." in page.text
    assert "Acme Fintech" in page.click("Acme Fintech").text


def test_why_nobody_can_call(acme, desk):
    operate(calls.stop_calls, "A stolen key dialled all night", workspace_id=acme.id, reason="A stolen key dialled all night")  # fmt: skip
    page = desk.search("acme fintech")
    assert "All calls are stopped by operator boss@sautikit.example" in page.text
    assert "A stolen key dialled all night" in page.text


def test_why_a_workspace_is_suspended(acme, desk):
    operate(
        lambda actor: accounts.suspend_workspace(acme.workspace, actor=actor), "Unpaid since May"
    )
    page = desk.search(acme.workspace.slug)
    assert "Suspended by operator boss@sautikit.example" in page.text
    assert "Unpaid since May" in page.text


def test_who_released_a_number(acme, desk):
    number = world.claim(acme)
    numbers.release_number(number, actor=f"user:{world.brian().id}")
    page = desk.search("0200 000 000" if number.e164 == "+254200000000" else number.e164)
    assert "Nobody holds it. Acme Fintech had it until" in page.text
    assert "released by brian@acme.example" in page.text


def test_who_claimed_a_number_before(acme, desk):
    number = world.claim(acme)
    numbers.release_number(number, actor=f"user:{acme.owner.id}")
    world.claim(world.chege())
    page = desk.search(number.e164)
    assert "Duka la Chege holds it" in page.text and "Acme Fintech holds it no more" in page.text


def test_who_changed_where_a_number_leads(acme, desk, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    number = world.claim(acme)
    numbers.route_number(
        number, changes={"voice_callback_url": "https://voice.example/new"},
        actor=f"user:{world.brian().id}",
    )  # fmt: skip
    page = desk.search(number.e164)
    assert "number.routed by brian@acme.example" in page.text
    assert "voice_callback_url: nothing → https://voice.example/new" in page.text


def test_who_gave_a_number_to_another_workspace(acme, desk):
    number = world.claim(acme)
    world.fund(world.chege(), 20_000)
    operate(
        numbers.reassign_number, "Court order 12", number=number,
        workspace_id=world.chege().id, mode="live",
    )  # fmt: skip
    page = desk.search(number.e164)
    assert "reassigned by operator boss@sautikit.example (Court order 12)" in page.text


def test_why_a_webhook_did_not_arrive(acme, desk):
    endpoint = scene.endpoint(acme)
    scene.emit(acme)
    delivery = Delivery.objects.get()
    scene.record(webhooks.claim_first(1), scene.bad())
    page = desk.search(str(delivery.event.event_id))
    assert "https://a.example/: retrying (attempts: 1, the last: no answer in time)" in page.text
    told = page.click("endpoint").text
    assert "Acme Fintech" in told and f"Endpoint {endpoint.url}" in told


def test_an_event_that_nobody_subscribed_to_says_so(acme, desk):
    (event,) = scene.emit(acme)
    event.refresh_from_db()
    page = desk.search(str(event.event_id))
    assert "No endpoint wanted it: nothing subscribes to this event" in page.text


def test_who_invited_somebody(acme, desk):
    accounts.invite(
        acme.workspace, email="wanjiru@acme.example", role="member",
        by=acme.owner, by_role="owner", actor=f"user:{acme.owner.id}",
    )  # fmt: skip
    page = desk.search("Wanjiru@acme.example")
    assert "invited to Acme Fintech by amina@acme.example (pending)" in page.text


def test_who_revoked_a_key(acme, desk):
    issued = world.issue(acme)
    operate(lambda actor: accounts.revoke_api_key(issued.key, actor=actor), "Found on GitHub")
    page = desk.search(issued.key.prefix)
    assert "It is revoked by operator boss@sautikit.example: Found on GitHub." in page.text
    assert "Made by amina@acme.example" in page.text


def test_who_changed_the_rate(acme, desk):
    operate(
        calls.publish_rate, "Contract of November", prefix="+254", direction="outbound",
        minor_per_minute=250, currency="KES", valid_from=timezone.now(), workspace_id=acme.id,
    )  # fmt: skip
    page = desk.search("+254")
    assert (
        "operator boss@sautikit.example published the newest version: Contract of November"
        in page.text
    )
    assert "outbound +254 v1 of this workspace: KES 2.50 a minute" in page.text
    assert "Own price outbound +254 KES 2.50" in desk.search("Acme Fintech").text


def test_what_a_line_of_the_statement_is_for(acme, desk):
    call = talked(acme)
    posting = Posting.objects.get(call_id=call.id)
    assert "It cost KES 4.15: 83 s" in desk.search(str(posting.id)).text


def test_what_an_invoice_number_is_about(acme, desk):
    pay(acme.workspace.mpesa_account_ref)
    paper = documents.issue_receipt(Posting.objects.get(kind="topup"))
    page = desk.search(paper.number)
    assert "KES 500.00" in page.text and "Acme Fintech" in page.text
    assert f"Payment {RECEIPT}" in page.click("posting and its cause").text


def test_whether_a_payment_was_taken_back(acme, desk):
    pay(acme.workspace.mpesa_account_ref)
    operate(reversals.reverse_payment, "The statement says so", receipt_no=RECEIPT, reason="The statement says so")  # fmt: skip
    page = desk.search(RECEIPT)
    assert "Taken back by M-Pesa" in page.text
    assert "wallet.payment reversed by operator boss@sautikit.example" in page.text


def test_who_released_a_payment_from_suspense(acme, desk):
    pay("nonsense")
    operate(
        suspense.ask_release, "Caller read the SMS", receipt_no=RECEIPT,
        reference=acme.workspace.mpesa_account_ref, reason="Caller read the SMS",
    )  # fmt: skip
    page = desk.search(RECEIPT)
    assert "To Acme Fintech: done" in page.text and "Caller read the SMS" in page.text
    assert "wallet.release done by operator boss@sautikit.example" in page.text


def test_which_operator_looked_into_a_workspace(acme, desk):
    boss = world.person("boss@sautikit.example")
    type(boss).objects.filter(pk=boss.pk).update(is_staff=True)
    boss.refresh_from_db()
    accounts.begin_impersonation(
        operator=boss, workspace=acme.workspace, reason="Asked to look at a call",
        actor=f"operator:{boss.id}",
    )  # fmt: skip
    page = desk.search("acme")
    assert "Did you mean" in page.text or "impersonation" in page.text
    told = page.click("Acme Fintech").text if "Did you mean" in page.text else page.text
    assert (
        "workspace.impersonation started by operator boss@sautikit.example: Asked to look" in told
    )


def test_whose_account_number_this_is_also_with_a_slip(acme, desk):
    reference = acme.workspace.mpesa_account_ref
    assert "Active: nothing is suspended" in desk.search(reference.replace("-", " ").lower()).text
    swapped = reference[:3] + reference[4] + reference[3] + reference[5:]
    if swapped != reference:
        assert "Acme Fintech" in desk.search(swapped).text


def test_the_beginning_of_an_id_or_of_a_request_is_enough(acme, desk):
    call = talked(acme)
    assert f"call {call.id}" in desk.search(str(call.id)[:20]).text
    answer = world.api(acme).get("/v1/calls")
    request_log.store_requests()
    request_id = answer.headers["X-Request-Id"]
    page = desk.search(request_id[:14])
    assert "kept for 7 days" in page.text
    assert "GET /v1/calls was answered 200" in page.click(request_id).text


def test_every_id_of_every_table_opens_a_story(acme, desk):
    pay(acme.workspace.mpesa_account_ref)
    call = talked(acme)
    topup, leg = TopUp.objects.get(), call.legs.get()
    for key in (acme.id, call.id, topup.id, call.number_id, call.number.inventory_id, leg.id,
                call.hold_id, acme.owner.id, Posting.objects.filter(kind="topup").get().id):  # fmt: skip
        page = desk.search(str(key))
        assert "Time line" in page.text, key
    assert AuditEntry.objects.exists() and MpesaReceipt.objects.exists()
    assert "Nothing here has this name" in desk.search("0198c2d2-0000-7000-8000-000000000000").text
