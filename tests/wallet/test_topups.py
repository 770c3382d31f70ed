import json
from datetime import timedelta

import pytest
import time_machine

from kernel import clock
from kernel.errors import BadRequest, RateLimited
from kernel.models import Event, Work
from tests.wallet.books import ledger_of, make_wallet
from tests.wallet.daraja import (
    ACCEPTED,
    HANG_UP,
    PHONE,
    ask,
    deliver,
    error,
    paid,
    process_all,
    result,
)
from wallet.errors import CurrencyMismatch, InvalidAmount, TopUpProviderFailed
from wallet.models import MpesaAccess, MpesaEvent, MpesaReceipt, TopUp
from wallet.mpesa.results import RESULTS
from wallet.services import topups
from wallet.services.landing import land

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wallet():
    return make_wallet()


@pytest.fixture
def topup(wallet, script):
    return ask(wallet)


def state(topup):
    topup.refresh_from_db()
    return topup.status


def balance(wallet):
    wallet.refresh_from_db()
    return wallet.balance_minor


def test_a_top_up_is_a_row_and_two_pieces_of_work(topup, script):
    assert (topup.status, topup.public_status) == ("created", "pending")
    assert sorted(Work.objects.values_list("name", flat=True)) == [
        "wallet.push_topup",
        "wallet.query_topup",
    ]
    assert script.asked == []


def test_paid_on_the_phone_is_money_in_the_wallet(wallet, topup, script):
    topups.push_topup(str(topup.id))
    assert state(topup) == "submitted"
    reply = deliver(topup, paid(topup))
    assert (reply.status_code, reply.json()) == (200, {"ResultCode": 0, "ResultDesc": "Accepted"})
    process_all()
    assert (state(topup), topup.public_status) == ("paid", "confirmed")
    assert (topup.provider_reference, topup.paid_minor) == ("UKM7Q2ZB4T", 50_000)
    assert balance(wallet) == 50_000
    assert ledger_of(wallet) == [
        ("topup", "wallet", 50_000, 50_000),
        ("topup", "mpesa_clearing", -50_000, None),
    ]
    receipt = MpesaReceipt.objects.get()
    assert (receipt.status, receipt.topup_id, receipt.msisdn_tail) == ("credited", topup.id, "678")
    assert Event.objects.get().payload == {
        "topup_id": str(topup.id),
        "amount_minor": 50_000,
        "currency": "KES",
        "new_balance_minor": 50_000,
        "provider": "mpesa",
        "provider_reference": "UKM7Q2ZB4T",
    }


def test_the_callback_url_is_unguessable_and_only_its_digest_is_stored(topup, script, settings):
    topups.push_topup(str(topup.id))
    (sent,) = script.bodies("processrequest")
    prefix, token, suffix = sent["CallBackURL"].removeprefix(settings.CALLBACK_URL).rsplit("/", 2)
    assert (prefix, suffix, len(token)) == ("/h", "s", 32)
    assert token not in json.dumps(list(TopUp.objects.values()), default=str)
    assert topup.callback_token_sha256 == topups.digest(token)


def test_a_callback_may_come_before_the_reply_to_the_push(wallet, topup, script):
    topups.TOPUP.apply(topup, "start_push")
    deliver(topup, paid(topup, checkout=ACCEPTED[1]["CheckoutRequestID"]))
    process_all()
    topups._record_push(topup, accepted())
    assert state(topup) == "paid"
    assert topup.checkout_request_id == ACCEPTED[1]["CheckoutRequestID"]
    assert balance(wallet) == 50_000


def accepted():
    from wallet.mpesa.classify import Outcome, Verdict
    from wallet.mpesa.client import Answer

    return Answer(Outcome(Verdict.ACCEPTED), "0", "m", ACCEPTED[1]["CheckoutRequestID"])


def test_a_lost_reply_stays_open_is_never_sent_again_and_still_lands(wallet, topup, script):
    script.on("processrequest", (200, HANG_UP))
    topups.push_topup(str(topup.id))
    topups.push_topup(str(topup.id))
    assert (state(topup), topup.public_status) == ("submit_unknown", "pending")
    assert len(script.bodies("processrequest")) == 1
    deliver(topup, paid(topup))
    process_all()
    assert state(topup) == "paid"
    assert topup.checkout_request_id == "ws_CO_22112026154235118712345678"


def test_a_worker_that_died_while_pushing_counts_as_sent(topup, script):
    topups.TOPUP.apply(topup, "start_push")
    topups.push_topup(str(topup.id))
    assert state(topup) == "submit_unknown"
    assert script.asked == []


@pytest.mark.parametrize("code", RESULTS)
def test_every_failure_has_its_reason_and_moves_no_money(wallet, topup, script, code):
    topups.push_topup(str(topup.id))
    topup.refresh_from_db()
    deliver(topup, result(topup, int(code) if code.isdigit() else code))
    process_all()
    assert state(topup) == "failed"
    assert (topup.failure_reason, topup.failure_source) == (RESULTS[code].reason, "callback")
    assert balance(wallet) == 0


def test_a_payment_after_a_failure_is_still_paid(wallet, topup, script):
    topups.push_topup(str(topup.id))
    topup.refresh_from_db()
    deliver(topup, result(topup, 1037))
    process_all()
    assert state(topup) == "failed"
    deliver(topup, paid(topup))
    deliver(topup, result(topup, 1032))
    process_all()
    assert state(topup) == "paid"
    assert balance(wallet) == 50_000


def test_an_unknown_code_proves_nothing(topup, script):
    topups.push_topup(str(topup.id))
    topup.refresh_from_db()
    deliver(topup, result(topup, 31337))
    process_all()
    assert (state(topup), topup.public_status) == ("confirming", "pending")


def test_a_doubled_callback_credits_once(wallet, topup, script):
    for _ in range(3):
        deliver(topup, paid(topup))
    process_all()
    process_all()
    assert MpesaEvent.objects.count() == 3
    assert balance(wallet) == 50_000


def test_two_receipts_for_one_prompt_are_both_real_money(wallet, topup, script):
    deliver(topup, paid(topup))
    deliver(topup, paid(topup, receipt="UKM8R4XC1P"))
    process_all()
    assert balance(wallet) == 100_000
    assert state(topup) == "paid"
    assert topup.provider_reference == "UKM7Q2ZB4T"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"amount": 5000}, "held: amount differs"),
        ({"amount": 500.5}, "held: amount differs"),
        ({"phone": 254700000000}, "held: phone differs"),
        ({"receipt": None}, "held: no receipt or amount"),
        ({"checkout": "ws_CO_another"}, "quarantined: of another push"),
    ],
)
def test_a_callback_that_contradicts_the_push_credits_nothing(
    wallet, topup, script, change, outcome
):
    topups.push_topup(str(topup.id))
    topup.refresh_from_db()
    deliver(topup, paid(topup, **change))
    process_all()
    assert MpesaEvent.objects.get().outcome == outcome
    assert balance(wallet) == 0
    assert state(topup) in ("submitted", "confirming")


def test_a_masked_number_is_no_contradiction(wallet, topup, script):
    deliver(topup, paid(topup, phone="2547 ***** 678"))
    process_all()
    assert balance(wallet) == 50_000


def test_a_forged_token_is_kept_as_evidence_and_answers_the_same(wallet, topup, script):
    reply = deliver(topup, paid(topup), token="0" * 32)
    assert reply.json() == {"ResultCode": 0, "ResultDesc": "Accepted"}
    process_all()
    event = MpesaEvent.objects.get()
    assert (event.outcome, event.topup_id) == ("refused: unknown token", None)
    assert balance(wallet) == 0


def test_strangers_cannot_fill_the_table(topup, script):
    for _ in range(40):
        deliver(topup, "{}", token="f" * 32)
    assert 20 <= MpesaEvent.objects.count() < 40


@pytest.mark.parametrize("raw", [b"", b"<xml/>", b"\xff\x00", b'{"Body": []}'])
def test_unreadable_bytes_are_kept_and_answered(topup, script, raw):
    assert deliver(topup, raw).status_code == 200
    process_all()
    event = MpesaEvent.objects.get()
    assert bytes(event.raw) == raw
    assert event.outcome.startswith("refused: unreadable")


def test_only_post_and_only_tokens_open_the_door(topup, client):
    assert client.get(f"/h/{'0' * 32}/s").status_code == 405
    assert client.post("/h/short/s").status_code == 404


def test_a_receipt_without_an_owner_waits_in_suspense_until_its_top_up_is_known(wallet, topup):
    facts = {
        "receipt_no": "UKM7Q2ZB4T",
        "amount_minor": 50_000,
        "paid_at": None,
        "shortcode": "409900",
    }
    land(**facts, source="statement")
    assert MpesaReceipt.objects.get().status == "suspense"
    assert balance(wallet) == 0
    land(**facts, source="stk_callback", topup=topup, msisdn="254712345678")
    receipt = MpesaReceipt.objects.get()
    assert (receipt.status, receipt.sources) == ("credited", ["statement", "stk_callback"])
    assert balance(wallet) == 50_000
    assert ledger_of(wallet) == [
        ("suspense_release", "wallet", 50_000, 50_000),
        ("suspense_release", "suspense", -50_000, None),
    ]


def test_two_messages_that_disagree_about_a_receipt_change_nothing(wallet, topup):
    facts = {"receipt_no": "R12345", "paid_at": None, "shortcode": "409900", "source": "x"}
    land(**facts, amount_minor=50_000, topup=topup)
    land(**facts, amount_minor=90_000, topup=topup)
    assert balance(wallet) == 50_000


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"amount_minor": 0}, InvalidAmount),
        ({"amount_minor": -100}, InvalidAmount),
        ({"amount_minor": 1050}, InvalidAmount),
        ({"amount_minor": 900}, InvalidAmount),
        ({"amount_minor": 25_000_100}, InvalidAmount),
        ({"currency": "USD"}, CurrencyMismatch),
        ({"phone_e164": "+255712345678"}, BadRequest),
    ],
)
def test_what_cannot_be_pushed_is_refused_before_a_row_is_made(wallet, script, change, problem):
    with pytest.raises(problem):
        ask(wallet, **change)
    assert TopUp.objects.count() == 0


def test_the_message_of_a_wrong_amount_names_the_limits(wallet, script):
    with pytest.raises(InvalidAmount, match=r"whole shillings from KES 10\.00 to KES 250,000\.00"):
        ask(wallet, amount_minor=1)


def test_a_phone_is_prompted_once_a_minute_whoever_asks(wallet, topup, script):
    with pytest.raises(RateLimited) as caught:
        ask(make_wallet(), amount_minor=60_000)
    assert 58 <= caught.value.retry_after_seconds <= 60
    assert caught.value.headers["Retry-After"] == str(caught.value.retry_after_seconds)
    ask(wallet, phone_e164="0722000000")


def test_the_same_amount_waits_two_minutes(wallet, topup, script):
    later = clock.now() + timedelta(seconds=61)
    with time_machine.travel(later, tick=False):
        with pytest.raises(RateLimited) as caught:
            ask(wallet)
        assert caught.value.retry_after_seconds == 59
        ask(wallet, amount_minor=60_000)


def test_two_cancels_in_a_row_give_the_phone_ten_quiet_minutes(wallet, script):
    start = clock.now()
    for minutes in (0, 3):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            mine = ask(wallet, amount_minor=10_000 + minutes * 100)
            deliver(mine, result(mine, 1032, checkout=f"ws_{minutes}"))
            process_all()
    fifth = time_machine.travel(start + timedelta(minutes=5), tick=False)
    with fifth, pytest.raises(RateLimited) as caught:
        ask(wallet)
    assert caught.value.retry_after_seconds == 8 * 60
    with time_machine.travel(start + timedelta(minutes=14), tick=False):
        ask(wallet)


def test_a_workspace_asks_six_times_in_ten_minutes(wallet, script):
    for number in range(6):
        ask(wallet, phone_e164=f"+25471200000{number}")
    with pytest.raises(RateLimited):
        ask(wallet, phone_e164="+254712000009")


def test_a_refused_push_fails_with_its_reason(topup, script):
    script.on("processrequest", error(500, "500.001.1001", "Unable to lock subscriber"))
    topups.push_topup(str(topup.id))
    assert (state(topup), topup.failure_reason) == ("failed", "payer_busy")


def test_a_refused_set_up_raises_the_alarm_and_stops_new_top_ups_for_a_minute(
    wallet, topup, script
):
    script.on("processrequest", error(500, "500.001.1001", "Wrong credentials"))
    topups.push_topup(str(topup.id))
    assert (state(topup), topup.failure_reason) == ("failed", "setup_error")
    with pytest.raises(TopUpProviderFailed):
        ask(wallet, phone_e164="0722000000")
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        ask(wallet, phone_e164="0722000000")


def test_an_installation_without_a_paybill_says_so(wallet, script, settings):
    settings.DARAJA_SHORTCODE = ""
    with pytest.raises(TopUpProviderFailed):
        ask(wallet)


def test_test_money_arrives_at_once_and_asks_nobody(script):
    wallet = make_wallet(mode="test")
    topup = ask(wallet)
    assert (topup.status, topup.channel) == ("paid", "test")
    assert balance(wallet) == 50_000
    assert Event.objects.get().mode == "test"
    assert Work.objects.count() == 0
    assert script.asked == []
    assert MpesaAccess.objects.count() == 0


def query(topup, script, body, *, after_seconds=15):
    script.on("stkpushquery", body)
    with time_machine.travel(topup.created_at + timedelta(seconds=after_seconds), tick=False):
        return topups.query_topup(str(topup.id))


def test_a_query_that_says_paid_credits_nothing(wallet, topup, script):
    topups.push_topup(str(topup.id))
    again = query(topup, script, (200, {"ResponseCode": "0", "ResultCode": "0"}))
    assert state(topup) == "confirming"
    assert balance(wallet) == 0
    assert again == topup.created_at + timedelta(seconds=30)


def test_a_query_that_names_a_failure_is_overturned_by_a_receipt(wallet, topup, script):
    topups.push_topup(str(topup.id))
    assert query(topup, script, (200, {"ResponseCode": "0", "ResultCode": "1032"})) is None
    assert (state(topup), topup.failure_source) == ("failed", "query")
    deliver(topup, paid(topup))
    process_all()
    assert state(topup) == "paid"


def test_the_reason_of_the_callback_is_better_than_that_of_a_query(topup, script):
    topups.push_topup(str(topup.id))
    query(topup, script, (200, {"ResponseCode": "0", "ResultCode": "1037"}))
    topup.refresh_from_db()
    deliver(topup, result(topup, 1))
    process_all()
    topup.refresh_from_db()
    assert (topup.failure_reason, topup.failure_source) == ("insufficient_funds", "callback")


def test_queries_follow_their_schedule_and_stop_when_paid(wallet, topup, script):
    topups.push_topup(str(topup.id))
    pending = (200, {"ResponseCode": "0", "ResultCode": "4999"})
    waits = [
        (query(topup, script, pending, after_seconds=s) - topup.created_at).total_seconds()
        for s in (15, 30, 50, 80, 130, 300, 900, 1000)
    ]
    assert waits[:6] == [30, 50, 80, 130, 300, 900]
    assert waits[6:] == [48 * 3600, 48 * 3600]
    assert len(script.bodies("stkpushquery")) == 7
    deliver(topup, paid(topup))
    process_all()
    assert query(topup, script, pending, after_seconds=1100) is None


def test_without_an_id_there_is_nothing_to_query_and_after_two_days_it_expired(topup, script):
    script.on("processrequest", (200, HANG_UP))
    topups.push_topup(str(topup.id))
    assert query(topup, script, (200, {}), after_seconds=20) is not None
    assert script.bodies("stkpushquery") == []
    assert query(topup, script, (200, {}), after_seconds=48 * 3600) is None
    assert (state(topup), topup.failure_reason) == ("failed", "expired")
    deliver(topup, paid(topup))
    process_all()
    assert state(topup) == "paid"


def test_the_phone_of_a_row_is_e164(topup):
    assert topup.phone_e164 == PHONE


def test_a_callback_that_names_the_push_of_another_top_up_is_kept_apart(script):
    """With our own reply lost we know no id; one that is somebody else's is still a stranger's."""
    mine = ask(make_wallet())
    other = ask(make_wallet(), phone_e164="+254712345679")
    TopUp.objects.filter(id=other.id).update(checkout_request_id="ws_CO_other")
    deliver(mine, paid(mine, checkout="ws_CO_other"))
    process_all()
    mine.refresh_from_db()
    assert mine.status != "paid"
    assert MpesaEvent.objects.get().outcome == "quarantined: of another push"
