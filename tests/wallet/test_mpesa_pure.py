import json
import os
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import Money
from wallet.mpesa import words
from wallet.mpesa.back_office import Operator
from wallet.mpesa.classify import Verdict, classify
from wallet.mpesa.clock import eat_timestamp, parse_eat, stk_password
from wallet.mpesa.parse import Unreadable, amount_minor, parse_stk_callback
from wallet.mpesa.phone import mask, normalise_msisdn, tail
from wallet.mpesa.reference import (
    check_digit,
    display_reference,
    new_reference,
    normalise_reference,
)
from wallet.mpesa.results import REASONS, RESULTS, result_of


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata", "Africa/Nairobi"])
def machine_zone(request):
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.__setitem__("TZ", before)
    time.tzset()


def test_timestamps_are_east_african_wherever_the_machine_is(machine_zone):
    at = datetime(2026, 11, 22, 12, 42, 33, tzinfo=UTC)
    assert eat_timestamp(at) == "20261122154233"
    new_york = timezone(timedelta(hours=-5))
    assert eat_timestamp(at.astimezone(new_york)) == "20261122154233"
    assert parse_eat("20261122154233") == at
    assert eat_timestamp(datetime(2026, 12, 31, 21, 0, tzinfo=UTC)) == "20270101000000"


@pytest.mark.parametrize(
    "text", ["", "2026112215423", "20261322154233", "2026112215423x", "٢٠٢٦١١٢٢١٥٤٢٣٣"]
)
def test_what_is_not_a_timestamp_is_none(text):
    assert parse_eat(text) is None


def test_the_password_is_the_published_recipe():
    assert (
        stk_password("409900", "demo-passkey-0001", "20261122154233")
        == "NDA5OTAwZGVtby1wYXNza2V5LTAwMDEyMDI2MTEyMjE1NDIzMw=="
    )


@pytest.mark.parametrize(
    "text",
    [
        "0712345678",
        "712345678",
        "254712345678",
        "+254712345678",
        "+254 712 345-678",
        "(0712) 345 678",
        "00254712345678",
        "０７１２３４５６７８",
    ],
)
def test_a_mobile_number_is_read_as_people_write_it(text):
    assert normalise_msisdn(text) == "254712345678"


def test_lines_of_every_block_are_taken():
    assert normalise_msisdn("0181234567") == "254181234567"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "07123456789",
        "071234567",
        "+254202345678",
        "+255712345678",
        "0812345678",
        "07l2345678",
        "254254712345678",
    ],
)
def test_other_numbers_are_refused(text):
    with pytest.raises(ValueError, match="not a Kenyan mobile number"):
        normalise_msisdn(text)


def test_a_number_is_masked_for_pages_and_its_tail_is_kept_of_masked_ones():
    assert mask("+254712345678") == "0712•••678"
    assert tail("2547 ***** 126") == tail("25470****126") == tail("254700000126") == "126"
    assert tail("a" * 64) == ""


def test_references_check_themselves():
    for _ in range(200):
        reference = new_reference()
        assert normalise_reference(reference) == reference
        assert len(reference) == 11
    assert display_reference("TS-48219038") == "TS-4821 9038"


@pytest.mark.parametrize(
    "text",
    [
        "TS-48219038",
        "ts 4821 9038",
        "48219038",
        "T5-482l9O38",
        " Ts—4821.9038 ",
        "ＴＳ４８２１９０３８",
    ],
)
def test_a_reference_is_accepted_as_typed(text):
    assert normalise_reference(text) == "TS-48219038"


@pytest.mark.parametrize(
    "text", ["", "TS-48219083", "TS-4821903", "0712345678", "WANJIKU", "TS-482190388"]
)
def test_a_wrong_reference_is_nobody(text):
    assert normalise_reference(text) is None


@given(st.integers(1_000_000, 9_999_999), st.integers(0, 7), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(number, place, shift):
    digits = f"{number}{check_digit(str(number))}"
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]
    assert normalise_reference(wrong) is None


@given(st.integers(1_000_000, 9_999_999), st.integers(0, 6))
def test_every_swap_of_neighbours_is_caught(number, place):
    digits = f"{number}{check_digit(str(number))}"
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert swapped == digits or normalise_reference(swapped) is None


def body(code, items=None, **more):
    inner = {
        "MerchantRequestID": "m",
        "CheckoutRequestID": "c",
        "ResultCode": code,
        "ResultDesc": "d",
    }
    if items is not None:
        inner["CallbackMetadata"] = {"Item": items}
    return json.dumps({"Body": {"stkCallback": inner | more}}).encode()


def test_a_paid_callback_is_read_by_name_in_any_order():
    items = [
        {"Name": "PhoneNumber", "Value": 254712345678},
        {"Name": "Balance"},
        {"Name": "Surprise", "Value": {"deep": [1]}},
        {"Name": "TransactionDate", "Value": 20261122154251},
        {"Name": "MpesaReceiptNumber", "Value": "ukm7q2zb4t"},
        {"Name": "Amount", "Value": 1500.00},
        "not an item",
    ]
    read = parse_stk_callback(body(0, items))
    assert (read.result_code, read.amount_minor, read.receipt_no) == ("0", 150_000, "UKM7Q2ZB4T")
    assert read.paid_at == datetime(2026, 11, 22, 12, 42, 51, tzinfo=UTC)
    assert read.msisdn == "254712345678"


def test_a_failure_has_no_metadata_and_its_code_may_be_text():
    read = parse_stk_callback(body("SFC_IC0003"))
    assert (read.result_code, read.receipt_no, read.amount_minor) == ("SFC_IC0003", None, None)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html>",
        b'{"Body": 1}',
        b'{"Body": {"stkCallback": {}}}',
        b'{"Body": {"stkCallback": {"ResultCode": null}}}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"Body": {"stkCallback": {"ResultCode": NaN}}}',
    ],
)
def test_other_bytes_are_unreadable(raw):
    with pytest.raises(Unreadable):
        parse_stk_callback(raw)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw):
    try:
        parse_stk_callback(raw)
    except Unreadable:
        pass


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        (1, 100),
        ("1.00", 100),
        ("1500", 150_000),
        (0, None),
        (-5, None),
        ("1.005", None),
        (True, None),
        (None, None),
        ("NaN", None),
        ("1e30", None),
        ("", None),
        ([], None),
        ({}, None),
    ],
)
def test_an_amount_is_exact_cents_or_nothing(value, cents):
    assert amount_minor(value) == cents


@pytest.mark.parametrize(
    ("endpoint", "http", "code", "message", "verdict", "reason"),
    [
        ("push", 200, "0", "", "ACCEPTED", ""),
        (
            "push",
            400,
            "400.002.02",
            "Bad Request - Invalid PhoneNumber",
            "REFUSED",
            "phone_refused",
        ),
        ("push", 400, "400.002.02", "Bad Request - Invalid Amount", "REFUSED", "amount_limit"),
        ("push", 400, "400.002.02", "Bad Request - Invalid CallBackURL", "REFUSED", "setup_error"),
        ("push", 400, "400.002.05", "Invalid Request Payload", "REFUSED", "setup_error"),
        ("push", 404, "404.001.03", "Invalid Access Token", "STALE", ""),
        ("push", 401, "401.003.01", "no apiproduct match found", "REFUSED", "setup_error"),
        ("push", 404, "404.001.01", "Resource not found", "REFUSED", "setup_error"),
        ("push", 405, "405.001", "Method Not Allowed", "REFUSED", "setup_error"),
        ("push", 500, "500.001.1001", "Merchant does not exist", "REFUSED", "setup_error"),
        ("push", 500, "500.001.1001", "Wrong credentials", "REFUSED", "setup_error"),
        (
            "push",
            500,
            "500.001.1001",
            "Unable to lock subscriber, a transaction is already…",
            "REFUSED",
            "payer_busy",
        ),
        ("push", 500, "500.001.1001", "", "UNKNOWN", ""),
        ("push", 200, "500.001.1001", "", "UNKNOWN", ""),
        ("push", 500, "500.003.02", "System is busy", "THROTTLED", "provider_busy"),
        ("push", 429, "", "Spike Arrest Violation", "THROTTLED", "provider_busy"),
        ("push", 500, "500.003.03", "Quota Violation", "REFUSED", "provider_busy"),
        ("push", 500, "500.003.1001", "Internal Server Error", "UNKNOWN", ""),
        ("push", 502, "", "", "UNKNOWN", ""),
        ("push", 200, "", "", "UNKNOWN", ""),
        ("token", 200, "", "", "ACCEPTED", ""),
        ("token", 400, "", "", "REFUSED", "setup_error"),
        ("token", 503, "", "", "THROTTLED", "provider_busy"),
        ("query", 200, "0", "", "SAYS_PAID", ""),
        ("query", 200, "1032", "", "SAYS_FAILED", "cancelled"),
        ("query", 200, "4999", "", "PENDING", ""),
        ("query", 200, "500.001.1001", "", "PENDING", ""),
        ("query", 500, "500.001.1001", "The transaction is being processed", "PENDING", ""),
        ("query", 200, "77777", "", "PENDING", ""),
        ("query", 404, "404.001.03", "Invalid Access Token", "STALE", ""),
    ],
)
def test_each_answer_is_judged_on_all_it_says(endpoint, http, code, message, verdict, reason):
    outcome = classify(endpoint, http, code, message)
    assert (outcome.verdict, outcome.reason) == (Verdict[verdict], reason)


@pytest.mark.parametrize("code", RESULTS)
def test_every_result_code_has_words_that_claim_only_what_is_known(code):
    found = result_of(code)
    said = words.sentence(found.reason, Money(50_000, "KES"))
    assert said
    assert "{" not in said
    if "not charged" in said:
        assert found.is_certain


def test_every_reason_has_words_and_an_unknown_one_says_so():
    for reason in REASONS:
        assert reason in words.SENTENCES
    unknown = words.sentence("never heard of", Money(1, "KES"))
    assert unknown == words.sentence("unknown", Money(1, "KES"))
    assert result_of("31337") is None
    assert words.sentence("insufficient_funds", Money(150_000, "KES")).endswith("KES 1,500.00.")


def test_a_query_alone_never_says_that_nobody_was_charged():
    for reason in REASONS:
        assert "charged" not in words.sentence(reason, Money(1, "KES"), source="query")


def test_the_pure_functions_know_no_django_database():
    folder = Path(__file__).resolve().parents[2] / "wallet" / "mpesa"
    for path in folder.glob("*.py"):
        assert "django.db" not in path.read_text()


@pytest.mark.parametrize(
    ("endpoint", "http", "code", "message", "verdict", "is_alarm"),
    [
        ("register", 200, "0", "", "ACCEPTED", False),
        ("register", 200, "1001", "already", "ACCEPTED", False),
        ("register", 401, "401.003.01", "no apiproduct match found", "REFUSED", True),
        ("pull", 200, "1000", "", "ACCEPTED", False),
        ("pull", 500, "500.003.1001", "", "PENDING", False),
        ("status", 200, "0", "", "ACCEPTED", False),
        ("status", 500, "", "", "PENDING", False),
        ("status", 400, "400.002.02", "Bad PartyA", "REFUSED", False),
        ("status", 404, "404.001.03", "Invalid Access Token", "STALE", False),
        ("balance", 200, "0", "", "ACCEPTED", False),
        ("balance", 429, "500.003.02", "Spike Arrest", "THROTTLED", False),
        ("reversal", 200, "0", "", "ACCEPTED", False),
        ("reversal", 500, "500.003.1001", "", "UNKNOWN", False),
        ("reversal", 200, "", "", "UNKNOWN", False),
        ("reversal", 400, "400.002.02", "Bad Amount", "REFUSED", False),
        ("b2c", 500, "500.002.1001", "Duplicate OriginatorConversationID", "UNKNOWN", False),
        ("b2c", 502, "", "", "UNKNOWN", False),
        ("b2c", 500, "500.003.03", "Quota", "REFUSED", True),
        ("b2c", 404, "404.001.01", "Resource not found", "REFUSED", True),
    ],
)
def test_every_product_of_the_back_office_is_judged(
    endpoint, http, code, message, verdict, is_alarm
):
    outcome = classify(endpoint, http, code, message)
    assert (outcome.verdict.name, outcome.is_alarm) == (verdict, is_alarm)


def test_no_secret_shows_in_a_trace():
    operator = Operator("api", "a-credential")
    assert "a-credential" not in repr(operator)
