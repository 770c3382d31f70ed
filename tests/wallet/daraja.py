"""A far end that says what a test tells it to, and callbacks as Safaricom writes them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.test import Client

from wallet.models import MpesaEvent, TopUp
from wallet.services import mpesa
from wallet.services.topups import callback_token, start_topup

PHONE = "+254712345678"
HANG_UP = object()


class Script:
    """What the far end answers per path, in turn (the last answer stays), and what it was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.tokens = 0
        self.lock = threading.Lock()

    def on(self, part, *answers):
        """Answers are (status, body); a body is JSON, text, or HANG_UP."""
        self.answers[part] = list(answers)

    def bodies(self, part):
        return [body for path, _headers, body in self.asked if part in path]

    def answer(self, path, headers, body):
        with self.lock:
            self.asked.append((path, headers, body))
            for part, answers in self.answers.items():
                if part in path:
                    return answers.pop(0) if len(answers) > 1 else answers[0]
            self.tokens += 1
            return 200, {"access_token": f"token-{self.tokens}", "expires_in": "3599"}


ACCEPTED = (
    200,
    {
        "MerchantRequestID": "4b1e-4c77-9a02",
        "CheckoutRequestID": "ws_CO_22112026154235118712345678",
        "ResponseCode": "0",
        "ResponseDescription": "Success. Request accepted for processing",
        "CustomerMessage": "Success. Request accepted for processing",
    },
)


def error(status, code, message=""):
    return status, {"requestId": "1-2-3", "errorCode": code, "errorMessage": message}


@contextmanager
def scripted(script: Script | None = None) -> Iterator[tuple[str, Script]]:
    script = script or Script()

    class Door(BaseHTTPRequestHandler):
        def _serve(self):
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            status, body = script.answer(self.path, dict(self.headers), json.loads(raw or b"{}"))
            if body is HANG_UP:
                self.connection.close()
                return
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _serve  # noqa: N815 - the library's names

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(wallet, **changes) -> TopUp:
    """Ask for KES 500."""
    facts = {
        "workspace_id": wallet.workspace_id,
        "mode": wallet.mode,
        "amount_minor": 50_000,
        "currency": "KES",
        "phone_e164": PHONE,
        "account_ref": "TS-48219038",
    }
    return start_topup(**facts | changes)


def paid(topup, *, receipt="UKM7Q2ZB4T", amount=None, checkout=None, phone=None, **extra):
    items = [
        {"Name": "Amount", "Value": topup.amount_minor / 100 if amount is None else amount},
        {"Name": "MpesaReceiptNumber", "Value": receipt},
        {"Name": "Balance"},
        {"Name": "TransactionDate", "Value": 20261122154251},
        {"Name": "PhoneNumber", "Value": phone or int(topup.phone_e164[1:])},
    ]
    body = result(topup, 0, checkout=checkout)
    body["Body"]["stkCallback"]["CallbackMetadata"] = {"Item": items}
    return body


def result(topup, code, *, checkout=None):
    return {
        "Body": {
            "stkCallback": {
                "MerchantRequestID": "4b1e-4c77-9a02",
                "CheckoutRequestID": checkout
                or topup.checkout_request_id
                or "ws_CO_22112026154235118712345678",
                "ResultCode": code,
                "ResultDesc": "words that we never show",
            }
        }
    }


def deliver(topup, body, *, token=None):
    """Post a callback to its door."""
    raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return Client().post(
        f"/h/{token or callback_token(topup.id)}/s",
        data=raw,
        content_type="application/json;charset=UTF-8",
        headers={"BusinessShortCode": "409900"},
    )


def process_all():
    """Do the work that the stored messages ask for."""
    for event_id in MpesaEvent.objects.order_by("id").values_list("id", flat=True):
        mpesa.process_mpesa_event(str(event_id))
