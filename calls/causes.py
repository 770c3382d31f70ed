"""Why a call ended, in the words of the contract: from SIP codes and from who ended it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an unanswered call ends: the event of its machine, the reason, the hang-up cause."""

    event: str
    reason: str
    cause: str


BUSY = Outcome("meet_busy", "busy", "user_busy")
REJECTED = Outcome("fail", "rejected", "call_rejected")
NO_ANSWER = Outcome("time_out", "no_answer", "no_answer")
CANCELED = Outcome("cancel", "canceled", "originator_cancel")
INVALID = Outcome("fail", "invalid_number", "unallocated_number")
TIMEOUT = Outcome("fail", "timeout", "recovery_on_timer_expire")
NETWORK = Outcome("fail", "network", "network_out_of_order")
ENGINE_LOST = Outcome("fail", "engine_lost", "destination_out_of_order")

# Provider codes are translated here and nowhere else; an unknown one is a network failure.
_BY_SIP_CODE = {
    403: REJECTED,
    404: INVALID,
    408: NO_ANSWER,
    410: INVALID,
    480: NO_ANSWER,
    484: INVALID,
    486: BUSY,
    504: TIMEOUT,
    600: BUSY,
    603: REJECTED,
    604: INVALID,
}
# An engine that ends a leg itself says why with a SIP code; without one it was stopped or lost.
_BY_ENDED_BY = {"ring_timeout": NO_ANSWER, "lease": ENGINE_LOST, "lost": ENGINE_LOST}
_LOSSES = ("lease", "lost", "engine")
# What survives when several legs failed in different ways: the most telling one.
_TELLING = (BUSY, REJECTED, NO_ANSWER, TIMEOUT, INVALID, NETWORK, ENGINE_LOST, CANCELED)


def of_unanswered(*, direction: str, sip_code: int | None, ended_by: str) -> Outcome:
    """Say how a leg that never answered ended."""
    if ended_by in _BY_ENDED_BY:
        return _BY_ENDED_BY[ended_by]
    if ended_by == "engine" and sip_code in (None, 487):
        return ENGINE_LOST
    if ended_by == "engine" and sip_code == 408:
        # Not a word came back: nobody there rang.
        return TIMEOUT
    if direction == "inbound":
        return CANCELED if ended_by == "remote" else _BY_SIP_CODE.get(sip_code or 0, REJECTED)
    if ended_by == "local" or sip_code == 487:
        return CANCELED
    return _BY_SIP_CODE.get(sip_code or 0, NETWORK)


def of_answered(ended_by: str) -> str:
    """Name the hang-up cause of a conversation."""
    if ended_by in _LOSSES:
        return ENGINE_LOST.cause
    return "allotted_timeout" if ended_by == "paid_until" else "normal_clearing"


def is_loss(ended_by: str) -> bool:
    """Say whether the platform, not a person or the money, ended the call."""
    return ended_by in _LOSSES


def most_telling(outcomes: list[Outcome]) -> Outcome:
    return min(outcomes, key=_TELLING.index)
