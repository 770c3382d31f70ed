"""What a leg hears next: an order whose sounds are there goes out, another waits for its sounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernel.work import enqueue
from telephony import orders, sounds
from telephony.interpreter.prompts import Prompt
from telephony.models import Session

# Of the order itself, and of nobody else.
OWN = ("kind", "prompts", "also")


# An order is an engine command without its leg and files.
def hear(session: Session, order: dict[str, Any], prompts: Iterable[Prompt]) -> None:
    """Send an order whose sounds are there, or keep it until a worker has made them.

    A leg named as `also` hears the same at the same time.
    """
    prompts = tuple(prompts)
    keys = [sounds.key_of(prompt) for prompt in prompts]
    if all(key in session.sounds for key in keys):
        send(session, order, [session.sounds[key] for key in keys])
        return
    plain = [sounds.prompt_as_json(prompt) for prompt in prompts]
    session.pending = {**order, "prompts": plain}
    session.save(update_fields=["pending", "updated_at"])
    enqueue("telephony.make_sounds", session.call_id)


# An order is an engine command without its leg and files.
def send(session: Session, order: dict[str, Any], files: list[str]) -> None:
    """Write an order with its sounds."""
    fields = {name: value for name, value in order.items() if name not in OWN}
    if order["kind"] == "play" and not files:
        # Nothing could be made audible: an instant of silence moves the document on.
        orders.write(session.leg_id, "play", **fields, silence_ms=20)
        return
    for leg_id in (session.leg_id, order.get("also")):
        if leg_id:
            orders.write(leg_id, order["kind"], **fields, files=files)
