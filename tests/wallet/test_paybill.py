"""Money through the Paybill: as people type it, announced twice, and without an owner."""

import json
import re
from datetime import timedelta
from ipaddress import ip_network

import pytest
import time_machine
from django.test import Client

from kernel import clock
from kernel.models import AuditEntry, Event
from tests.wallet.books import ledger_of, make_wallet, together
from tests.wallet.daraja import PHONE, ask, deliver, paid, process_all, result
from wallet.errors import ReleaseRefused
from wallet.models import MpesaEvent, MpesaReceipt, Release, TopUp
from wallet.mpesa.clock import eat_timestamp
from wallet.mpesa.reference import near_references, new_reference
from wallet.services import mpesa, paybill, suspense
from wallet.services.landing import land

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wallet(script):
    wallet = make_wallet()
    type(wallet.workspace).objects.filter(id=wallet.workspace_id).update(
        mpesa_account_ref=new_reference()
    )
    wallet.workspace.refresh_from_db()
    return wallet


def reference_of(wallet):
    return wallet.workspace.mpesa_account_ref


def c2b(reference, *, receipt="UKM8R4XC1P", amount="500.00", shortcode="409900", **changes):
    """A confirmation as Safaricom writes it."""
    return {
        "TransactionType": "Pay Bill",
        "TransID": receipt,
        "TransTime": eat_timestamp(clock.now()),
        "TransAmount": amount,
        "BusinessShortCode": shortcode,
        "BillRefNumber": reference,
        "InvoiceNumber": "",
        "OrgAccountBalance": "184250.00",
        "ThirdPartyTransID": "",
        "MSISDN": "2547 ***** 678",
        "FirstName": "WANJIKU",
        "MiddleName": "",
        "LastName": "",
        **changes,
    }


def post(body, *, door="conf", secret=None, **extra):
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    path = f"/h/c/{secret or paybill.secret()}/{door}"
    return Client().post(path, data=raw, content_type="application/json", **extra)


def confirm(body, **extra):
    reply = post(body, **extra)
    process_all()
    return reply


def balance(wallet):
    wallet.refresh_from_db()
    return wallet.balance_minor


def test_a_confirmation_is_money_in_the_wallet(wallet):
    reply = confirm(c2b(reference_of(wallet)))
    assert reply.json() == {"ResultCode": 0, "ResultDesc": "Success"}
    assert balance(wallet) == 50_000
    topup = TopUp.objects.get()
    assert (topup.channel, topup.status, topup.paid_minor) == ("paybill", "paid", 50_000)
    assert topup.provider_reference == "UKM8R4XC1P"
    assert ledger_of(wallet) == [
        ("topup", "wallet", 50_000, 50_000),
        ("topup", "mpesa_clearing", -50_000, None),
    ]
    event = Event.objects.get()
    assert (event.kind, event.payload["topup_id"]) == ("wallet.top_up", str(topup.id))
    receipt = MpesaReceipt.objects.get()
    assert (receipt.status, receipt.msisdn_tail) == ("credited", "678")


@pytest.mark.parametrize(
    "spell",
    [
        lambda ref: ref.lower(),
        lambda ref: f" {ref[:2]} {ref[3:7]} {ref[7:]} ",
        lambda ref: ref[3:],
        lambda ref: ref.replace("TS", "T5"),
        lambda ref: ref.replace("0", "O").replace("1", "I"),
        lambda ref: ref.replace("-", "_").replace("1", "l"),
    ],
)
def test_the_account_number_counts_as_people_type_it(wallet, spell):
    confirm(c2b(spell(reference_of(wallet))))
    assert balance(wallet) == 50_000


def test_cents_are_accepted(wallet):
    confirm(c2b(reference_of(wallet), amount="233.8"))
    assert balance(wallet) == 23_380


def test_a_doubled_confirmation_credits_once(wallet):
    for _ in range(3):
        confirm(c2b(reference_of(wallet)))
    assert balance(wallet) == 50_000
    assert TopUp.objects.count() == 1


@pytest.mark.parametrize("order", ["stk first", "c2b first"])
def test_a_push_that_is_announced_twice_is_one_credit(wallet, order):
    topup = ask(wallet, account_ref=reference_of(wallet))
    tell = [
        lambda: deliver(topup, paid(topup)),
        lambda: post(c2b(reference_of(wallet), receipt="UKM7Q2ZB4T")),
    ]
    for each in tell if order == "stk first" else reversed(tell):
        each()
        process_all()
    assert balance(wallet) == 50_000
    topup.refresh_from_db()
    assert (topup.status, topup.provider_reference) == ("paid", "UKM7Q2ZB4T")
    receipt = MpesaReceipt.objects.get()
    assert set(receipt.sources) == {"stk_callback", "c2b"}
    assert TopUp.objects.count() == 1
    assert Event.objects.count() == 1


@pytest.mark.parametrize("round_", range(8))
def test_both_announcements_at_one_moment_are_one_credit(wallet, round_):
    topup = ask(wallet, account_ref=reference_of(wallet))
    for _ in range(3):
        deliver(topup, paid(topup))
        post(c2b(reference_of(wallet), receipt="UKM7Q2ZB4T"))
    ids = list(MpesaEvent.objects.values_list("id", flat=True))
    results = together(6, lambda index: mpesa.process_mpesa_event(str(ids[index])))
    assert results == [None] * 6
    assert balance(wallet) == 50_000
    topup.refresh_from_db()
    assert topup.status == "paid"
    assert TopUp.objects.count() == 1


def test_two_prompts_that_both_fit_are_not_guessed_and_both_end(wallet):
    first = ask(wallet, account_ref=reference_of(wallet))
    second = ask(wallet, account_ref=reference_of(wallet), phone_e164="+254722345678")
    confirm(c2b(reference_of(wallet), receipt="UKM7Q2ZB4T"))
    assert balance(wallet) == 50_000
    assert TopUp.objects.filter(channel="paybill").count() == 1
    deliver(first, paid(first))
    process_all()
    assert balance(wallet) == 50_000
    for topup in (first, second):
        topup.refresh_from_db()
    assert (first.status, second.status) == ("paid", "created")


@pytest.mark.parametrize("changes", [{"phone_e164": "+254722000001"}, {"amount_minor": 60_000}])
def test_a_payment_that_does_not_fit_leaves_the_prompt_alone(wallet, changes):
    topup = ask(wallet, account_ref=reference_of(wallet), **changes)
    confirm(c2b(reference_of(wallet)))
    topup.refresh_from_db()
    assert topup.status == "created"
    assert balance(wallet) == 50_000


def test_an_old_prompt_is_not_taken_for_a_new_payment(wallet):
    topup = ask(wallet, account_ref=reference_of(wallet))
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        confirm(c2b(reference_of(wallet)))
    topup.refresh_from_db()
    assert topup.status == "created"
    assert balance(wallet) == 50_000


def test_a_prompt_that_timed_out_is_paid_by_a_late_confirmation(wallet):
    topup = ask(wallet, account_ref=reference_of(wallet))
    deliver(topup, result(topup, 1037))
    process_all()
    confirm(c2b(reference_of(wallet)))
    topup.refresh_from_db()
    assert topup.status == "paid"


def test_a_prompt_that_was_cancelled_is_not(wallet):
    topup = ask(wallet, account_ref=reference_of(wallet))
    deliver(topup, result(topup, 1032))
    process_all()
    confirm(c2b(reference_of(wallet)))
    topup.refresh_from_db()
    assert topup.status == "failed"
    assert balance(wallet) == 50_000


@pytest.mark.parametrize("reference", ["", "Wanjiku", "0712345678", "TS-12345678", "TS-1234567"])
def test_an_unknown_reference_waits_in_suspense_and_reaches_nobody(wallet, reference):
    confirm(c2b(reference))
    assert balance(wallet) == 0
    assert MpesaReceipt.objects.get().status == "suspense"
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({}, "refused: unreadable, no TransID"),
        ("<xml/>", "refused: unreadable, not JSON: JSONDecodeError"),
        ([], "refused: unreadable, not an object"),
        (c2b("x", amount="-5"), "refused: unreadable, no TransAmount"),
        (c2b("x", amount="NaN"), "refused: unreadable, no TransAmount"),
        (c2b("x", shortcode="111111"), "quarantined: another shortcode"),
    ],
)
def test_what_is_no_payment_of_ours_is_kept_and_answered(wallet, body, outcome):
    assert confirm(body).status_code == 200
    assert MpesaEvent.objects.get().outcome == outcome
    assert MpesaReceipt.objects.count() == 0


def test_a_wrong_secret_credits_nobody_and_answers_the_same(wallet):
    reply = confirm(c2b(reference_of(wallet)), secret="f" * 32)
    assert reply.json() == {"ResultCode": 0, "ResultDesc": "Success"}
    assert MpesaEvent.objects.get().outcome == "refused: unknown secret"
    assert balance(wallet) == 0


def test_a_caller_that_is_not_safaricom_waits_for_a_pull(wallet, settings):
    settings.DARAJA_SOURCE_IPS = ["196.201.214.200"]
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1/32"),)
    confirm(c2b(reference_of(wallet)))
    assert MpesaEvent.objects.get().outcome == "held: unlisted source"
    assert balance(wallet) == 0
    confirm(c2b(reference_of(wallet)), headers={"X-Forwarded-For": "196.201.214.200, 1.1.1.1"})
    assert balance(wallet) == 0
    confirm(c2b(reference_of(wallet)), headers={"X-Forwarded-For": "1.1.1.1, 196.201.214.200"})
    assert balance(wallet) == 50_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "0"),
        ({"BillRefNumber": "nobody"}, "C2B00012"),
        ({"BusinessShortCode": "1"}, "C2B00015"),
        ({"TransAmount": "x"}, "C2B00016"),
    ],
)
def test_validation_tells_the_payer_before_the_money_moves(wallet, changes, code):
    reply = post(c2b(reference_of(wallet), **changes), door="val")
    assert reply.json()["ResultCode"] == code
    assert MpesaReceipt.objects.count() == 0


def test_a_stranger_learns_nothing_from_validation(wallet):
    reply = post(c2b("nobody"), door="val", secret="f" * 32)
    assert reply.json() == {"ResultCode": "0", "ResultDesc": "Accepted"}


def test_two_amounts_for_one_receipt_change_nothing(wallet):
    confirm(c2b(reference_of(wallet)))
    confirm(c2b(reference_of(wallet), amount="900.00"))
    assert balance(wallet) == 50_000


def in_suspense(amount_minor=50_000, reference="Wanjiku"):
    return land(
        receipt_no="UKSUSP0001", amount_minor=amount_minor, paid_at=None, shortcode="409900",
        source="c2b", bill_ref=reference, msisdn="254712345678",
    )  # fmt: skip


def release(wallet, actor="operator:1", **changes):
    facts = {"reference": reference_of(wallet), "reason": "The payer sent a screenshot."}
    return suspense.ask_release("UKSUSP0001", actor=actor, **facts | changes)


def test_an_operator_releases_a_small_sum_with_a_reason(wallet):
    in_suspense()
    request = release(wallet)
    assert (request.status, balance(wallet)) == ("done", 50_000)
    assert ledger_of(wallet) == [
        ("suspense_release", "wallet", 50_000, 50_000),
        ("suspense_release", "suspense", -50_000, None),
    ]
    assert Event.objects.get().payload["provider_reference"] == "UKSUSP0001"
    assert AuditEntry.objects.filter(action_kind="wallet.release_done").get().reason


def test_a_large_sum_needs_two_people(wallet):
    in_suspense(2_000_100)
    request = release(wallet)
    assert (request.status, balance(wallet)) == ("asked", 0)
    with pytest.raises(ReleaseRefused, match="Somebody else"):
        suspense.decide_release(request, is_agreed=True, actor="operator:1")
    suspense.decide_release(request, is_agreed=True, actor="operator:2")
    assert balance(wallet) == 2_000_100
    with pytest.raises(ReleaseRefused):
        suspense.decide_release(request, is_agreed=True, actor="operator:3")


def test_a_refused_request_may_be_asked_again(wallet):
    in_suspense(2_000_100)
    request = release(wallet)
    suspense.decide_release(request, is_agreed=False, actor="operator:2")
    assert release(wallet).status == "asked"


@pytest.mark.parametrize("changes", [{"reference": "TS-1"}, {"reason": " "}])
def test_a_release_needs_an_owner_and_a_reason(wallet, changes):
    in_suspense()
    with pytest.raises(ReleaseRefused):
        release(wallet, **changes)
    assert Release.objects.count() == 0


def test_money_is_released_once_by_many_hands(wallet):
    in_suspense()
    results = together(6, lambda index: release(wallet, actor=f"operator:{index}"))
    assert sum(isinstance(each, Release) for each in results) == 1
    assert balance(wallet) == 50_000


def test_one_slip_away_is_suggested(wallet):
    reference = reference_of(wallet)
    wrong = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    receipt = in_suspense(reference=wrong)
    assert [each.id for each in suspense.suggestions(receipt)] == [wallet.id]
    assert reference in near_references(wrong)


def test_who_was_paid_from_this_phone_before_is_suggested(wallet):
    confirm(c2b(reference_of(wallet)))
    assert [each.id for each in suspense.suggestions(in_suspense())] == [wallet.id]


def test_registration_names_both_addresses(wallet, script, settings):
    script.on("registerurl", (200, {"OriginatorCoversationID": "x", "ResponseCode": "0"}))
    paybill.register_urls()
    (sent,) = script.bodies("/mpesa/c2b/v2/registerurl")
    here = f"{settings.CALLBACK_URL}/h/c/{paybill.secret()}"
    assert sent == {
        "ShortCode": "409900",
        "ResponseType": "Completed",
        "ConfirmationURL": f"{here}/conf",
        "ValidationURL": f"{here}/val",
    }


def test_a_stale_token_does_not_stop_the_registration(wallet, script):
    script.on(
        "registerurl",
        (404, {"errorCode": "404.001.03", "errorMessage": "Invalid Access Token"}),
        (200, {"ResponseCode": "00000000"}),
    )
    paybill.register_urls()
    assert script.tokens == 2


def test_the_prompted_phone_is_the_one_of_the_tests():
    assert PHONE.endswith("678")


def operator(email):
    from accounts.models import User

    user = User.objects.create_superuser(email, password=None)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_operators_release_in_the_admin(wallet):
    in_suspense(2_000_100)
    first, second = operator("a@sautikit.example"), operator("b@sautikit.example")
    form = {"receipt": "UKSUSP0001", "reason": "Screenshot", "reference": reference_of(wallet)}
    page = first.post("/admin/wallet/release/add/", form | {"reference": "TS-1"}, follow=True)
    assert "No workspace has the account number TS-1" in page.text
    assert first.post("/admin/wallet/release/add/", form).status_code == 302
    request = Release.objects.get()
    press = {"action": "agree", "_selected_action": str(request.id), "reason": "I saw it too"}
    assert "Somebody else" in first.post("/admin/wallet/release/", press, follow=True).text
    assert balance(wallet) == 0
    second.post("/admin/wallet/release/", press)
    assert balance(wallet) == 2_000_100
    receipt_page = first.get("/admin/wallet/mpesareceipt/UKSUSP0001/change/")
    assert receipt_page.status_code == 200


def test_the_open_dialog_flips_when_the_payment_lands(script):
    from tests import world

    acme = world.acme()
    browser = world.browser(acme.owner).client
    page = browser.get("/wallet/topup?way=paybill").text
    assert "Waiting for your payment" in page
    watch = re.search(r'data-live-src="(/wallet/paybill[^"]+)"', page)[1].replace("&amp;", "&")
    assert "data-hot" in browser.get(watch).text
    confirm(c2b(acme.workspace.mpesa_account_ref))
    flipped = browser.get(watch).text
    assert "KES\N{NO-BREAK SPACE}500.00 received" in flipped
    assert "UKM8R4XC1P" in flipped
    assert "data-hot" not in flipped
    assert "Waiting for your payment" in browser.get("/wallet/topup").text
    assert browser.get("/wallet/paybill?since=x").status_code == 200
