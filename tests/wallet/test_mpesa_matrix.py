"""The matrix: whatever is lost, late, doubled, reordered, altered or forged, one credit or none.

Real threads send each case's messages through the HTTP doors while four workers do the work that
they ask for, on one PostgreSQL; the modal is looked at until it shows how the case ended.
"""

import threading
import time
from collections import Counter
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest
from django.db import connection
from django.test import Client

from kernel import clock, work
from kernel.models import Work
from tests import world
from tests.wallet import matrix
from tests.wallet.books import assert_books_are_right
from wallet.models import Inquiry, MpesaEvent, MpesaReceipt, Posting, TopUp, Wallet
from wallet.mpesa.reference import new_reference
from wallet.services import paybill, pulls, start_topup, topups

pytestmark = pytest.mark.django_db(transaction=True)

ALL = matrix.cases()
WORKERS = 4
WORKSPACES = 4
SIZE = matrix.CASES // matrix.BATCHES


class Batch:
    """Twenty cases in four workspaces, on their way at the same time."""

    def __init__(self, cases, far_end, url):
        self.cases, self.far_end, self.url = cases, far_end, url
        self.tenants = [self._tenant(n) for n in range(WORKSPACES)]
        self.opened_at = clock.rfc3339(clock.now())
        self.topups, self.shown, self.lags, self.problems = {}, {}, [], []
        self.stopping = threading.Event()

    def _tenant(self, n):
        made = world.tenant(f"owner{n}@matrix.example", "Owner", f"Matrix {n}")
        type(made.workspace).objects.filter(id=made.id).update(mpesa_account_ref=new_reference())
        made.workspace.refresh_from_db()
        return made

    def tenant_of(self, case):
        return self.tenants[(case.number // 5) % WORKSPACES]

    def reference_of(self, case):
        return self.tenant_of(case).workspace.mpesa_account_ref

    def start(self):
        """Ask for every push; a Paybill payment asks for nothing."""
        for case in self.cases:
            self.far_end.references[case.number] = self.reference_of(case)
            if case.door == "push":
                self.topups[case.number] = start_topup(
                    workspace_id=self.tenant_of(case).id, mode="live", currency="KES",
                    amount_minor=case.shillings * 100, phone_e164=f"+{case.msisdn}",
                    account_ref=self.reference_of(case),
                )  # fmt: skip

    def run(self):
        """Let everything happen at once, and wait until all that was said is worked off."""
        acts = [self.work] * WORKERS + [lambda each=case: self.live(each) for case in self.cases]
        threads = [threading.Thread(target=self._guarded, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads[WORKERS:]:
            thread.join(120)
        # The Pull comes every fifteen minutes; here it comes once, when all has been said.
        pulls.pull(timedelta(hours=2))
        self._until(lambda: not self.unfinished())
        self.stopping.set()
        for thread in threads[:WORKERS]:
            thread.join(60)

    def _guarded(self, act):
        try:
            act()
        except Exception as problem:
            self.problems.append(problem)
        finally:
            connection.close()

    def work(self):
        """Do what a relay and a worker do: lease what is due, run it."""
        while not self.stopping.is_set():
            leased = work.lease_due(3)
            for work_id, _queue, token in leased:
                work.run(str(work_id), str(token))
            if not leased:
                time.sleep(0.02)

    def live(self, case):
        """Send what is told of one case, in its order; some of it comes late."""
        if case.door == "push":
            # The prompt is on the phone before anybody can answer it.
            self._until(lambda: case.number in self.far_end.pushes)
        with httpx.Client(base_url=self.url, timeout=60, trust_env=False) as http:
            for message in case.order:
                time.sleep(0.15 if case.callback == "late" and message == "callback" else 0.01)
                getattr(self, f"_{message}")(case, http)

    def _callback(self, case, http):
        token = topups.callback_token(self.topups[case.number].id)
        if case.callback == "wrong_token":
            token = token[::-1]
        reply = http.post(f"/h/{token}/s", content=matrix.callback_body(case))
        assert reply.status_code == 200

    def _confirmation(self, case, http):
        secret = "x" * 32 if case.confirmation == "wrong_secret" else paybill.secret()
        headers = matrix.FOREIGN if case.confirmation == "foreign" else {}
        body = matrix.confirmation_body(case, self.reference_of(case))
        reply = http.post(f"/h/c/{secret}/conf", content=body, headers=headers)
        assert reply.json()["ResultCode"] == 0

    def _query(self, case, _http):
        topups.query_topup(str(self.topups[case.number].id))

    def unfinished(self):
        return (
            MpesaEvent.objects.filter(processed_at=None).exists()
            or Inquiry.objects.filter(status="open").exists()
            or Work.objects.filter(due_at__lte=clock.now()).exists()
        )

    def _until(self, check, seconds=60):
        end = time.monotonic() + seconds
        while not check():
            assert time.monotonic() < end, "nothing moves any more"
            time.sleep(0.03)

    def look(self):
        """Open each case's modal as its owner; note what it shows and how long after the truth."""
        browsers = {}
        for case in self.cases:
            tenant = self.tenant_of(case)
            browser = browsers.get(tenant.id) or Client()
            if tenant.id not in browsers:
                browser.force_login(
                    tenant.owner, backend="django.contrib.auth.backends.ModelBackend"
                )
                browsers[tenant.id] = browser
            page = f"/wallet/paybill?since={self.opened_at.replace('+', '%2B')}"
            if case.door == "push":
                page = f"/wallet/topup/{self.topups[case.number].id}"
            started = time.monotonic()
            html = browser.get(page).content.decode()
            self.lags.append(time.monotonic() - started)
            self.shown[case.number] = shown(html)


def shown(html):
    """Read a modal's verdict as a person does."""
    if 'class="paid"' in html:
        return "paid"
    return "failed" if 'data-tone="warning"' in html or "Try again" in html else "waiting"


def verdicts(batch, case):
    """Say everything about a case that is not as it must be."""
    wrong = []
    postings = Posting.objects.filter(source_ref=case.receipt, workspace__isnull=False)
    posted = [each.net_minor for each in postings]
    if posted != ([case.shillings * 100] if case.is_credited else []):
        wrong.append(f"credits {posted}")
    if case.door == "push":
        topup = TopUp.objects.get(id=batch.topups[case.number].id)
        if (topup.status == "paid") != case.is_credited:
            wrong.append(f"top-up {topup.status}")
    if batch.shown[case.number] not in case.may_show:
        wrong.append(f"modal {batch.shown[case.number]}, not {case.may_show}")
    return [f"{case}: {each}" for each in wrong]


@pytest.mark.parametrize("number", range(matrix.BATCHES))
def test_one_credit_or_none_and_the_modal_says_so(number, settings, live_server):
    settings.DARAJA_CONSUMER_KEY, settings.DARAJA_CONSUMER_SECRET = "key", "secret"
    settings.DARAJA_SHORTCODE, settings.DARAJA_PASSKEY = "409900", "demo-passkey-0001"
    settings.DARAJA_SOURCE_IPS, settings.DARAJA_INITIATOR = ["127.0.0.1"], "api:secret"
    settings.CALLBACK_URL = live_server.url
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    cases = ALL[number * SIZE : (number + 1) * SIZE]
    with matrix.serving(matrix.FarEnd(cases)) as far_end:
        settings.DARAJA_BASE_URL = far_end.url
        batch = Batch(cases, far_end, live_server.url)
        batch.start()
        batch.run()
        batch.look()
    assert batch.problems == []
    wrong = [line for case in cases for line in verdicts(batch, case)]
    assert wrong == []
    assert max(Counter(far_end.pushes).values()) == 1
    for tenant in batch.tenants:
        mine = [each for each in cases if batch.tenant_of(each) is tenant and each.is_credited]
        held = Wallet.objects.get(workspace_id=tenant.id, mode="live").balance_minor
        assert held == sum(each.shillings * 100 for each in mine)
    suspense = MpesaReceipt.objects.filter(status="suspense", workspace=None).count()
    print(
        f"{len(cases)} cases, {sum(c.is_credited for c in cases)} credits, {suspense} in suspense,"
    )
    print(f"modal within {max(batch.lags):.2f} s of the truth")
    assert_books_are_right()


def test_the_matrix_has_every_kind_of_disorder():
    assert len(ALL) == matrix.CASES
    assert {case.callback for case in ALL} == set(matrix.CALLBACKS)
    assert {case.confirmation for case in ALL} == set(matrix.CONFIRMATIONS)
    assert {case.query for case in ALL} == set(matrix.QUERIES)
    assert 60 < sum(case.is_credited for case in ALL) < 180
