"""`sautikit topup`: pay in with M-Pesa, and see what really became of it."""

from __future__ import annotations

import argparse
import time

from sautikit import types
from sautikit.cli.exits import DONE, FAILED, LATE
from sautikit.cli.line import Group, Line, count
from sautikit.cli.words import money, plain
from sautikit.client import Sautikit

WAIT_SECONDS = 180
LOOK_EVERY_SECONDS = 2


def add(group: Group) -> None:
    """Put the command on the line."""
    command = group.command(
        "topup",
        "ask a phone to pay into the wallet with M-Pesa",
        run,
        examples=("sautikit topup 500 --phone +254712345678",),
    )
    command.add_argument("amount", metavar="AMOUNT", type=shillings, help="whole shillings")
    command.add_argument("--phone", metavar="NUMBER", required=True, help="which phone is asked")
    command.add_argument(
        "--wait", metavar="SECONDS", type=count, default=WAIT_SECONDS,
        help=f"how long to wait for the person ({WAIT_SECONDS})",
    )  # fmt: skip
    command.add_argument("--idempotency-key", metavar="KEY", help="asks the phone once")


def shillings(text: str) -> int:
    """Read an amount in shillings; gives it in cents, as the API counts."""
    plain_text = text.replace(",", "")
    if not plain_text.isdigit() or int(plain_text) < 1:
        raise argparse.ArgumentTypeError("must be whole shillings, such as 500")
    return int(plain_text) * 100


def run(line: Line) -> int:
    """Start a top-up and wait for its end."""
    options, client = line.options, line.client
    currency = client.wallet.balance()["currency"]
    started = client.topups.create(
        amount_minor=options.amount,
        currency=currency,
        phone_e164=options.phone,
        idempotency_key=options.idempotency_key,
    )
    line.out.say("", **started)
    ended = wait(line, started, options.wait)
    if ended["status"] == "confirmed":
        said = f"{money(ended['amount_minor'], currency)} came in"
        if ended["provider_reference"]:
            said += f" with M-Pesa receipt {plain(ended['provider_reference'])}"
        line.out.say(f"{said}. The wallet holds {available(client)}.", **ended)
        return DONE
    if ended["status"] == "failed":
        line.out.say(f"Nothing was paid: {plain(ended['failure_reason'])}.", **ended)
        return FAILED
    told = f"No answer in {options.wait} s. If the money comes later it is booked all the same: "
    line.out.say(f"{told}see top-up {ended['topup_id']} with `sautikit wallet statement`.", **ended)
    return LATE


def wait(line: Line, topup: types.TopUp, patience: int) -> types.TopUp:
    """Show how long the phone has been asked, until the top-up is decided or patience ends."""
    began = time.monotonic()
    amount = money(topup["amount_minor"], topup["currency"])
    asked = f"{plain(topup['phone_e164'])} is asked for {amount}: enter the PIN there"
    while topup["status"] == "pending":
        gone = time.monotonic() - began
        if gone >= patience:
            break
        line.out.progress(asked, since=f" … {gone:.0f} s")
        pause = topup["retry_after_s"] or LOOK_EVERY_SECONDS
        time.sleep(min(pause, LOOK_EVERY_SECONDS, patience - gone))
        topup = line.client.topups.get(topup["topup_id"])
    return topup


def available(client: Sautikit) -> str:
    now = client.wallet.balance()
    return money(now["available_minor"], now["currency"])
