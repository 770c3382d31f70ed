"""The back-office products of Daraja: registration, Pull, Transaction Status, reversal, B2C, balance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kernel import http
from kernel.clock import NAIROBI
from wallet.mpesa.classify import Verdict, classify
from wallet.mpesa.client import TIMEOUTS, App, TokenRefused, Tokens
from wallet.mpesa.parse import PullPage, Unreadable, parse_pull, read_json

PATHS = {
    "register": "/mpesa/c2b/{version}/registerurl",
    "pull": "/pulltransactions/v1/query",
    "status": "/mpesa/transactionstatus/v1/query",
    "reversal": "/mpesa/reversal/v1/request",
    "b2c": "/mpesa/b2c/v3/paymentrequest",
    "balance": "/mpesa/accountbalance/v1/query",
}
# Rows of a Pull come in one reply; a page is some hundred of them.
PULL_BYTES_MAX = 2 * 1024 * 1024
REMARKS_MAX = 100


class DarajaFailed(Exception):
    """Daraja did not do it; `sent` says whether it may have acted all the same."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts for us at M-Pesa: the API operator's name and its SecurityCredential."""

    name: str
    credential: str

    def __repr__(self) -> str:
        return f"Operator({self.name})"


@dataclass(frozen=True, slots=True)
class Taken:
    """Daraja took an order: its names for it, by which it can be asked about."""

    conversation_id: str
    originator_id: str


class BackOffice:
    """What an operator does at Safaricom, for one app."""

    def __init__(self, app: App, tokens: Tokens) -> None:
        self.app, self.tokens = app, tokens

    def register_urls(self, *, version: str, confirmation_url: str, validation_url: str) -> str:
        """Register the C2B addresses and return the answer's code. Raises DarajaFailed.

        While our validation cannot be reached payments go on (`Completed`): an outage of ours must
        not stop money.
        """
        body = {
            "ShortCode": self.app.shortcode,
            "ResponseType": "Completed",
            "ConfirmationURL": confirmation_url,
            "ValidationURL": validation_url,
        }
        path = PATHS["register"].format(version=version)
        return _code(self._order("register", path, body))

    def pull(self, *, since: datetime, until: datetime, offset: int) -> PullPage:
        """Return one page of the payments of a window of at most 48 hours. Raises DarajaFailed."""
        body = {
            "ShortCode": self.app.shortcode,
            "StartDate": _eat(since),
            "EndDate": _eat(until),
            "OffSetValue": str(offset),
        }
        reply = self._post(PATHS["pull"], body)
        try:
            return parse_pull(reply.body, shortcode=self.app.shortcode)
        except Unreadable as problem:
            # A 500 may also mean that there is nothing.
            raise DarajaFailed(f"Pull: HTTP {reply.status}, {problem}", sent=True) from None

    def transaction_status(self, *, operator: Operator, receipt_no: str, result_url: str) -> str:
        """Ask what a receipt is and return the conversation's id. Moves nothing. Raises DarajaFailed."""
        return self._ask_status(operator, result_url, TransactionID=receipt_no)

    def order_status(self, *, operator: Operator, order_id: str, result_url: str) -> str:
        """Ask what became of an order of ours. Moves nothing. Raises DarajaFailed."""
        return self._ask_status(operator, result_url, OriginalConversationID=order_id)

    def _ask_status(self, operator: Operator, result_url: str, **about: str) -> str:
        body = {
            "Initiator": operator.name,
            "SecurityCredential": operator.credential,
            "CommandID": "TransactionStatusQuery",
            **about,
            "PartyA": self.app.shortcode,
            "IdentifierType": "4",
            "ResultURL": result_url,
            "QueueTimeOutURL": result_url,
            "Remarks": "Verification",
            "Occasion": "Verification",
        }
        return _conversation(self._order("status", PATHS["status"], body))

    def account_balance(self, *, operator: Operator, result_url: str) -> str:
        """Ask what our accounts hold and return the conversation's id. Raises DarajaFailed."""
        body = {
            "Initiator": operator.name,
            "SecurityCredential": operator.credential,
            "CommandID": "AccountBalance",
            "PartyA": self.app.shortcode,
            "IdentifierType": "4",
            "ResultURL": result_url,
            "QueueTimeOutURL": result_url,
            "Remarks": "Hourly check",
        }
        return _conversation(self._order("balance", PATHS["balance"], body))

    # One argument for each fact of the order.
    def reverse(
        self, *, operator: Operator, receipt_no: str, shillings: int, result_url: str, remarks: str
    ) -> Taken:
        """Ask M-Pesa to send one payment back. Raises DarajaFailed."""
        body = {
            "Initiator": operator.name,
            "SecurityCredential": operator.credential,
            "CommandID": "TransactionReversal",
            "TransactionID": receipt_no,
            "Amount": shillings,
            "ReceiverParty": self.app.shortcode,
            # The misspelling is Daraja's; the right one is refused.
            "RecieverIdentifierType": "11",
            "ResultURL": result_url,
            "QueueTimeOutURL": result_url,
            "Remarks": remarks[:REMARKS_MAX],
            "Occasion": "Refund",
        }
        return _taken(self._order("reversal", PATHS["reversal"], body))

    # One argument for each fact of the order.
    def b2c(
        self,
        *,
        operator: Operator,
        order_id: str,
        msisdn: str,
        shillings: int,
        result_url: str,
        remarks: str,
    ) -> Taken:
        """Pay a phone out of our utility account. Raises DarajaFailed.

        Daraja takes an `order_id` once.
        """
        body = {
            "OriginatorConversationID": order_id,
            "InitiatorName": operator.name,
            "SecurityCredential": operator.credential,
            "CommandID": "BusinessPayment",
            "Amount": shillings,
            "PartyA": self.app.shortcode,
            "PartyB": msisdn,
            "Remarks": remarks[:REMARKS_MAX],
            "QueueTimeOutURL": result_url,
            "ResultURL": result_url,
            # Two s are Daraja's.
            "Occassion": "Refund",
        }
        return _taken(self._order("b2c", PATHS["b2c"], body))

    # A payload is what the product wants, an answer whatever it said.
    def _order(self, endpoint: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send an order once and return Daraja's yes. Raises DarajaFailed."""
        reply = self._post(path, body)
        said = _body(reply)
        code, message = _code(said), str(said.get("errorMessage", ""))
        outcome = classify(endpoint, reply.status, code, message)
        if outcome.verdict is Verdict.ACCEPTED:
            return said
        words = message or said.get("ResponseDescription") or f"HTTP {reply.status}"
        may_have_acted = outcome.verdict in (Verdict.UNKNOWN, Verdict.PENDING)
        raise DarajaFailed(f"{endpoint} refused: {code} {words}", sent=may_have_acted)

    def _post(self, path: str, body: dict[str, Any]) -> http.Reply:
        try:
            token = self.tokens.get()
            reply = self._send(path, body, token)
            if _is_stale(reply):
                reply = self._send(path, body, self.tokens.get(failed=token))
            return reply
        except TokenRefused as problem:
            raise DarajaFailed(str(problem) or "no token", sent=False) from None
        except http.HttpFailed as problem:
            raise DarajaFailed(problem.reason, sent=problem.sent) from None

    def _send(self, path: str, body: dict[str, Any], token: str) -> http.Reply:
        return http.request(
            "POST",
            self.app.base_url + path,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            body=json.dumps(body).encode(),
            timeouts=TIMEOUTS,
            max_bytes=PULL_BYTES_MAX,
            trusted=True,
        )


def _is_stale(reply: http.Reply) -> bool:
    """Say whether the token was refused before anything was looked at."""
    said = _body(reply)
    code, message = str(said.get("errorCode", "")), str(said.get("errorMessage", ""))
    return classify("push", reply.status, code, message).verdict is Verdict.STALE


# A reply may be of any shape.
def _body(reply: http.Reply) -> dict[str, Any]:
    try:
        said = read_json(reply.body)
    except Unreadable:
        return {}
    return said if isinstance(said, dict) else {}


def _code(said: dict[str, Any]) -> str:
    return str(said.get("errorCode") or said.get("ResponseCode", ""))


def _conversation(said: dict[str, Any]) -> str:
    return str(said.get("ConversationID", ""))[:64]


def _taken(said: dict[str, Any]) -> Taken:
    return Taken(_conversation(said), str(said.get("OriginatorConversationID", ""))[:64])


def _eat(at: datetime) -> str:
    return at.astimezone(NAIROBI).strftime("%Y-%m-%d %H:%M:%S")
