"""The log of requests to the API: what it says, whose it is, and that nothing waits for it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.request_models import ApiRequest
from accounts.services import request_log
from kernel import bell, clock, ids
from kernel import request_log as lines
from tests import world

pytestmark = pytest.mark.django_db


def look(query="", user=None):
    return world.browser(user or world.amina()).client.get(f"/settings/requests{query}")


def test_an_empty_log_teaches_with_one_line_of_code():
    assert "/v1/wallet/balance" in look().text


def test_a_request_is_told_with_its_key_status_and_id():
    answer = world.api(world.acme(), label="My server").get("/v1/wallet/balance?secret=1")
    page = look().text
    assert "/v1/wallet/balance" in page
    assert "secret=1" not in page
    assert "My server" in page
    assert answer.headers["X-Request-Id"] in page


def test_a_refusal_links_to_what_its_code_means():
    world.api(world.acme()).get("/v1/calls/nothing")
    page = look().text
    assert "404" in page
    assert 'href="/developers/errors/calls.not_found"' in page


def test_what_became_of_a_revoked_key_is_told_too():
    made = world.issue(world.acme())
    made.key.revoked_at = clock.now()
    made.key.save()
    world.Api(made.secret).get("/v1/calls")
    assert "api_key.revoked" in look().text


def test_requests_of_nobody_and_of_others_are_not_listed():
    world.Api("tsk_live_wrong").get("/v1/calls")
    world.api(world.chege()).get("/v1/numbers")
    page = look().text
    assert "row-link" not in page
    assert "/v1/numbers<" not in page


def test_a_session_stands_in_the_log_of_its_workspace():
    world.browser(world.amina()).get("/v1/wallet/balance")
    assert ApiRequest.objects.count() == 0
    assert "console" in look().text


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("?q=calls", True),
        ("?q=webhooks", False),
        ("?outcome=refused", True),
        ("?outcome=ok", False),
        ("?method=GET", True),
        ("?method=POST", False),
        ("?q=req_unknown", False),
    ],
)
def test_the_filters_are_in_the_address(query, is_found):
    world.api(world.acme()).get("/v1/calls/nothing")
    page = look(query).text
    assert ("/v1/calls/nothing" in page) is is_found
    assert ("No request matches" in page) is not is_found


def test_the_filter_by_key_shows_that_key_only():
    one, other = world.issue(world.acme()), world.issue(world.acme())
    world.Api(one.secret).get("/v1/calls/nothing")
    assert "/v1/calls/nothing" in look(f"?key={one.key.id}").text
    assert "/v1/calls/nothing" not in look(f"?key={other.key.id}").text


def fill(count, *, at=None):
    acme = world.acme()
    moment = at or clock.now()
    ApiRequest.objects.bulk_create(
        ApiRequest(
            id=id_at(moment - timedelta(milliseconds=number)),
            workspace_id=acme.id,
            mode="live",
            method="GET",
            path=f"/v1/calls/{number:03d}",
            status=200,
            milliseconds=3,
            request_id=ids.request_id(),
            created_at=moment - timedelta(milliseconds=number),
        )
        for number in range(count)
    )


def id_at(moment):
    made = ids.uuid7().int & ((1 << 80) - 1)
    return type(ids.uuid7())(int=int(moment.timestamp() * 1000) << 80 | made)


def test_older_requests_are_one_press_away():
    fill(51)
    first = look().text
    assert "/v1/calls/049" in first
    assert "/v1/calls/050" not in first
    rest = first.partition('rel="next"')[0].rpartition("?cursor=")[2].split('"')[0]
    assert "/v1/calls/050" in look(f"?cursor={rest}").text


def test_fifty_rows_cost_as_many_queries_as_one():
    browser, counts = world.browser(world.amina()).client, []
    for count in (1, 50):
        ApiRequest.objects.all().delete()
        fill(count)
        browser.get("/settings/requests")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/settings/requests")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_rows_are_forgotten_after_a_week():
    fill(2)
    fill(3, at=clock.now() - timedelta(days=8))
    assert request_log.forget_requests() == 3
    assert ApiRequest.objects.count() == 2


def test_storing_twice_stores_nothing_twice():
    world.api(world.acme()).get("/v1/calls")
    found = lines.waiting(10)
    assert request_log.store_requests() == 1
    bell.client().xadd(lines.STREAM, {"r": found[0][1]})
    request_log.store_requests()
    assert ApiRequest.objects.count() == 1


def test_a_request_is_answered_while_valkey_is_away(settings, monkeypatch):
    api = world.api(world.acme())
    bell.client.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(lines, "_thread", type(lines._thread)())
    monkeypatch.setattr(bell, "_thread", type(bell._thread)())
    try:
        assert api.get("/v1/wallet/balance").status_code == 200
        assert look().status_code == 200
    finally:
        bell.client.cache_clear()


def test_no_more_waits_in_valkey_than_there_is_room(monkeypatch):
    monkeypatch.setattr(lines, "WAITING_MAX", 100)
    monkeypatch.setattr(lines, "_thread", type(lines._thread)())
    monkeypatch.setattr(bell, "_thread", type(bell._thread)())
    api = world.api(world.acme())
    request = api.get("/v1/calls").wsgi_request
    request.caller = lines.Caller(world.acme().id, "live")
    for _ in range(500):
        lines.note(request, 200, 1)
    # Valkey keeps whole pages of a stream, so somewhat more may stay.
    assert len(lines.waiting(1000)) <= 300
