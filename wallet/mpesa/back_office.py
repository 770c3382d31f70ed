"""The back-office products of Daraja: C2B registration, Pull, reversal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from kernel import http
from kernel.clock import NAIROBI
from wallet.mpesa.classify import Verdict, classify
from wallet.mpesa.client import TIMEOUTS, App, TokenRefused, Tokens
from wallet.mpesa.parse import PullPage, Unreadable, parse_pull, read_json

REVERSAL_PATH = "/mpesa/reversal/v1/request"
PULL_PATH = "/pulltransactions/v1/query"
# Rows of a Pull come in one reply; a page is some hundred of them.
PULL_BYTES_MAX = 2 * 1024 * 1024
# Registered before counts as registered.
ALREADY = frozenset({"1001", "500.003.1001"})


class DarajaFailed(Exception):
    """Daraja did not do it; `sent` says whether it may have acted all the same."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


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
        said = _body(self._post(f"/mpesa/c2b/{version}/registerurl", body))
        code = str(said.get("ResponseCode", said.get("errorCode", "none")))
        if code.strip("0") and code not in ALREADY:
            reason = said.get("errorMessage") or said.get("ResponseDescription")
            raise DarajaFailed(f"C2B registration refused: {code} {reason}", sent=False)
        return code

    def pull(self, *, since: datetime, until: datetime, offset: int) -> PullPage:
        """Return one page of the payments of a window of at most 48 hours. Raises DarajaFailed."""
        body = {
            "ShortCode": self.app.shortcode,
            "StartDate": _eat(since),
            "EndDate": _eat(until),
            "OffSetValue": str(offset),
        }
        reply = self._post(PULL_PATH, body)
        try:
            return parse_pull(reply.body, shortcode=self.app.shortcode)
        except Unreadable as problem:
            # A 500 may also mean that there is nothing.
            raise DarajaFailed(f"Pull: HTTP {reply.status}, {problem}", sent=True) from None

    def reverse(
        self, *, initiator: str, receipt_no: str, shillings: int, result_url: str, remarks: str
    ) -> str:
        """Ask M-Pesa to send one payment back and return the conversation's id. Raises DarajaFailed.

        `initiator` is the operator's name and its SecurityCredential with a colon between.
        """
        name, _, credential = initiator.partition(":")
        body = {
            "Initiator": name,
            "SecurityCredential": credential,
            "CommandID": "TransactionReversal",
            "TransactionID": receipt_no,
            "Amount": shillings,
            "ReceiverParty": self.app.shortcode,
            # The misspelling is Daraja's; the right one is refused.
            "RecieverIdentifierType": "11",
            "ResultURL": result_url,
            "QueueTimeOutURL": result_url,
            "Remarks": remarks[:100],
            "Occasion": "Refund",
        }
        reply = self._post(REVERSAL_PATH, body)
        said = _body(reply)
        if str(said.get("ResponseCode")) == "0":
            return str(said.get("ConversationID", ""))
        is_refused = bool(said.get("errorCode")) and reply.status < 500
        raise DarajaFailed(f"{said.get('errorCode', reply.status)}", sent=not is_refused)

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


def _eat(at: datetime) -> str:
    return at.astimezone(NAIROBI).strftime("%Y-%m-%d %H:%M:%S")
