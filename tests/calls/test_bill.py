"""A bill that anybody can compute again, from the words of the pricing page alone."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from calls import basis
from calls.models import Call
from calls.services import pricing
from docs.library import guide
from kernel.money import call_cost, vat_inside
from tests import world
from tests.calls import story
from wallet.invariants import WALLET
from wallet.models import Basis, Posting

pytestmark = pytest.mark.django_db

SCRIPT = Path(__file__).parent.parent / "wallet" / "recompute.py"
EDGES_MS = (0, 400, 999, 1_000, 46_500, 47_000, 59_999, 60_000)
RATES = (300, 250, 47, 1, 1999, 50)


def recomputed(calls):
    lines = "\n".join(json.dumps(each) for each in calls)
    told = subprocess.run(
        [sys.executable, "-I", SCRIPT], input=lines, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_ten_thousand_calls_cost_what_a_script_from_the_page_says():
    dice = random.Random(20261123)
    calls = [
        {
            "connected_ms": dice.choice(EDGES_MS)
            if dice.random() < 0.3
            else dice.randrange(15_000_000),
            "paid_until_seconds": dice.choice((14_400, 14_400, dice.randrange(1, 600))),
            "rate_minor_per_minute": dice.choice(RATES)
            if dice.random() < 0.7
            else dice.randrange(5000),
        }
        for _ in range(10_000)
    ]
    ours = []
    for each in calls:
        seconds = pricing.billed_seconds(each["connected_ms"], each["paid_until_seconds"])
        cost = call_cost(seconds, each["rate_minor_per_minute"])
        vat = vat_inside(cost)
        ours.append(
            {
                "billed_seconds": seconds,
                "cost_minor": cost,
                "net_minor": cost - vat,
                "vat_minor": vat,
            }
        )
    assert recomputed(calls) == ours


def test_the_page_names_every_field_and_its_own_code_computes_the_same():
    text = guide("pricing").text()
    for name in basis.of(Call(rate_minor_per_minute=300, paid_until_seconds=60)):
        assert f"`{name}`" in text or f"`{name}`," in text
    code = text.split("```python")[1].split("\n", 1)[1].split("```")[0]
    space = {}
    exec(code, space)
    assert space["bill"](46_200, 60, 300) == {
        "billed_seconds": 47, "cost_minor": 235, "net_minor": 203, "vat_minor": 32,
    }  # fmt: skip


@pytest.mark.parametrize("connected_ms", [400, 999, 1_000, 46_500, 47_000, 59_999, 60_000, 61_000])
def test_the_charge_of_a_call_keeps_what_it_was_computed_from(connected_ms):
    where = world.acme()
    call = story.answer(story.place(where), seconds_ago=50)
    call = story.end(call, connected_ms=connected_ms)
    posting = Posting.objects.select_related("basis").get(call_id=call.id)
    facts = posting.basis.facts
    (again,) = recomputed([facts])
    assert again == {
        "billed_seconds": facts["billed_seconds"],
        "cost_minor": posting.gross_minor,
        "net_minor": posting.net_minor,
        "vat_minor": posting.vat_minor,
    }
    assert call.cost_minor == again["cost_minor"]
    assert facts["rate_version"] == "outbound +254 v1"
    assert facts["ended_at_ms"] - facts["answered_at_ms"] > 0
    assert Basis.objects.filter(posting__call_id=call.id).count() == 1


def test_the_statement_and_the_call_show_it_and_so_do_their_pages():
    where = world.acme()
    call = story.end(story.answer(story.place(where), seconds_ago=46), connected_ms=46_200)
    client = world.api(where)
    row = client.get("/v1/wallet/statements?kind=call").json()["data"][0]
    billing = client.get(f"/v1/calls/{call.id}").json()["call"]["billing"]
    assert row["basis"] == billing
    assert (billing["billed_seconds"], row["amount_minor"]) == (47, 235)
    browser = world.browser(where.owner)
    wallet = " ".join(browser.get("/wallet").text.split())
    assert "47 s × KES 3.00 ÷ 60, rounded up · outbound +254, version 1" in wallet
    page = browser.get(f"/calls/{call.id}").text
    assert "46200 ms" in page
    assert "outbound +254, version 1" in page
    assert billing["rate_version"] == "outbound +254 v1"


@pytest.mark.django_db(transaction=True)
def test_a_basis_that_somebody_edits_by_hand_is_found_and_refused():
    call = story.end(story.answer(story.place(world.acme()), seconds_ago=9), connected_ms=9_000)
    posting = Posting.objects.get(call_id=call.id)
    (bills,) = [each for each in WALLET if each.name == "bills"]
    assert bills.first_broken() is None
    edit = "UPDATE wallet_basis SET facts = facts || '{\"billed_seconds\": %s}'"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(edit % 8)
    with psycopg.connect(os.environ["MIGRATION_DATABASE_URL"]) as owner:
        owner.execute("ALTER TABLE wallet_basis DISABLE TRIGGER USER")
        owner.execute(edit % 8)
        owner.execute("ALTER TABLE wallet_basis ENABLE TRIGGER USER")
    found = bills.first_broken()
    assert found is not None
    assert str(posting.id) in found
