"""The ways in which the simulator can be made to misbehave, one phone at a time."""

from dataclasses import dataclass, fields
from typing import Any, Literal

PROMPT_SECONDS = 60.0
DUPLICATES_MAX = 100


@dataclass(frozen=True, slots=True)
class Traps:
    """What goes wrong with the payments of one phone; nothing by default."""

    duplicate: int = 1
    callback_before_reply: bool = False
    delay_seconds: float = 0.0
    lose_callback: bool = False
    prompt_seconds: float = PROMPT_SECONDS
    reply_lost: bool = False
    same_amount_rule: bool = False
    auto: Literal["", "pin", "cancel", "wrong_pin"] = ""
    c2b_for_push: Literal["", "before", "together", "after"] = ""
    lose_confirmation: bool = False
    no_validation: bool = False
    hide_from_pull: bool = False


class TrapError(ValueError):
    """Somebody asked for a trap that does not exist."""


def read_traps(
    asked: dict[str, Any],
) -> Traps:  # JSON from a client: any shape until it is checked.
    """Check the names and the types of the traps asked for."""
    known = {field.name: field.default for field in fields(Traps)}
    for name, value in asked.items():
        if name not in known:
            raise TrapError(f"There is no trap named {name}.")
        if not is_like(value, known[name]):
            raise TrapError(f"The trap {name} cannot be {value!r}.")
    traps = Traps(**asked)
    if traps.auto not in ("", "pin", "cancel", "wrong_pin"):
        raise TrapError(f"The trap auto cannot be {traps.auto!r}.")
    if traps.c2b_for_push not in ("", "before", "together", "after"):
        raise TrapError(f"The trap c2b_for_push cannot be {traps.c2b_for_push!r}.")
    if not 1 <= traps.duplicate <= DUPLICATES_MAX:
        raise TrapError(f"The trap duplicate goes from 1 to {DUPLICATES_MAX}.")
    return traps


def is_like(value: object, default: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, str)
