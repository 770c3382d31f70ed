"""Keys that are marked as marketing call from seven to seven in Nairobi, to the second."""

from datetime import UTC, datetime

import pytest
import time_machine

from calls import hours, services
from calls.errors import OutsideMarketingHours
from calls.models import Call
from tests import world
from tests.calls import story
from tests.world import code_of
from wallet.models import Hold

pytestmark = pytest.mark.django_db
# Nairobi is three hours ahead.
EDGES = {
    "06:59:59": (datetime(2026, 11, 24, 3, 59, 59, 999_999, UTC), "2026-11-24 07:00"),
    "07:00:00": (datetime(2026, 11, 24, 4, 0, 0, 0, UTC), None),
    "18:59:59": (datetime(2026, 11, 24, 15, 59, 59, 999_999, UTC), None),
    "19:00:00": (datetime(2026, 11, 24, 16, 0, 0, 0, UTC), "2026-11-25 07:00"),
    "midnight": (datetime(2026, 11, 24, 21, 0, 0, 0, UTC), "2026-11-25 07:00"),
}


@pytest.mark.parametrize(("moment", "opens"), EDGES.values(), ids=EDGES)
def test_the_hours_begin_at_seven_and_are_over_at_nineteen(moment, opens):
    found = hours.opens_at(moment)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else None) == opens


@pytest.fixture
def acme():
    where = world.acme()
    world.fund(where, 100_000)
    world.claim(where)
    return where


def place(where, *, is_marketing=True):
    secret = world.api_key(where)
    if is_marketing:
        where.workspace.api_keys.update(is_marketing=True)
    body = {"from": world.FIRST_NUMBER, "to": "+254712345678"}
    return world.Api(secret).post("/v1/calls", body)


@pytest.mark.parametrize(("moment", "opens"), EDGES.values(), ids=EDGES)
def test_a_marked_key_is_refused_outside_of_them_and_told_when_they_begin(acme, moment, opens):
    with time_machine.travel(moment, tick=False):
        answer = place(acme)
    if opens is None:
        assert answer.status_code == 202, answer.content
        return
    assert (answer.status_code, code_of(answer)) == (403, "calls.marketing_hours")
    assert f"next {opens} EAT" in answer.json()["error"]["message"]
    assert int(answer.headers["Retry-After"]) > 0
    assert not Call.objects.exists()
    assert not Hold.objects.exists()


def test_a_key_that_is_not_marked_calls_at_night(acme):
    with time_machine.travel(EDGES["midnight"][0], tick=False):
        assert place(acme, is_marketing=False).status_code == 202


def test_the_wait_is_told_to_the_second(acme):
    with time_machine.travel(datetime(2026, 11, 24, 16, 0, 0, tzinfo=UTC), tick=False):
        assert place(acme).headers["Retry-After"] == str(12 * 3600)


def test_what_a_document_dials_for_such_a_call_keeps_the_hours_too(acme):
    key = world.issue(acme).key
    acme.workspace.api_keys.update(is_marketing=True)
    with time_machine.travel(EDGES["18:59:59"][0], tick=False):
        call = services.place_call(
            workspace_id=acme.id, mode="live", from_e164=world.FIRST_NUMBER,
            to=["+254712345678"], api_key_id=key.id,
        )  # fmt: skip
        story.answer(call)
    with (
        time_machine.travel(EDGES["19:00:00"][0], tick=False),
        pytest.raises(OutsideMarketingHours),
    ):
        services.dial_call(
            parent=call, to_e164="+254722000111", caller_id="", ring_timeout_seconds=20
        )


def test_a_key_is_marked_when_it_is_made_and_passes_it_on(acme):
    browser = world.browser(acme.owner)
    made = browser.post("/v1/api-keys", {"label": "campaign", "marketing": True}).json()
    assert made["marketing"] is True
    child = world.Api(made["secret"]).post("/v1/api-keys", {"label": "child"})
    assert child.status_code in (201, 403)
    assert browser.post("/v1/api-keys", {"label": "orders"}).json()["marketing"] is False


def test_the_page_marks_a_key_and_shows_it(acme):
    browser = world.browser(acme.owner).client
    page = browser.post(
        "/settings/api-keys", {"label": "campaign", "mode": "live", "is_marketing": "on"}
    )
    assert acme.workspace.api_keys.get(label="campaign").is_marketing
    assert "marketing</span>" in browser.get("/settings/api-keys").text
    assert "For marketing" in page.text
