"""The ways in which the simulator can be made to misbehave, one phone at a time."""

from dataclasses import dataclass, fields
from typing import Any

PROMPT_SECONDS = 60.0
DUPLICATES_MAX = 100
SECONDS_MAX = 3600.0

# The traps that are a choice; the first is no trap.
CHOICES = {
    "auto": ("", "pin", "cancel", "wrong_pin"),
    "push_error": ("", "busy", "spike", "quota", "locked", "no_answer", "internal", "html"),
    "query": ("", "pending", "empty", "error", "paid", "failed"),
    "c2b_for_push": ("", "before", "together", "after"),
    "phone_form": ("", "plain", "hash"),
    "pull": ("", "error", "stuck"),
}
# With these a prompt is shown all the same.
SHOWN_ALL_THE_SAME = ("no_answer", "internal", "html")


@dataclass(frozen=True, slots=True)
class Traps:
    """What goes wrong with the payments of one phone; nothing by default."""

    auto: str = ""
    prompt_seconds: float = PROMPT_SECONDS
    same_amount_rule: bool = False
    token_dies: bool = False
    push_error: str = ""
    reply_lost: bool = False
    callback_before_reply: bool = False
    delay_seconds: float = 0.0
    lose_callback: bool = False
    duplicate: int = 1
    reorder: bool = False
    alter_amount: int = 0
    other_checkout: bool = False
    no_receipt: bool = False
    text_values: bool = False
    foreign_address: bool = False
    query: str = ""
    c2b_for_push: str = ""
    lose_confirmation: bool = False
    no_validation: bool = False
    phone_form: str = ""
    hide_from_pull: bool = False
    pull: str = ""
    lose_result: bool = False
    status_unknown: bool = False
    refuse_refund: bool = False
    extra_in_account: int = 0


class TrapError(ValueError):
    """Somebody asked for a trap that does not exist."""


def read_traps(
    asked: dict[str, Any],
) -> Traps:  # JSON from a client: any shape until it is checked.
    """Check the names and the types of the traps asked for."""
    known = defaults()
    for name, value in asked.items():
        if name not in known:
            raise TrapError(f"There is no trap named {name}.")
        if not is_like(value, known[name]) or value not in CHOICES.get(name, (value,)):
            raise TrapError(f"The trap {name} cannot be {value!r}.")
    traps = Traps(**asked)
    if not 1 <= traps.duplicate <= DUPLICATES_MAX:
        raise TrapError(f"The trap duplicate goes from 1 to {DUPLICATES_MAX}.")
    if max(traps.delay_seconds, traps.prompt_seconds) > SECONDS_MAX:
        raise TrapError(f"Seconds go up to {SECONDS_MAX:.0f}.")
    return traps


def defaults() -> dict[str, Any]:  # A trap is a flag, a number or a word.
    """Return every trap with what it is when it is not set."""
    return {field.name: field.default for field in fields(Traps)}


def is_like(value: object, default: object) -> bool:
    """Say whether a value has the type of a trap; only the amount may be below zero."""
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if isinstance(default, int):
        return type(value) is int
    return isinstance(value, str)
