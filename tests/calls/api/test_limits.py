"""The door of limits: who may set them, what it says, and a stolen key in a hurry."""

import pytest

from calls.models import Call, CallPolicy
from kernel.models import Event
from tests import world
from tests.calls import story
from wallet.models import Limit

pytestmark = pytest.mark.django_db


def manager(where, **options):
    return world.api(where, scopes=["api_keys.manage", "wallet.read", "calls.write"], **options)


def test_limits_are_set_read_and_taken_away():
    where = world.acme()
    client = manager(where)
    empty = client.get("/v1/wallet/limits").json()
    assert (empty["day_minor"], empty["keys"], empty["destinations"]) == (None, [], ["+254"])
    caps = {"day_minor": 500_000, "call_minor": 10_000, "minute_minor": 300}
    answer = client.put("/v1/wallet/limits", caps)
    assert answer.status_code == 200
    assert answer.json() | caps == answer.json()
    assert client.put("/v1/wallet/limits", {}).json()["day_minor"] is None


def test_a_key_gets_limits_of_its_own():
    where = world.acme()
    issued = world.issue(where, label="till")
    answer = manager(where).put(f"/v1/api-keys/{issued.key.id}/limits", {"day_minor": 5_000})
    (row,) = answer.json()["keys"]
    assert (row["label"], row["day_minor"], row["committed_minor"]) == ("till", 5_000, 0)
    other = world.issue(world.chege())
    answer = manager(where).put(f"/v1/api-keys/{other.key.id}/limits", {"day_minor": 5_000})
    assert (answer.status_code, world.code_of(answer)) == (404, "api_key.not_found")


def test_a_usual_key_cannot_raise_its_own_limit():
    where = world.acme()
    issued = world.issue(where)
    answer = world.Api(issued.secret).put(f"/v1/api-keys/{issued.key.id}/limits", {})
    assert (answer.status_code, world.code_of(answer)) == (403, "api_key.scope_denied")
    assert world.Api(issued.secret).put("/v1/wallet/limits", {}).status_code == 403


@pytest.mark.parametrize("wrong", [-1, 1.5, "100", True, 2**60])
def test_an_amount_that_is_no_whole_number_of_cents_is_refused(wrong):
    answer = manager(world.acme()).put("/v1/wallet/limits", {"day_minor": wrong})
    assert (answer.status_code, world.code_of(answer)) == (400, "wallet.invalid_amount")
    assert not Limit.objects.exists()


def test_a_number_is_listed_refused_and_taken_off_again():
    where = world.acme()
    number = world.claim(where)
    story.drain(where, 10_000)
    client = world.api(where)
    body = {"numbers": [story.FRIEND, story.OTHER], "reason": "asked on the phone"}
    assert client.post("/v1/do-not-call", body).json() == {"added": 2, "known": 0}
    assert client.post("/v1/do-not-call", body).json() == {"added": 0, "known": 2}
    listed = client.get("/v1/do-not-call").json()["data"]
    assert {row["e164"] for row in listed} == {story.FRIEND, story.OTHER}
    call = {"from": number.e164, "to": story.FRIEND}
    answer = client.post("/v1/calls", call)
    assert (answer.status_code, world.code_of(answer)) == (403, "calls.do_not_call")
    assert client.delete(f"/v1/do-not-call/{story.FRIEND}").status_code == 204
    assert client.post("/v1/calls", call).status_code == 202
    answer = client.delete(f"/v1/do-not-call/{story.FRIEND}")
    assert (answer.status_code, world.code_of(answer)) == (404, "calls.do_not_call_not_found")
    bad = client.post("/v1/do-not-call", {"numbers": ["0712345678"]})
    assert bad.json()["error"]["fields"][0]["path"] == "numbers[0]"


@pytest.mark.django_db(transaction=True)
def test_a_thousand_calls_from_a_stolen_key_spend_no_more_than_its_limit(settings):
    settings.API_KEY_REQUESTS_PER_SECOND = settings.API_KEY_BURST = 100_000
    where = world.acme()
    number = world.claim(where)
    story.drain(where, 10_000_000)
    CallPolicy.objects.create(
        workspace=where.workspace, calls_per_second=100_000, concurrent_calls_max=100_000
    )
    stolen = world.issue(where)
    manager(where).put(f"/v1/api-keys/{stolen.key.id}/limits", {"day_minor": 10_000})
    before = story.money(where)
    codes = []

    def thief(_index):
        client = world.Api(stolen.secret)
        for _ in range(125):
            answer = client.post("/v1/calls", {"from": number.e164, "to": story.FRIEND})
            codes.append(answer.status_code if answer.status_code == 202 else world.code_of(answer))

    failures = [each for each in world.together(8, thief) if each is not None]
    assert failures == []
    after = story.money(where)
    placed = codes.count(202)
    assert (len(codes), set(codes)) == (1_000, {202, "wallet.limit_reached"})
    assert after.balance_minor == before.balance_minor
    assert after.held_minor == 10_000
    assert placed == Call.objects.count() == 34
    assert Event.objects.filter(kind="wallet.limit_reached").count() == 1
    # Every one of them is answered and talks for longer than was paid.
    for call in Call.objects.all():
        story.end(story.answer(call), connected_ms=600_000)
    spent = before.balance_minor - story.money(where).balance_minor
    assert spent == 10_000
    print(f"1,000 requests in threads: {placed} calls placed, {spent} of {10_000} cents spent")
