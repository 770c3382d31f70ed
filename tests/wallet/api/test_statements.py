import uuid
from datetime import timedelta

import pytest

from kernel import clock
from tests import world
from wallet.services import charge, credit

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/wallet/statements"


def spend(where, key, net_minor=203, vat_minor=32, **more):
    return charge(
        workspace_id=where.id, mode="live", net_minor=net_minor, vat_minor=vat_minor, kind="call",
        key=key, description="Call to +254700000000", **more,
    )  # fmt: skip


def test_it_works():
    acme = world.acme()
    world.fund(acme, 10_000)
    call_id = uuid.uuid4()
    posting = spend(acme, "call-1", call_id=call_id)
    rows = world.api(acme, scopes=["wallet.read"]).get(PATH).json()["data"]
    assert [row["kind"] for row in rows] == ["call", "adjustment"]
    created = rows[0].pop("created_at")
    assert created.endswith("Z")
    assert rows[0] == {
        "id": str(posting.id),
        "kind": "call",
        "direction": "debit",
        "amount_minor": 235,
        "net_minor": 203,
        "vat_minor": 32,
        "balance_after_minor": 9_765,
        "currency": "KES",
        "call_id": str(call_id),
        "number_id": None,
        "topup_id": None,
        "description": "Call to +254700000000",
        "basis": None,
    }
    assert rows[1]["direction"] == "credit"


def test_the_pages_form_one_chain():
    acme = world.acme()
    world.fund(acme, 10_000)
    for index in range(11):
        spend(acme, f"call-{index}")
    api = world.api(acme)
    rows, cursor = [], None
    while True:
        body = api.get(PATH, {"limit": "5"} | ({"cursor": cursor} if cursor else {})).json()
        rows += body["data"]
        cursor = body["next_cursor"]
        if cursor is None:
            break
    assert len(rows) == 12
    balance = 0
    for row in reversed(rows):
        balance += row["amount_minor"] * (1 if row["direction"] == "credit" else -1)
        assert row["balance_after_minor"] == balance


def test_it_filters_by_kind_and_time():
    acme = world.acme()
    world.fund(acme, 10_000)
    spend(acme, "call-1")
    credit(
        workspace_id=acme.id,
        mode="live",
        net_minor=100,
        vat_minor=16,
        kind="rental_refund",
        key="r",
        description="Refund",
    )
    api = world.api(acme)

    def kinds(**query):
        return [row["kind"] for row in api.get(PATH, query).json()["data"]]

    assert kinds(kind="call") == ["call"]
    assert kinds(kind="call,rental_refund") == ["rental_refund", "call"]
    today = clock.nairobi_today().isoformat()
    assert len(kinds(**{"from": today, "to": today})) == 3
    later = clock.rfc3339(clock.now() + timedelta(minutes=1))
    assert kinds(**{"from": later}) == []
    assert len(kinds(to=later)) == 3


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "suspense"},
        {"kind": "x"},
        {"from": "yesterday"},
        {"to": "2026-13-40"},
        {"from": "2026-11-22T10:00:00"},
        {"limit": "0"},
        {"cursor": "x"},
    ],
)
def test_it_rejects_bad_input(query):
    reply = world.api(world.acme()).get(PATH, query)
    assert (reply.status_code, world.code_of(reply)) == (400, "validation.bad_request")


def test_it_requires_auth():
    assert world.Api().get(PATH).status_code == 401


def test_it_requires_scope():
    assert world.api(world.acme(), scopes=["calls.read"]).get(PATH).status_code == 403


def test_it_hides_other_workspaces():
    world.fund(world.acme(), 10_000)
    assert world.api(world.chege()).get(PATH).json()["data"] == []
