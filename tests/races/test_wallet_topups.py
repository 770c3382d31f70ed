"""Callbacks, pushes and tokens at the same moment, on real transactions."""

from collections import Counter
from contextlib import contextmanager

import pytest

from kernel.models import Event
from tests.wallet.books import assert_books_are_right, make_wallet, together
from tests.wallet.daraja import ACCEPTED, ask, deliver, error, paid, scripted
from wallet.models import MpesaAccess, MpesaEvent, MpesaReceipt, TopUp
from wallet.services import access, mpesa, topups

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def script(settings):
    with scripted() as (url, told):
        settings.DARAJA_BASE_URL = url
        settings.DARAJA_CONSUMER_KEY, settings.DARAJA_CONSUMER_SECRET = "key", "secret"
        settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "demo-passkey-0001"
        told.on("processrequest", ACCEPTED)
        yield told


@contextmanager
def right_books():
    yield
    assert_books_are_right()


def test_the_same_callback_twenty_times_at_once_is_one_credit(script):
    wallet = make_wallet()
    topup = ask(wallet)
    body = paid(topup)

    def arrive(_index):
        reply = deliver(topup, body)
        event = MpesaEvent.objects.order_by("-id").first()
        mpesa.process_mpesa_event(str(event.id))
        return reply.status_code

    with right_books():
        assert together(20, arrive) == [200] * 20
        left = MpesaEvent.objects.filter(processed_at=None).values_list("id", flat=True)
        for event_id in list(left):
            mpesa.process_mpesa_event(str(event_id))
    wallet.refresh_from_db()
    topup.refresh_from_db()
    assert (wallet.balance_minor, topup.status) == (50_000, "paid")
    assert MpesaEvent.objects.filter(outcome="paid: UKM7Q2ZB4T").count() == 20
    assert (MpesaReceipt.objects.count(), Event.objects.count()) == (1, 1)


def test_twenty_messages_about_one_receipt_are_judged_at_once_and_credit_once(script):
    wallet = make_wallet()
    topup = ask(wallet)
    for _ in range(20):
        deliver(topup, paid(topup))
    ids = list(MpesaEvent.objects.values_list("id", flat=True))
    with right_books():
        results = together(20, lambda index: mpesa.process_mpesa_event(str(ids[index])))
    assert results == [None] * 20
    wallet.refresh_from_db()
    assert wallet.balance_minor == 50_000


def test_a_push_that_many_workers_are_rung_for_is_sent_once(script):
    topup = ask(make_wallet())
    together(10, lambda _: topups.push_topup(str(topup.id)))
    assert len(script.bodies("processrequest")) == 1
    topup.refresh_from_db()
    assert topup.status == "submitted"


def test_ten_requests_for_one_phone_make_one_prompt(script):
    wallets = [make_wallet() for _ in range(10)]
    results = together(10, lambda index: ask(wallets[index]))
    assert Counter(type(r).__name__ for r in results) == {"TopUp": 1, "RateLimited": 9}
    assert TopUp.objects.count() == 1


def test_ten_workers_without_a_token_fetch_one(script):
    app = access.our_app()
    found = together(10, lambda _: access.SharedTokens(app).get())
    assert set(found) == {"token-1"}
    assert script.tokens == 1


def test_ten_workers_whose_token_died_fetch_one_new_one(script):
    app = access.our_app()
    dead = access.SharedTokens(app).get()
    found = together(10, lambda _: access.SharedTokens(app).get(failed=dead))
    assert set(found) == {"token-2"}
    assert script.tokens == 2


def test_a_fetch_that_fails_lets_the_next_worker_try(script):
    app = access.our_app()
    script.on("oauth", error(500, "500.003.02", "System is busy"))
    results = together(3, lambda _: access.SharedTokens(app).get())
    assert {type(r).__name__ for r in results} == {"TokenRefused"}
    assert MpesaAccess.objects.get().fetching_until is None
