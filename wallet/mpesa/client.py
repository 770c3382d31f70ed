"""The thin Daraja client: it sends once where money may move, and never logs what it sends."""

from __future__ import annotations

import base64
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from kernel import clock, http
from wallet.mpesa.classify import Outcome, Verdict, classify
from wallet.mpesa.clock import eat_timestamp, stk_password
from wallet.mpesa.parse import Unreadable, read_json

TIMEOUTS = http.Timeouts(connect_seconds=5, total_seconds=25)
RESENDS_MAX = 2
DESCRIPTION = "Wallet top-up"

OAUTH_PATH = "/oauth/v1/generate?grant_type=client_credentials"
PUSH_PATH = "/mpesa/stkpush/v1/processrequest"
QUERY_PATH = "/mpesa/stkpushquery/v1/query"


@dataclass(frozen=True, slots=True)
class App:
    """A Daraja app: where it is, who we are there, and the Paybill it pays into."""

    base_url: str
    consumer_key: str
    consumer_secret: str
    shortcode: str
    passkey: str

    def __repr__(self) -> str:
        return f"App({self.base_url}, {self.shortcode})"


@dataclass(frozen=True, slots=True)
class Token:
    value: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What one product call came to."""

    outcome: Outcome
    code: str = ""
    merchant_request_id: str = ""
    checkout_request_id: str = ""


class TokenRefused(Exception):
    """No token could be had; the outcome says whether waiting helps."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Tokens(Protocol):
    """Where tokens are kept; all workers share one, because a new one kills the old."""

    def get(self, *, failed: str | None = None) -> str: ...


def fetch_token(app: App) -> Token:
    """Ask for a new token, which ends the life of the one before. Raises TokenRefused."""
    secret = base64.b64encode(f"{app.consumer_key}:{app.consumer_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    try:
        reply = http.request(
            "GET", app.base_url + OAUTH_PATH, headers=headers, timeouts=TIMEOUTS, trusted=True
        )
    except http.HttpFailed:
        # Asking for a token moves nothing, so it may always be asked again.
        raise TokenRefused(Outcome(Verdict.THROTTLED, "provider_busy")) from None
    body = _body(reply)
    outcome = classify("token", reply.status, _text(body, "errorCode"), _text(body, "errorMessage"))
    value = _text(body, "access_token")
    if outcome.verdict is not Verdict.ACCEPTED or not value:
        raise TokenRefused(outcome if not value else Outcome(Verdict.REFUSED, "setup_error", True))
    try:
        return Token(value, int(_text(body, "expires_in")))
    except ValueError:
        return Token(value, 3599)


class Daraja:
    """M-Pesa Express for one app."""

    def __init__(
        self, app: App, tokens: Tokens, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.app, self.tokens, self._sleep = app, tokens, sleep

    def stk_push(self, *, msisdn: str, shillings: int, reference: str, callback_url: str) -> Answer:
        """Prompt a phone. An UNKNOWN verdict means the prompt may be there: never push again."""
        payload = {
            "TransactionType": "CustomerPayBillOnline",
            "Amount": shillings,
            "PartyA": int(msisdn),
            "PartyB": int(self.app.shortcode),
            "PhoneNumber": int(msisdn),
            "CallBackURL": callback_url,
            "AccountReference": reference,
            "TransactionDesc": DESCRIPTION,
        }
        return self._ask("push", PUSH_PATH, payload)

    def stk_query(self, checkout_request_id: str) -> Answer:
        """Ask how a push ended. The answer never proves a payment."""
        return self._ask("query", QUERY_PATH, {"CheckoutRequestID": checkout_request_id})

    # A payload is what the product wants.
    def _ask(self, endpoint: str, path: str, payload: dict[str, Any]) -> Answer:
        failed: str | None = None
        unsent = waits = 0
        while True:
            try:
                token = self.tokens.get(failed=failed)
            except TokenRefused as problem:
                return Answer(_refused(problem.outcome))
            try:
                answer = self._send(endpoint, path, payload, token)
            except http.HttpFailed as problem:
                if problem.sent:
                    return Answer(_after_silence(endpoint))
                unsent += 1
                if unsent > 1:
                    return Answer(Outcome(Verdict.REFUSED, "provider_busy"))
                continue
            verdict = answer.outcome.verdict
            if verdict is Verdict.STALE and failed is None:
                failed = token
            elif verdict is Verdict.THROTTLED and waits < RESENDS_MAX:
                waits += 1
                self._sleep(waits * random.uniform(0.5, 1.0))
            else:
                return Answer(
                    _refused(answer.outcome),
                    answer.code,
                    answer.merchant_request_id,
                    answer.checkout_request_id,
                )

    def _send(self, endpoint: str, path: str, payload: dict[str, Any], token: str) -> Answer:
        # One reading of the clock: the password contains the timestamp.
        timestamp = eat_timestamp(clock.now())
        body = {
            "BusinessShortCode": int(self.app.shortcode),
            "Password": stk_password(self.app.shortcode, self.app.passkey, timestamp),
            "Timestamp": timestamp,
            **payload,
        }
        reply = http.request(
            "POST",
            self.app.base_url + path,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            body=json.dumps(body).encode(),
            timeouts=TIMEOUTS,
            trusted=True,
        )
        return _answer(endpoint, reply)


def _answer(endpoint: str, reply: http.Reply) -> Answer:
    body = _body(reply)
    code = _text(body, "errorCode")
    if not code and endpoint == "query":
        code = _text(body, "ResultCode")
    elif not code:
        code = _text(body, "ResponseCode")
    message = _text(body, "errorMessage") or _text(body, "ResultDesc")
    return Answer(
        classify(endpoint, reply.status, code, message),
        code[:32],
        _text(body, "MerchantRequestID")[:64],
        _text(body, "CheckoutRequestID")[:64],
    )


def _refused(outcome: Outcome) -> Outcome:
    """A token that stays refused is our set-up; a throttle that does not end is their trouble."""
    if outcome.verdict is Verdict.STALE:
        return Outcome(Verdict.REFUSED, "setup_error", is_alarm=True)
    if outcome.verdict is Verdict.THROTTLED:
        return Outcome(Verdict.REFUSED, "provider_busy")
    return outcome


def _after_silence(endpoint: str) -> Outcome:
    return Outcome(Verdict.UNKNOWN if endpoint == "push" else Verdict.PENDING)


# A reply may be empty, HTML, or JSON of another shape.
def _body(reply: http.Reply) -> dict[str, Any]:
    try:
        body = read_json(reply.body)
    except Unreadable:
        return {}
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return "" if value is None or isinstance(value, (dict, list, bool)) else str(value).strip()
