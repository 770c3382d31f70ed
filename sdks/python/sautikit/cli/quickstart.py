"""`sautikit quickstart`: from a key to a call that was answered, with this laptop as the server."""

from __future__ import annotations

import time

from sautikit import sauti, voice, voice_response
from sautikit.answering import Answering
from sautikit.cli import following
from sautikit.cli.exits import FAILED, MISUSED, Stop
from sautikit.cli.line import Group, Line
from sautikit.cli.topup import wait
from sautikit.cli.words import money, plain
from sautikit.client import Sautikit

# Answers every call and presses 1: contract of the test numbers.
ANSWERS_AND_PRESSES_1 = "+254711000002"
TOP_UP_MINOR = 50_000
ENOUGH_MINOR = 30_000
TOP_UP_SECONDS = 60
PHONE = "+254712345678"


def add(group: Group) -> None:
    """Put the command on the line."""
    command = group.command(
        "quickstart",
        "claim a number, place a call and watch it being answered, all in test mode",
        run,
        examples=("sautikit quickstart", "sautikit quickstart --to +254711000001"),
    )
    command.add_argument(
        "--to", metavar="NUMBER", default=ANSWERS_AND_PRESSES_1,
        help=f"one of the test numbers ({ANSWERS_AND_PRESSES_1} answers and presses 1)",
    )  # fmt: skip


def run(line: Line) -> int:
    """Walk the whole way; each step says what it did and how to do it by hand."""
    client, out = line.client, line.out
    told = client.request("GET", "/v1/auth/session")
    if told["mode"] != "test":
        raise Stop(
            "This key is live: the quickstart would call a phone and spend money. "
            "Sign in with `sautikit login`, which asks for a test key.",
            code="live_key",
            status=MISUSED,
        )
    step(line, "You are signed in", plain(told["user"]["email"]), "sautikit whoami")
    fund(line)
    number = hold_number(line)
    began = time.monotonic()
    pressed: list[str] = []

    def asked(path: str, form: dict[str, str]) -> None:
        digits = form.get("Digits", "")
        pressed.extend(digits)
        what = f"Digits={digits}" if digits else "what the call is to do"
        out.say(
            f"          your laptop was asked at {path}: {plain(what)}", asked=path, digits=digits
        )

    with Answering(client, menu(), on_asked=asked):
        placed = client.calls.create(from_=number, to=line.options.to)
        how = f"sautikit calls create --from {number} --to {line.options.to} --watch"
        step(line, "Placed a call", f"to {line.options.to}", how)
        code = following.watch(client, out, placed["call_id"], stream_url=placed["stream_url"])
    key = f" and {', '.join(pressed)} was pressed" if pressed else ""
    out.say(
        f"\nIt took {time.monotonic() - began:.0f} s{key}. "
        "Next: put your own server there with\n"
        "  sautikit listen --voice http://localhost:3000/voice\n"
        f"and read on at {client.base_url}/developers/first-call",
        quickstart="done" if code != FAILED else "failed",
        digits="".join(pressed),
        call_id=placed["call_id"],
    )
    return code


def step(line: Line, what: str, detail: str, command: str) -> None:
    line.out.say(f"{what}: {detail}\n          {command}", step=what, detail=detail)


def menu() -> dict[str, object]:
    """Return what the laptop answers: a question, and a reply to the key."""
    ask = (
        voice()
        .say("Hello from your own laptop. Press one if you can hear me.", language="en-KE")
        .get_digits(num_digits=1, timeout=8, action="/pressed")
        .say("Nothing was pressed. Good bye.")
    )
    thanks = voice_response(sauti.say("Thank you. That was your first call."), sauti.hangup())
    return {"/voice": ask.to_dict(), "/pressed": thanks}


def fund(line: Line) -> None:
    """Put test money into the wallet unless there is some. Raises Stop when it does not come."""
    client = line.client
    now = client.wallet.balance()
    if now["available_minor"] < ENOUGH_MINOR:
        topup = client.topups.create(
            amount_minor=TOP_UP_MINOR, currency=now["currency"], phone_e164=PHONE
        )
        ended = wait(line, topup, TOP_UP_SECONDS)
        if ended["status"] != "confirmed":
            raise Stop(f"The top-up is {ended['status']}.", code="no_money")
        now = client.wallet.balance()
    held = money(now["available_minor"], now["currency"])
    step(line, "The test wallet holds", held, f"sautikit topup 500 --phone {PHONE}")


def hold_number(line: Line) -> str:
    """Return a number that can call: one that is held, else one that is claimed now."""
    client = line.client
    for it in client.numbers.list()["numbers"]:
        if it["status"] == "active":
            step(line, "You hold", it["e164"], "sautikit numbers list")
            return it["e164"]
    e164 = first_available(client)
    got = client.numbers.claim(e164=e164)
    step(line, "Claimed", got["e164"], f"sautikit numbers claim {got['e164']}")
    return got["e164"]


def first_available(client: Sautikit) -> str:
    """Return a number of the pool. Raises Stop when it is empty."""
    for it in client.numbers.available(limit=1).page()["available"]:
        return it["e164"]
    raise Stop("No number can be claimed now.", code="no_number")
