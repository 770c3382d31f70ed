"""The result codes of a push: what each means in public and when to ask again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One way a push ends without money."""

    reason: str
    # Seconds until another prompt is safe; None when trying again does not help.
    again_after_seconds: int | None = 60
    # True when M-Pesa refused before any money could move.
    is_certain: bool = False
    is_alarm: bool = False


PAID = "0"
STILL_PROCESSING = frozenset({"4999", "500.001.1001"})

RESULTS: dict[str, Result] = {
    "1": Result("insufficient_funds", is_certain=True),
    "2": Result("amount_limit", is_certain=True),
    "3": Result("amount_limit", is_certain=True),
    "4": Result("daily_limit", is_certain=True),
    "8": Result("provider_error", None, is_alarm=True),
    "17": Result("too_soon", 120),
    "26": Result("provider_busy", 120),
    "1001": Result("payer_busy"),
    "1019": Result("expired", 120),
    "1025": Result("prompt_not_sent", 120),
    "9999": Result("prompt_not_sent", 120),
    "1032": Result("cancelled", is_certain=True),
    "1037": Result("no_response"),
    "2001": Result("wrong_pin", is_certain=True),
    "2028": Result("setup_error", None, is_alarm=True),
    "2029": Result("setup_error", None, is_alarm=True),
    "8006": Result("pin_locked", None, is_certain=True),
    "SFC_IC0003": Result("setup_error", None, is_alarm=True),
}

REASONS = tuple(
    dict.fromkeys([*(r.reason for r in RESULTS.values()), "phone_refused", "unknown", "expired"])
)


def result_of(code: str) -> Result | None:
    """Return what a code means; None for a code nobody has explained: it proves nothing."""
    return RESULTS.get(code)
