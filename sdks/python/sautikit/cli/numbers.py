"""`sautikit numbers`: see, claim, route and release numbers."""

from __future__ import annotations

from itertools import islice
from typing import Any

from sautikit import types
from sautikit.cli import keys
from sautikit.cli.exits import DONE, Stop
from sautikit.cli.line import Group, Line, add_limit, add_yes
from sautikit.cli.output import Column, named
from sautikit.cli.words import moment, money, plain
from sautikit.client import Sautikit

COLUMNS = (
    named("Number", "e164"),
    named("Status", "status"),
    named("Mode", "mode"),
    Column(
        "A month", lambda row: money(row["monthly_price_minor"], row["currency"]), is_number=True
    ),
    named("Voice URL", "voice_callback_url"),
    named("Id", "id"),
)
AVAILABLE = (
    named("Number", "e164"),
    named("Country", "country"),
    Column(
        "A month", lambda row: money(row["monthly_price_minor"], row["currency"]), is_number=True
    ),
    Column("Today", lambda row: today(row["quote"], row["currency"]), is_number=True),
    Column(
        "A minute",
        lambda row: money(row["outbound_per_min_minor"], row["currency"]),
        is_number=True,
    ),
)
# What each option of `routing` changes.
ROUTES = {
    "voice_url": ("voice_callback_url", "asked what a call is to do"),
    "fallback_url": ("voice_fallback_url", "asked when the voice URL fails"),
    "events_url": ("events_url", "gets the events of this number"),
    "ring_client": ("ring_client", "the browser client that rings without a voice URL"),
    "forward_to": ("forward_to", "who is called without a voice URL"),
}


def add(group: Group) -> None:
    """Put the commands on the line."""
    numbers = group.group("numbers", "see, claim, route and release numbers")
    numbers.command("list", "list the numbers you hold", show)
    pool = numbers.command("available", "list numbers that can be claimed", show_available)
    pool.add_argument("--contains", metavar="DIGITS", help="these digits somewhere in it")
    add_limit(pool)
    claiming = numbers.command(
        "claim",
        "claim a number and pay the rest of the month",
        claim,
        examples=("sautikit numbers claim +254200000000 --voice-url https://example.com/voice",),
    )
    claiming.add_argument("number", metavar="NUMBER", help="one of `numbers available`")
    claiming.add_argument("--voice-url", metavar="URL", help="asked what a call is to do")
    claiming.add_argument("--events-url", metavar="URL", help="gets the events of this number")
    add_yes(claiming)
    releasing = numbers.command("release", "give a number back; unused days are refunded", release)
    releasing.add_argument("number", metavar="NUMBER", help="the number, or its id")
    add_yes(releasing)
    routing = numbers.command(
        "routing",
        "show or change where calls and events of a number go",
        route,
        examples=("sautikit numbers routing +254200000000 --voice-url https://example.com/voice",),
    )
    routing.add_argument("number", metavar="NUMBER", help="the number, or its id")
    for option, (_field, about) in ROUTES.items():
        flag = "--" + option.replace("_", "-")
        routing.add_argument(flag, metavar="VALUE", help=f"{about}; none takes it away")


def show(line: Line) -> int:
    """Print the numbers that are held."""
    held = line.client.numbers.list()["numbers"]
    line.out.table(held, COLUMNS, empty="You hold no number.")
    return DONE


def show_available(line: Line) -> int:
    """Print numbers that can be claimed, and what that costs today."""
    options = line.options
    found = line.client.numbers.available(contains=options.contains, limit=min(options.limit, 100))
    line.out.table(islice(found, options.limit), AVAILABLE, empty="No number is available.")
    return DONE


# A quote of the API.
def today(quote: Any, currency: str) -> str:
    return money(quote["net_minor"] + quote["vat_minor"], currency)


def claim(line: Line) -> int:
    """Claim a number, after the price was confirmed."""
    options, client = line.options, line.client
    offered = client.numbers.available(contains=options.number.lstrip("+"), limit=1).page()
    for it in offered["available"]:
        price = today(it["quote"], it["currency"])
        monthly = money(it["monthly_price_minor"], it["currency"])
        keys.confirm(
            options, f"Claim {it['e164']} for {price} today and {monthly} a month before VAT?"
        )
    wishes: dict[str, Any] = {}
    if options.voice_url:
        wishes["voice_callback_url"] = options.voice_url
    if options.events_url:
        wishes["events_url"] = options.events_url
    got = client.numbers.claim(e164=options.number, **wishes)
    charge, currency = got["charge"], got["currency"]
    line.out.say(
        f"{got['e164']} is yours for {today(charge, currency)}. "
        f"The wallet holds {money(charge['balance_after_minor'], currency)}.",
        **got,
    )
    return DONE


def release(line: Line) -> int:
    """Give a number back, after that was confirmed."""
    options, client = line.options, line.client
    held = find(client, options.number)
    keys.confirm(options, f"Release {held['e164']}? Somebody else may claim it.")
    gone = client.numbers.release(held["id"])
    refund = today(gone["refund"], held["currency"])
    line.out.say(f"{gone['e164']} is released; {refund} came back.", **gone)
    return DONE


def route(line: Line) -> int:
    """Change what was named; without a change print where calls and events go."""
    options, client = line.options, line.client
    held = find(client, options.number)
    wishes: dict[str, Any] = {}
    for option, (field, _about) in ROUTES.items():
        value = getattr(options, option)
        if value is not None:
            wishes[field] = None if value == "none" else value
    now = client.numbers.set_routing(held["id"], **wishes) if wishes else held
    line.out.object(now, facts_of(now))
    return DONE


def find(client: Sautikit, name: str) -> types.TenantNumber:
    """Return the held number of this id or these digits. Raises Stop."""
    if not name.startswith("+"):
        return client.numbers.get(name)
    for it in client.numbers.list()["numbers"]:
        if it["e164"] == name:
            return it
    raise Stop(f"You do not hold {plain(name)}.", code="not_held")


def facts_of(it: types.TenantNumber) -> list[tuple[str, str]]:
    """Return what people want to know of a number."""
    return [
        ("Number", plain(it["e164"])),
        ("Id", plain(it["id"])),
        ("Status", f"{it['status']} in {it['mode']} mode"),
        ("Claimed", moment(it["claimed_at"])),
        ("Voice URL", plain(it["voice_callback_url"])),
        ("Fallback URL", plain(it["voice_fallback_url"])),
        ("Events URL", plain(it["events_url"])),
        ("Rings client", plain(it["ring_client"])),
        ("Forwards to", plain(it["forward_to"])),
    ]
