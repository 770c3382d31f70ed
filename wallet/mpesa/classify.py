"""What an answer of Daraja means: decided on endpoint, HTTP status, code and message together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wallet.mpesa.results import PAID, STILL_PROCESSING, result_of


class Verdict(Enum):
    """What we may do next."""

    ACCEPTED = "the push is queued, or the token is ours"
    REFUSED = "nothing was shown to the payer and nothing will be"
    STALE = "refused before processing: get a token and send once more"
    THROTTLED = "refused before processing: wait a little and send again"
    UNKNOWN = "it may have been acted on: never send it again"
    PENDING = "no answer yet"
    SAYS_PAID = "the query says paid, which proves nothing"
    SAYS_FAILED = "the query names a failure"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, its public reason if it failed, and whether an operator must act."""

    verdict: Verdict
    reason: str = ""
    is_alarm: bool = False


_ACCEPTED = Outcome(Verdict.ACCEPTED)
_STALE = Outcome(Verdict.STALE)
_THROTTLED = Outcome(Verdict.THROTTLED, "provider_busy")
_UNKNOWN = Outcome(Verdict.UNKNOWN)
_PENDING = Outcome(Verdict.PENDING)
_SETUP = Outcome(Verdict.REFUSED, "setup_error", is_alarm=True)
_PAYER_BUSY = Outcome(Verdict.REFUSED, "payer_busy")

_AUTH = frozenset({"404.001.03", "400.003.01", "401.002.01", "401.003.01"})
# What each product of the back office says when it has taken an order.
_TAKEN = {
    "register": frozenset({"0", "00000000", "1001", "500.003.1001"}),
    "pull": frozenset({"1000", "1001"}),
    "status": frozenset({"0"}),
    "balance": frozenset({"0"}),
    "reversal": frozenset({"0"}),
    "b2c": frozenset({"0"}),
}
MONEY_OUT = frozenset({"reversal", "b2c"})
_OUR_FAULT = frozenset({"400.002.05", "404.001.01", "405.001", "400.008.01", "400.008.02"})


def classify(endpoint: str, http: int, code: str, message: str) -> Outcome:
    """Judge one answer of `token`, `push`, `query` or a product of the back office.

    `code` is the errorCode, else the ResultCode of a query, else the ResponseCode.
    """
    said = message.lower()
    if code in _AUTH:
        return _SETUP if "no apiproduct match" in said else _STALE
    if code == "500.003.03" or "quota" in said:
        return Outcome(Verdict.REFUSED, "provider_busy", is_alarm=True)
    if code == "500.003.02" or "spike arrest" in said or http == 429:
        return _THROTTLED
    if endpoint == "token":
        return _token(http)
    if endpoint == "query":
        return _query(http, code, said)
    if endpoint == "push":
        return _push(http, code, said)
    return _office(endpoint, http, code, said)


def _token(http: int) -> Outcome:
    if http == 200:
        return _ACCEPTED
    return _THROTTLED if http >= 500 else _SETUP


def _push(http: int, code: str, said: str) -> Outcome:
    if http == 200 and code == "0":
        return _ACCEPTED
    if code == "400.002.02":
        return _field_error(said)
    if code in _OUR_FAULT or "merchant does not exist" in said or "wrong credentials" in said:
        return _SETUP
    if "unable to lock subscriber" in said:
        return _PAYER_BUSY
    return _UNKNOWN


def _field_error(said: str) -> Outcome:
    if "phonenumber" in said or "partya" in said:
        return Outcome(Verdict.REFUSED, "phone_refused")
    if "amount" in said:
        return Outcome(Verdict.REFUSED, "amount_limit")
    return _SETUP


def _query(http: int, code: str, said: str) -> Outcome:
    if code in STILL_PROCESSING or http >= 400 or "being processed" in said:
        return _PENDING
    if code == PAID:
        return Outcome(Verdict.SAYS_PAID)
    result = result_of(code)
    if result is None:
        return _PENDING
    return Outcome(Verdict.SAYS_FAILED, result.reason, result.is_alarm)


def _office(endpoint: str, http: int, code: str, said: str) -> Outcome:
    """Judge an order of the back office; one that may have moved money is not known to be refused."""
    if code in _TAKEN[endpoint]:
        return _ACCEPTED
    if code in _OUR_FAULT or "wrong credentials" in said or "merchant does not exist" in said:
        return _SETUP
    if code and 400 <= http < 500:
        return Outcome(Verdict.REFUSED, "setup_error")
    # Also `500.002.1001`: Daraja has the order of this id already.
    return _UNKNOWN if endpoint in MONEY_OUT else _PENDING
