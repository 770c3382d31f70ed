"""The rules: customers pay, claim, call and hang up; M-Pesa and engines tell of it in any order."""

from __future__ import annotations

import functools
import inspect
import logging
from collections import Counter
from datetime import timedelta
from random import Random
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts import services as accounts
from calls import services as calls
from calls.models import Call, CallPolicy
from kernel import bell, relay
from kernel.models import Work
from kernel.money import call_cost, div_ceil
from tests import world
from tests.wallet.daraja import paid, result
from tests.wallet.machine import truths
from tests.wallet.machine.outside import FarEnd, Mpesa, as_json
from tests.wallet.machine.turns import DRAWS, NEEDS, WEIGHED
from wallet import services as wallet
from wallet import tasks
from wallet.errors import InsufficientBalance, RefundRefused
from wallet.models import MpesaReceipt, Refund, TopUp
from wallet.services import paybill, pulls, reversals, topups
from webhooks import services as webhooks

# How an answered call is named whose engine was lost: billed to its last sign of life.
LOST = "destination_out_of_order"
NUMBERS = ("+254200000001", "+254200000002", "+254200000003")
JSON = "application/json"
HANDLERS = {
    "wallet.push_topup": tasks.push_topup,
    "wallet.query_topup": lambda ref: topups.query_topup(ref) and None,
    "wallet.process_mpesa_event": tasks.process_mpesa_event,
    "wallet.send_refund": tasks.send_refund,
    "wallet.send_inquiry": tasks.send_inquiry,
    "wallet.tell_subscribers": tasks.tell_subscribers,
}


@functools.cache
def _client():
    """One client for all: a new one would build the whole chain of middleware again."""
    return Client()


def _api(secret):
    api = world.Api(secret)
    api.client = _client()
    return api


class MoneyMachine(RuleBasedStateMachine):
    """Two workspaces, one M-Pesa, one engine, and a database that must never be wrong."""

    # The far end that the settings point at; the test puts it there.
    mpesa = Mpesa()
    # What all the stories together came to.
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self):
        super().__init__()
        TransactionTestCase()._fixture_teardown()
        bell.client().flushdb()
        self.mpesa.__init__()
        self.far = FarEnd()
        self.far.start()
        self.log = truths.Listener()
        logging.getLogger().addHandler(self.log)
        self.log.secrets.add(paybill.secret())
        self.tenants = [world.acme(), world.chege()]
        for place, tenant in enumerate(self.tenants):
            CallPolicy.objects.create(
                workspace=tenant.workspace, calls_per_second=10**6, concurrent_calls_max=10**6
            )
            webhooks.create_endpoint(
                workspace_id=tenant.id, mode="live", url=f"https://hooks{place}.example.com/",
                event_names=["*"], actor="tests",
            )  # fmt: skip
            wallet.set_threshold(workspace_id=tenant.id, mode="live", threshold_minor=5_000)
        for e164 in NUMBERS:
            world.offer(e164)
        self.keys = [self._new_key(tenant) for tenant in self.tenants]
        self.replies = []
        self.acked = {"calls": [], "topups": [], "claims": []}
        self.held = [[], []]

    @initialize(both=st.booleans())
    def they_move_in(self, both):
        """Each has paid a bill and holds a number, so that calls come early; or only Acme has."""
        for who in range(2 if both else 1):
            self.payment_to(who, 20_000 + 30_000 * (1 - who), "+254712345670")
            self.the_bill_is_confirmed(who)
            self.the_workers_do_everything()
            self.claim_a_number(who, who)

    def teardown(self):
        logging.getLogger().removeHandler(self.log)
        with connection.cursor() as cursor:
            cursor.execute(truths.TALLY)
            self.tally.update(dict(cursor.fetchall()))
        self.tally["stories"] += 1
        print("stories told:", self.tally["stories"], flush=True)

    def _new_key(self, tenant):
        issued = world.issue(tenant)
        self.log.secrets.add(issued.secret)
        return issued

    def _post(self, who, path, body, *, kind=None, name="id"):
        """Post once with a key; an acknowledged reply is remembered for the retry."""
        key, api = uuid4().hex, _api(self.keys[who].secret)
        reply = api.post(path, body, key=key)
        assert reply.status_code < 500, reply.content
        if reply.status_code < 300:
            self.replies.append((who, path, body, key, reply.status_code, reply.json()))
            if kind:
                self.acked[kind].append(reply.json()[name])
        return reply

    @rule(throw=st.integers(0, 2**32 - 1))
    def turn(self, throw):
        """Take one turn that can be taken, with whatever it may be told.

        One number decides it all: what is possible also depends on the clock (cool-downs, leases), and
        on a slow machine the same story must still ask for the same draws.
        """
        dice = Random(throw)
        possible = [name for name in WEIGHED if name not in NEEDS or NEEDS[name](self)]
        name = dice.choice(possible)
        act = getattr(self, name)
        told = {each: DRAWS[each](dice) for each in inspect.signature(act).parameters}
        note(f"{name}({told})")
        act(**told)

    # M-Pesa

    def ask_for_a_prompt(self, who, amount, phone):
        body = {
            "provider": "mpesa", "amount_minor": amount, "currency": "KES", "phone_e164": phone
        }  # fmt: skip
        reply = self._post(who, "/v1/topups", body, kind="topups", name="topup_id")
        assert reply.status_code in (202, 429)

    def the_prompt_ends(self, which, verdict):
        """M-Pesa says how a prompt ended, perhaps again, perhaps before it told us its id."""
        topup = TopUp.objects.get(id=_pick(self.acked["topups"], which))
        if verdict == "paid":
            body = paid(topup, receipt=self._payment_of(topup).receipt)
        elif verdict == "other amount":
            body = paid(topup, receipt="UKFORGED01", amount=topup.amount_minor / 100 + 1)
        elif verdict == "other phone":
            body = paid(topup, receipt="UKFORGED02", phone=254_799_000_000)
        elif verdict == "other push" and topup.checkout_request_id:
            body = paid(topup, receipt="UKFORGED03", checkout="ws_CO_of_somebody")
        else:
            body = result(topup, 1032 if verdict == "cancelled" else 4711)
        self._tell(f"/h/{topups.callback_token(topup.id)}/s", body)

    def _payment_of(self, topup):
        made = [p for p in self.mpesa.payments.values() if p.topup == topup.id]
        if made:
            return made[0]
        payment = self.mpesa.pay(
            amount_minor=topup.amount_minor, reference=topup.account_ref,
            phone=topup.phone_e164, owner=topup.workspace_id,
        )  # fmt: skip
        payment.topup = topup.id
        return payment

    def _tell(self, path, body):
        reply = _client().post(path, data=as_json(body), content_type=JSON)
        assert reply.status_code == 200

    def somebody_pays_the_bill(self, payee, amount, phone):
        """Money that nobody asked for; the third account number belongs to nobody."""
        self.payment_to(payee, amount, phone)

    def payment_to(self, who, amount, phone):
        tenant = None if who == 2 else self.tenants[who]
        reference = tenant.workspace.mpesa_account_ref if tenant else "SHOP 17"
        self.mpesa.pay(
            amount_minor=amount, reference=reference, phone=phone,
            owner=tenant.id if tenant else None,
        )  # fmt: skip

    def the_bill_is_confirmed(self, which):
        payment = _pick(list(self.mpesa.payments.values()), which)
        self._tell(f"/h/c/{paybill.secret()}/conf", payment.as_c2b())

    def a_stranger_confirms_a_bill(self):
        body = self.mpesa.__class__().pay(
            amount_minor=10**6, reference=self.tenants[0].workspace.mpesa_account_ref,
            phone="+254712345670", owner=None,
        ).as_c2b() | {"TransID": "UKFORGED09"}  # fmt: skip
        self._tell(f"/h/c/{'f' * 32}/conf", body)

    def all_payments_are_pulled(self):
        pulls.pull(timedelta(hours=2))

    def a_payment_goes_back_by_itself(self, which):
        payment = _pick(list(self.mpesa.payments.values()), which)
        try:
            reversals.reverse_payment(payment.receipt, actor="tests", reason="statement")
        except RefundRefused:
            return
        payment.is_back = True

    def a_refund_is_asked(self, which):
        payment = _pick(list(self.mpesa.payments.values()), which)
        try:
            reversals.ask_refund(payment.receipt, reason="Wrong payer", actor="tests")
        except (RefundRefused, InsufficientBalance):
            return

    def a_refund_ends(self, which, refund_code):
        sent = list(Refund.objects.exclude(conversation_id="").order_by("id"))
        if not sent:
            return
        refund = _pick(sent, which)
        body = {"Result": {"ResultCode": refund_code, "ConversationID": refund.conversation_id,
                           "TransactionID": "UKR1"}}  # fmt: skip
        self._tell(f"/h/{reversals.result_token(refund)}/r", body)

    # Workers

    def a_worker_does_something(self, which):
        waiting = list(Work.objects.filter(name__startswith="wallet.").order_by("id")[:20])
        if waiting:
            self._work(_pick(waiting, which))

    def the_workers_do_everything(self):
        for row in Work.objects.filter(name__startswith="wallet.").order_by("id"):
            self._work(row)

    def _work(self, row):
        """Do it, and now and then leave the row, as a worker that dies after its commit."""
        if HANDLERS[row.name](row.ref) is None and row.id.int % 4:
            Work.objects.filter(id=row.id).delete()
        for refund in Refund.objects.filter(status="done").select_related("receipt"):
            self.mpesa.payments[refund.receipt_id].is_back = True

    def the_relay_numbers_events(self):
        relay.sequence_batch()

    # Numbers

    def claim_a_number(self, who, which):
        body = {"e164": _pick(NUMBERS, which)}
        reply = self._post(who, "/v1/numbers/claim", body, kind="claims")
        assert reply.status_code in (201, 402, 409), reply.content
        if reply.status_code == 201:
            self.held[who].append((reply.json()["id"], body["e164"]))

    def release_a_number(self, which):
        who = which % 2 if all(self.held) else int(bool(self.held[1]))
        number = _pick(self.held[who], which)
        self.held[who].remove(number)
        reply = _api(self.keys[who].secret).delete(f"/v1/numbers/{number[0]}")
        assert reply.status_code == 200, reply.content

    # Calls

    def place_a_call(self, which, legs, is_quick):
        """A customer calls one or several; a quick engine has dialled before the reply is read."""
        who = which % 2 if all(self.held) else int(bool(self.held[1]))
        to = [f"+2547{number:08d}" for number in range(22_000_000, 22_000_000 + legs)]
        body = {"from": _pick(self.held[who], which)[1], "to": to}
        reply = self._post(who, "/v1/calls", body, kind="calls", name="call_id")
        assert reply.status_code in (202, 402), reply.content
        if is_quick:
            self.far.obey()

    def a_stranger_rings_a_number(self):
        self.far.say("incoming", str(uuid4()), **{"from": "+254733000000", "to": NUMBERS[0]},
                     source="127.0.0.1", sip_call_id="x")  # fmt: skip

    def the_engine_obeys(self):
        self.far.obey()

    def it_rings(self, which):
        if line := self.line(which, is_up=False):
            self.far.say("ringing", line.leg, sip_code=180)

    def somebody_answers(self, which):
        if line := self.line(which, is_up=False):
            line.is_up = True
            self.far.say("answered", line.leg, sip_call_id="x")

    def they_talk(self, which, seconds):
        """Time passes on one line; the gateway's clock buys more of it every ten seconds."""
        line = self.line(which, is_up=True)
        while line and seconds > 0 and not line.is_over:
            self.far.talk(line, min(10, seconds))
            seconds -= 10
            calls.extend_due()
            self.far.obey()

    def the_far_end_hangs_up(self, which, milliseconds):
        if line := self.line(which, is_up=True):
            line.connected_ms = min(line.connected_ms + milliseconds, line.paid_until_s * 1000)
            self.far.end(line, "remote", 200)

    def the_far_end_refuses(self, which, sip_code):
        if line := self.line(which, is_up=False):
            self.far.end(line, "ring_timeout" if sip_code == 487 else "remote", sip_code)

    def the_customer_hangs_up(self, which):
        call = Call.objects.get(id=_pick(self.acked["calls"], which))
        who = [tenant.id for tenant in self.tenants].index(call.workspace_id)
        reply = self._post(who, f"/v1/calls/{call.id}/hangup", {})
        assert reply.status_code == 200

    def the_clock_ticks(self):
        calls.extend_due()
        calls.sweep_lost_legs()
        tasks.end_old_holds()

    def the_engine_repeats_itself(self, which):
        """A journal is read again: what was stored before changes nothing."""
        from telephony.gateway.apply import apply

        assert not apply(self.far.engine.id, _pick(self.far.said, which))

    def the_engine_dies(self, which):
        if which % 4 == 0:
            self.far.die()
            calls.sweep_lost_legs()

    def line(self, which, *, is_up):
        fitting = [it for it in self.far.lines.values() if not it.is_over and it.is_up == is_up]
        return _pick(fitting, which) if fitting else None

    # Keys

    def a_key_is_revoked(self, who):
        """The old key opens nothing any more; what it did is found with the new one."""
        old = self.keys[who]
        accounts.revoke_api_key(old.key, actor="tests")
        reply = _api(old.secret).post("/v1/topups", {}, key=uuid4().hex)
        assert reply.status_code == 401
        self.keys[who] = self._new_key(self.tenants[who])

    def a_client_tries_again(self, which):
        """I4: the same key has the same answer; another body under it is refused."""
        who, path, body, key, status, said = _pick(self.replies, which)
        api = _api(self.keys[who].secret)
        again = api.post(path, body, key=key)
        assert (again.status_code, again.json()) == (status, said), f"I4: {path} {again.content}"
        assert again.headers["Idempotent-Replay"] == "true"
        other = api.post(path, {**body, "changed": True}, key=key)
        assert other.status_code in (409, 422), f"I4: {path} {other.content}"

    # What must hold

    @invariant()
    def the_books_are_right(self):
        """I1, I2, I3, I5, I6, I7, I8 and I9."""
        assert truths.broken() == []

    @invariant()
    def what_was_acknowledged_exists(self):
        truths.acknowledged_once(self.acked)

    @invariant()
    def no_receipt_lies(self):
        truths.receipts_are_true(self.mpesa.payments)

    @invariant()
    def every_answered_second_is_paid(self):
        """I5 against the far end's own clock, and I9: each of its dialogs has a call row."""
        ended = [line for line in self.far.lines.values() if line.is_over and line.is_up]
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT l.id::text, c.winner_id = l.id, c.hangup_cause, c.duration_seconds,
                          c.cost_minor, c.rate_minor_per_minute
                     FROM calls_leg l JOIN calls_call c ON c.id = l.call_id"""
            )
            rows = {row[0]: row[1:] for row in cursor.fetchall()}
        assert set(self.far.lines) <= set(rows), "I9: a dialog without a call"
        for line in ended:
            won, cause, seconds, cost, rate = rows[line.leg]
            if won and cause != LOST:
                talked = div_ceil(min(line.connected_ms, line.paid_until_s * 1000), 1000)
                assert (seconds, cost) == (talked, call_cost(talked, rate)), f"I5: {line}"

    @invariant()
    def the_log_keeps_secrets(self):
        self.log.check()


def _pick(rows, which):
    return rows[which % len(rows)]


def configure(settings_, url):
    """Point the platform at our M-Pesa and lift the limits that only slow a story down."""
    settings_.DARAJA_BASE_URL = url
    settings_.DARAJA_CONSUMER_KEY, settings_.DARAJA_CONSUMER_SECRET = "key", "secret"
    settings_.DARAJA_SHORTCODE, settings_.DARAJA_PASSKEY = "409900", "demo-passkey-0001"
    settings_.DARAJA_INITIATOR = "api:credential"
    settings_.API_KEY_REQUESTS_PER_SECOND = settings_.API_KEY_BURST = 10**6
    assert url == settings.DARAJA_BASE_URL
    assert not MpesaReceipt.objects.exists()
