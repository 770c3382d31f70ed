"""Money that lands after the payer was told that we gave up: a mail to the owners, a line on open pages."""

from datetime import timedelta

import pytest
import time_machine

from kernel import clock, work
from kernel.models import Mail, Work
from tests import world
from tests.wallet.daraja import ask, deliver, paid, process_all, result
from wallet.models import TopUp, Wallet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acme(script):
    return world.acme()


@pytest.fixture
def topup(acme):
    return ask(Wallet.objects.get(workspace_id=acme.id, mode="live"))


def land(topup):
    deliver(topup, paid(topup))
    process_all()
    for row in Work.objects.filter(name="accounts.mail_late_topup"):
        work.kinds()[row.name].handler(row.ref)
    topup.refresh_from_db()
    assert topup.status == "paid"


def toast(acme, **headers):
    page = world.browser(acme.owner).client.get("/wallet/late", headers=headers)
    return page.text


def test_a_payment_after_a_failure_is_mailed_and_shown(acme, topup):
    deliver(topup, result(topup, 1037))
    process_all()
    assert "data-toast" not in toast(acme)
    land(topup)
    told = Mail.objects.get()
    assert told.to == "amina@acme.example"
    assert told.subject == "KES 500.00 arrived late and is now in your wallet"
    assert "KES 500.00 arrived late and is now in your wallet." in toast(acme)
    swahili = toast(acme, **{"Accept-Language": "sw"})
    assert "zimefika kwa kuchelewa na sasa ziko kwenye mkoba wako." in swahili
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        assert "data-toast" not in toast(acme)


def test_a_payment_after_the_waiting_folded_is_late_too(acme, topup):
    TopUp.objects.update(created_at=clock.now() - timedelta(seconds=121))
    land(topup)
    assert Mail.objects.count() == 1
    assert "data-toast" in toast(acme)


def test_a_payment_in_time_is_no_news(acme, topup):
    land(topup)
    assert not Mail.objects.exists()
    assert "data-toast" not in toast(acme)


def test_every_page_of_the_console_has_the_place_for_it(acme):
    page = world.browser(acme.owner).client.get("/wallet").text
    assert 'id="late-payment" data-live="late" data-live-src="/wallet/late"' in page
