"""The outside of the machine: M-Pesa that knows who paid, and an engine that enforces its ends."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from calls.models import Call, Leg
from kernel import clock
from telephony.gateway import apply, dispatch
from telephony.models import Engine
from tests.wallet.daraja import Script
from wallet.mpesa.clock import eat_timestamp

SHORTCODE = "409900"
# How late a real engine may notice that the paid time is over.
LATE_MS = 7


@dataclass
class Payment:
    """A payment that really happened; `owner` is whose wallet it must reach, None is nobody's."""

    receipt: str
    amount_minor: int
    reference: str
    phone: str
    owner: UUID | None
    # The prompt that it answered.
    topup: UUID | None = None
    is_back: bool = False

    def as_c2b(self):
        return {
            "TransactionType": "Pay Bill", "TransID": self.receipt,
            "TransTime": eat_timestamp(clock.now()), "TransAmount": f"{self.amount_minor / 100:.2f}",
            "BusinessShortCode": SHORTCODE, "BillRefNumber": self.reference, "InvoiceNumber": "",
            "OrgAccountBalance": "1.00", "ThirdPartyTransID": "",
            "MSISDN": f"2547 ***** {self.phone[-3:]}", "FirstName": "WANJIKU",
        }  # fmt: skip

    def as_row(self):
        return {
            "transactionId": self.receipt, "trxDate": "2026-11-22T15:42:51+03:00",
            "msisdn": self.phone[4:], "sender": "MPESA", "transactiontype": "c2b-pay-bill-debit",
            "billreference": self.reference, "amount": f"{self.amount_minor / 100:.2f}",
            "organizationname": "Sautikit",
        }  # fmt: skip


class Mpesa(Script):
    """Answers our requests, and keeps the truth: which payments were made."""

    def __init__(self):
        super().__init__()
        self.payments: dict[str, Payment] = {}
        self.numbers = itertools.count(1)

    def pay(self, *, amount_minor, reference, phone, owner):
        receipt = f"UK{next(self.numbers):08d}"
        made = Payment(receipt, amount_minor, reference, phone, owner)
        self.payments[receipt] = made
        return made

    def answer(self, path, headers, body):
        number = next(self.numbers)
        if "processrequest" in path:
            return 200, {
                "MerchantRequestID": f"m-{number}", "CheckoutRequestID": f"ws_CO_{number}",
                "ResponseCode": "0", "ResponseDescription": "Accepted", "CustomerMessage": "OK",
            }  # fmt: skip
        if "pulltransactions" in path:
            rows = [each.as_row() for each in self.payments.values()]
            page = rows[int(body["OffSetValue"]) :][:20]
            return 200, {"ResponseCode": "1000", "Response": [page] if page else "[[]]"}
        # The answers to these come later, or never, and Pull lists the payment all the same.
        if "reversal" in path or "transactionstatus" in path:
            return 200, {"ConversationID": f"AG_{number}", "ResponseCode": "0"}
        if "stkpushquery" in path:
            return 500, {"errorCode": "500.001.1001", "errorMessage": "being processed"}
        return 200, {"access_token": f"token-{number}", "expires_in": "3599"}


@dataclass
class Line:
    """One leg as the far end sees it."""

    leg: str
    paid_until_s: int
    is_up: bool = False
    connected_ms: int = 0
    is_over: bool = False


@dataclass
class FarEnd:
    """An engine with its handsets; it reports through the gateway's own door, each event numbered."""

    lines: dict[str, Line] = field(default_factory=dict)
    said: list[dict] = field(default_factory=list)
    engine: Engine | None = None
    seq: int = 0

    def start(self):
        """Start another engine, as the gateway does after one died."""
        now = clock.now()
        self.engine = Engine.objects.create(
            id=uuid4(), host="here", pid=1, journal="", renewed_at=now,
            lease_until=now + timedelta(hours=9),
        )  # fmt: skip
        self.seq, self.said = 0, []

    def obey(self):
        """Take the orders that wait and do what they say."""
        for order in dispatch.claim([self.engine.id], lambda: self.engine.id):
            name, leg = order.line["kind"], order.line["leg"]
            if name == "originate":
                self.lines[leg] = Line(leg, order.line["paid_until_s"])
            line = self.lines.get(leg)
            if line is None or line.is_over:
                continue
            if name == "extend":
                line.paid_until_s = max(line.paid_until_s, order.line["paid_until_s"])
            if name in ("hangup", "reject"):
                self.end(line, "local", 487 if not line.is_up else 200)

    def say(self, name, leg, **facts):
        self.seq += 1
        line = {"kind": name, "leg": leg, "seq": self.seq, "at": time.time(), **facts}
        self.said.append(line)
        return apply.apply(self.engine.id, line)

    def end(self, line, ended_by, sip_code):
        line.is_over = True
        self.say("ended", line.leg, connected_ms=line.connected_ms if line.is_up else 0,
                 sip_code=sip_code, reason="bye", ended_by=ended_by)  # fmt: skip

    def talk(self, line, seconds):
        """Let so many seconds pass on a line that is up; it ends alone at its paid second."""
        limit = line.paid_until_s * 1000
        more = min(seconds * 1000, max(0, limit + LATE_MS - line.connected_ms))
        line.connected_ms += more
        passed = timedelta(milliseconds=more)
        leg = Leg.objects.get(id=line.leg)
        Leg.objects.filter(id=line.leg).update(answered_at=leg.answered_at - passed)
        call = Call.objects.get(id=leg.call_id)
        Call.objects.filter(id=call.id).update(answered_at=call.answered_at - passed)
        if line.connected_ms >= limit:
            self.end(line, "paid_until", 200)

    def die(self):
        """Lose the engine with everything on it, its last sign of life longer ago than the grace."""
        seen = clock.now() - timedelta(seconds=16)
        Engine.objects.filter(id=self.engine.id).update(lease_until=seen, renewed_at=seen)
        for line in self.lines.values():
            line.is_over = True
        self.start()


def as_json(body):
    return json.dumps(body)
