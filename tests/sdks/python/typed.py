"""Never run, only checked: the types let through what is right and refuse what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime

from sautikit import AsyncSautikit, Sautikit, SautikitError, sauti, voice, voice_response


def right(sautikit: Sautikit) -> None:
    placed = sautikit.calls.create(from_="+254200000000", to=["+254712345678"], idempotency_key="k")
    text: str = placed["call_id"]
    for call in sautikit.calls.list(direction="inbound", from_=datetime.now(UTC)):
        cost: int | None = call["cost_minor"]
        print(text, cost, call["status"] == "completed")
    page = sautikit.events.list(after=0).page()
    print(page["data"][0]["event"], page["next_cursor"])
    sautikit.numbers.set_routing("id", voice_callback_url=None)
    sautikit.voice.validate(voice().say("a", language="sw-KE").redirect("/next").to_dict())
    digits = sauti.get_digits(num_digits=1, nested=[sauti.say("a"), sauti.pause(length=2)])
    print(voice_response(digits, sauti.hangup())["actions"])


async def right_too(sautikit: AsyncSautikit) -> None:
    balance = await sautikit.wallet.balance()
    minor: int = balance["available_minor"]
    async for row in sautikit.wallet.statements(kind="call"):
        print(minor, row["amount_minor"])
    page = await sautikit.calls.list()
    print(page["data"])


def wrong(sautikit: Sautikit, problem: SautikitError) -> None:
    sautikit.calls.create(to="+254712345678")  # type: ignore[call-arg]
    sautikit.calls.list(direction="sideways")  # type: ignore[arg-type]
    sauti.dial(number="+254712345678", numbers=["+254722000000"])  # type: ignore[call-overload]
    sauti.get_digits(nested=[sauti.hangup()])  # type: ignore[list-item]
    voice().sing("a")  # type: ignore[attr-defined]
    status: str = problem.status  # type: ignore[assignment]
    print(status)
