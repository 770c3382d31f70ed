"""Two hundred ways in which M-Pesa's messages go wrong, and what must come of each."""

from __future__ import annotations

import json
import random
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

CASES, BATCHES = 200, 10
FOREIGN = {"X-Forwarded-For": "203.0.113.9"}
CALLBACKS = (
    "right", "right", "lost", "late", "doubled", "amount", "phone", "checkout", "no_receipt",
    "text", "wrong_token",
)  # fmt: skip
CONFIRMATIONS = ("none", "none", "right", "doubled", "foreign", "shortcode", "wrong_secret")
QUERIES = ("none", "right", "says_paid", "says_failed", "pending")


@dataclass
class Case:
    """One wish to pay, what really happened on the phone, and what is told about it."""

    number: int
    door: str
    is_paid: bool
    callback: str
    confirmation: str
    query: str
    is_listed: bool
    is_known: bool
    is_reply_lost: bool
    is_spelt_wrong: bool = False
    order: list[str] = field(default_factory=list)

    @property
    def shillings(self) -> int:
        return 101 + self.number

    @property
    def receipt(self) -> str:
        return f"UKM{self.number:04d}XYZ"

    @property
    def msisdn(self) -> str:
        return f"2547{10_000_000 + self.number:08d}"

    @property
    def checkout(self) -> str:
        return f"ws_CO_{self.number:020d}"

    @property
    def is_believed(self) -> bool:
        """Say whether the callback alone is a proof: nothing in it contradicts what we asked."""
        # A foreign id stands out only against one that we were told.
        is_our_push = self.callback == "checkout" and self.is_reply_lost
        is_plain = self.callback in ("right", "late", "doubled", "text") or is_our_push
        # A refusal carries no amount, phone or receipt that could be wrong.
        is_refusal = not self.is_paid and self.callback in ("amount", "phone", "no_receipt")
        return is_plain or is_refusal

    @property
    def is_credited(self) -> bool:
        """Say whether the money must be in the wallet at the end."""
        if not self.is_paid:
            return False
        if self.door == "paybill":
            told = self.confirmation in ("right", "doubled")
            return (told or self.is_listed) and not self.is_spelt_wrong
        asked = self.callback in ("amount", "phone") and self.is_known
        told = self.is_believed or asked or self.confirmation in ("right", "doubled")
        return told or self.is_listed

    @property
    def may_show(self) -> set[str]:
        """Return what the modal may show at the end; disorder alone leaves more than one."""
        if self.is_credited:
            return {"paid"}
        if self.door == "paybill":
            return {"waiting"}
        refusal = not self.is_paid and self.is_believed
        says_paid = self.query == "says_paid" or (self.query == "right" and self.is_paid)
        says_failed = self.query == "says_failed" or (self.query == "right" and not self.is_paid)
        if self.is_reply_lost and not self.is_believed:
            # Without an id there is nothing to ask about, unless a callback brought one.
            says_paid = says_failed = False
        held = self.is_paid and self.callback in ("amount", "phone", "no_receipt")
        shown = {"failed"} if refusal or says_failed else {"waiting"}
        if (refusal or says_failed) and (says_paid or held or not refusal):
            shown.add("waiting")
        return shown


def cases(seed: int = 3) -> list[Case]:
    """Make the same two hundred every time; every fifth is a Paybill payment."""
    dice = random.Random(seed)
    made = []
    for number in range(CASES):
        is_paybill = number % 5 == 4
        case = Case(
            number=number,
            door="paybill" if is_paybill else "push",
            is_paid=dice.random() < 0.7,
            callback="lost" if is_paybill else CALLBACKS[number % len(CALLBACKS)],
            confirmation=CONFIRMATIONS[(number // 2) % len(CONFIRMATIONS)],
            query="none" if is_paybill else QUERIES[(number // 3) % len(QUERIES)],
            is_listed=dice.random() < 0.3,
            is_known=dice.random() < 0.7,
            is_reply_lost=not is_paybill and dice.random() < 0.15,
            is_spelt_wrong=is_paybill and dice.random() < 0.2,
        )
        case.order = messages(case)
        dice.shuffle(case.order)
        made.append(case)
    return made


def messages(case: Case) -> list[str]:
    """List what is sent to us about a case, before it is shuffled."""
    told = []
    if case.callback != "lost":
        told += ["callback"] * (3 if case.callback == "doubled" else 1)
    if case.query != "none":
        told += ["query", "query"]
    # Nobody confirms what was not paid, unless it is forged: by a stranger, or with a guess.
    if case.confirmation != "none" and (
        case.is_paid or case.confirmation in ("foreign", "wrong_secret")
    ):
        told += ["confirmation"] * (2 if case.confirmation == "doubled" else 1)
    return told


def callback_body(case: Case) -> bytes:
    """Write a callback as the case wants it: right, altered, or of somebody else's push."""
    code = 0 if case.is_paid else 1032
    shown = str(code) if case.callback == "text" else code
    said = {"MerchantRequestID": "m", "CheckoutRequestID": case.checkout, "ResultCode": shown}
    said["ResultDesc"] = "words"
    if case.callback == "checkout":
        said["CheckoutRequestID"] = f"{case.checkout}x"
    if case.is_paid and case.callback != "no_receipt":
        amount = case.shillings + (9_000 if case.callback == "amount" else 0)
        phone = int(case.msisdn) + (1 if case.callback == "phone" else 0)
        said["CallbackMetadata"] = {
            "Item": [
                {"Name": "Amount", "Value": f"{amount}.00" if case.callback == "text" else amount},
                {"Name": "MpesaReceiptNumber", "Value": case.receipt},
                {"Name": "Balance"},
                {"Name": "PhoneNumber", "Value": phone},
            ]
        }
    return json.dumps({"Body": {"stkCallback": said}}).encode()


def confirmation_body(case: Case, reference: str) -> bytes:
    return json.dumps(
        {
            "TransactionType": "Pay Bill",
            "TransID": case.receipt,
            "TransTime": "",
            "TransAmount": f"{case.shillings}.00",
            "BusinessShortCode": "555555" if case.confirmation == "shortcode" else "409900",
            "BillRefNumber": "WANJIKU" if case.is_spelt_wrong else reference.lower(),
            "OrgAccountBalance": "1.00",
            "MSISDN": f"{case.msisdn[:4]} ***** {case.msisdn[-3:]}",
            "FirstName": "WANJIKU",
        }
    ).encode()


class FarEnd:
    """Safaricom for a batch: it takes pushes, answers queries, lists payments, knows receipts."""

    def __init__(self, batch: list[Case]) -> None:
        self.by_msisdn = {case.msisdn: case for case in batch}
        self.by_checkout = {case.checkout: case for case in batch}
        self.by_receipt = {case.receipt: case for case in batch}
        self.references: dict[int, str] = {}
        self.pushes: list[int] = []
        self.url = ""

    def answer(self, path: str, body: dict) -> tuple[int, dict] | None:
        if "oauth" in path:
            return 200, {"access_token": "token", "expires_in": "3599"}
        if "processrequest" in path:
            return self._push(self.by_msisdn[str(body["PhoneNumber"])])
        if "stkpushquery" in path:
            return self._query(self.by_checkout[body["CheckoutRequestID"]])
        if "pulltransactions" in path:
            rows = self._rows() if body["OffSetValue"] == "0" else []
            return 200, {"ResponseCode": "1000", "Response": [rows] if rows else "[[]]"}
        threading.Thread(target=self._tell_status, args=(body,), daemon=True).start()
        return 200, {"ResponseCode": "0", "ConversationID": "AG_1"}

    def _push(self, case: Case) -> tuple[int, dict] | None:
        self.pushes.append(case.number)
        if case.is_reply_lost:
            return None
        return 200, {
            "ResponseCode": "0",
            "MerchantRequestID": "m",
            "CheckoutRequestID": case.checkout,
        }

    def _query(self, case: Case) -> tuple[int, dict]:
        if case.query == "pending":
            return 500, {"errorCode": "500.001.1001", "errorMessage": ""}
        truth = "0" if case.is_paid else "1032"
        code = {"says_paid": "0", "says_failed": "1037"}.get(case.query, truth)
        return 200, {"ResponseCode": "0", "ResultCode": code, "ResultDesc": "words"}

    def _rows(self) -> list[dict]:
        return [
            {
                "transactionId": case.receipt,
                "transactiontype": "c2b-pay-bill-debit",
                "msisdn": int(case.msisdn[3:]),
                "billreference": "Wanjiku" if case.is_spelt_wrong else self.references[case.number],
                "amount": f"{case.shillings}.00",
            }
            for case in self.by_receipt.values()
            if case.is_paid and case.is_listed and case.number in self.references
        ]

    def _tell_status(self, body: dict) -> None:
        case = self.by_receipt[body["TransactionID"]]
        result = {"ResultCode": "R000002", "ResultDesc": "unknown", "ConversationID": "AG_1"}
        if case.is_paid and case.is_known:
            pairs = {
                "ReceiptNo": case.receipt,
                "TransactionStatus": "Completed",
                "Amount": case.shillings,
                "CreditPartyName": "409900 - SAUTIKIT",
            }
            said = [{"Key": key, "Value": value} for key, value in pairs.items()]
            result |= {"ResultCode": 0, "ResultParameters": {"ResultParameter": said}}
        httpx.post(body["ResultURL"], json={"Result": result}, timeout=30, trust_env=False)


@contextmanager
def serving(far_end: FarEnd):
    class Door(BaseHTTPRequestHandler):
        def _serve(self):
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = far_end.answer(self.path, json.loads(raw or b"{}"))
            if answer is None:
                self.connection.close()
                return
            data = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _serve  # noqa: N815 - the library's names

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    far_end.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield far_end
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
