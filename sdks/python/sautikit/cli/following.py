"""Following a call: what happens in it, as it happens, until it is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sautikit.cli.exits import DONE, FAILED
from sautikit.cli.output import Output
from sautikit.cli.words import clock, money, plain, seconds
from sautikit.client import Sautikit

ENDED = ("busy", "canceled", "completed", "failed", "no_answer")
LOOK_EVERY_SECONDS = 1.0
DETAIL_MAX = 90


@dataclass(frozen=True)
class Happened:
    """One line of a call's time line."""

    at: str
    kind: str
    payload: dict[str, Any]


def follow(client: Sautikit, call_id: str, *, stream_url: str = "") -> Iterator[Happened]:
    """Give what happens until the call is over, over the stream when there is one."""
    if stream_url:
        for message in client.stream(stream_url):
            yield Happened(message.data["occurred_at"], message.data["event"], message.data["data"])
        return
    seen = 0
    while True:
        call = client.calls.get(call_id)
        for event in call["events"]:
            if event["number"] > seen:
                seen = event["number"]
                yield Happened(event["occurred_at"], event["kind"], event["payload"])
        if call["status"] in ENDED:
            return
        time.sleep(LOOK_EVERY_SECONDS)


def watch(client: Sautikit, out: Output, call_id: str, *, stream_url: str = "") -> int:
    """Print the time line and how the call ended; FAILED unless somebody talked."""
    for it in follow(client, call_id, stream_url=stream_url):
        out.say(line_of(it), occurred_at=it.at, event=it.kind, data=it.payload)
    call = client.calls.get(call_id)
    cost = money(call["cost_minor"], call["cost_currency"])
    told = f"The call is over: {call['status']}, {seconds(call['duration_seconds'])}, {cost}."
    if call["failure_code"]:
        told += f" {plain(call['failure_code'])}"
    out.say(
        told,
        call_id=call["id"],
        status=call["status"],
        duration_seconds=call["duration_seconds"],
        cost_minor=call["cost_minor"],
        cost_currency=call["cost_currency"],
        failure_code=call["failure_code"],
    )
    return DONE if call["status"] == "completed" else FAILED


def line_of(it: Happened) -> str:
    """Write one line: when, what, and the facts that fit."""
    facts = [
        f"{name}={plain(value)}"
        for name, value in it.payload.items()
        if value not in (None, "", [], {}) and not isinstance(value, (dict, list))
    ]
    detail = " ".join(facts)
    short = detail if len(detail) <= DETAIL_MAX else detail[: DETAIL_MAX - 1] + "…"
    return f"{clock(it.at)}  {it.kind:<22} {short}".rstrip()
