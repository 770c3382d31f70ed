"""The pages around deliveries: health, filters, one delivery, replay, the log, a signature's check."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from kernel import clock, signing
from tests import world
from tests.webhooks import scene
from webhooks import sender, services, verify
from webhooks.models import Delivery, Replay

pytestmark = pytest.mark.django_db(transaction=True)

BODY = '{"event":"call.completed"}'


@pytest.fixture
def acme():
    return world.acme()


def browser(user=None):
    return world.browser(user or world.amina()).client


def answered(status=200, body="thanks", ms=12):
    return sender.Outcome(
        request_headers={"X-Sautikit-Event-Kind": "call.started"},
        status=status,
        response_headers={"server": "duka"},
        response_body=body,
        error="" if status < 300 else f"HTTP {status}",
        address="203.0.113.7",
        duration_ms=ms,
        timings={"dns_ms": 2.5, "connect_ms": 31.25, "tls_ms": 40.0, "first_byte_ms": 77.0},
    )


def sent(where, outcome, **options):
    made = scene.endpoint(where, **options)
    scene.emit(where)
    scene.record(services.claim_first(1), outcome)
    return made, Delivery.objects.get()


def test_the_list_shows_how_each_endpoint_does(acme):
    made, _row = sent(acme, answered())
    scene.emit(acme)
    scene.record(services.claim_first(1), answered(503))
    page = browser().get("/webhooks").text
    assert made.url in page
    assert "50 %" in page
    assert "12 ms" in page
    assert "HTTP 503" in page


def test_one_delivery_shows_what_each_attempt_sent_and_got(acme):
    made, row = sent(acme, answered(500, "out of sugar"))
    page = browser().get(f"/webhooks/{made.id}/deliveries/{row.id}").text
    for text in ("out of sugar", "duka", "203.0.113.7", "HTTP 500", "X-Sautikit-Event-Kind"):
        assert text in page
    for step in ("DNS 2.5 ms", "connect 31.3 ms", "TLS 40 ms", "first byte 77 ms", "total 12 ms"):
        assert step in page
    assert str(row.event.event_id) in page
    assert "Send again" in page


def test_a_step_that_was_not_taken_is_not_shown(acme):
    kept = replace(answered(), timings={"first_byte_ms": 7.0})
    made, row = sent(acme, kept)
    page = browser().get(f"/webhooks/{made.id}/deliveries/{row.id}").text
    assert "kept connection" in page
    assert "DNS" not in page


def test_a_call_shows_its_events_in_order_also_those_that_nobody_wants(acme):
    call_id = scene.new_call()
    made = scene.endpoint(acme, names=["call.started"])
    scene.emit(acme, call_id=call_id)
    scene.emit(acme, call_id=call_id, kind="call.completed")
    scene.record(services.claim_first(5), answered())
    page = browser().get(f"/webhooks/calls/{call_id}").text
    row = Delivery.objects.get()
    assert page.index("call.started") < page.index("call.completed")
    assert f"/webhooks/{made.id}/deliveries/{row.id}" in page
    assert "DNS 2.5 ms" in page
    assert browser().get("/webhooks/calls/nonsense").status_code == 404


def test_the_api_tells_the_steps_and_refuses_a_state_that_is_none(acme):
    made, row = sent(acme, answered())
    api = world.api(acme)
    told = api.get(f"/v1/webhooks/{made.id}/deliveries/{row.id}").json()["tries"][0]
    assert told["timings"]["tls_ms"] == 40.0
    wrong = api.get(f"/v1/webhooks/{made.id}/deliveries", {"status": "lost"})
    assert (wrong.status_code, world.code_of(wrong)) == (400, "validation.bad_request")


def test_deliveries_are_filtered_by_state_and_event(acme):
    made, row = sent(acme, answered(500))
    link = f"/deliveries/{row.id}"
    path = f"/webhooks/{made.id}"
    assert link in browser().get(path, {"status": "retrying"}).text
    assert link not in browser().get(path, {"status": "delivered"}).text
    assert link in browser().get(path, {"kind": "call.started"}).text
    assert link not in browser().get(path, {"kind": "wallet.top_up"}).text


def test_a_range_is_replayed_in_the_time_of_nairobi(acme):
    made, _row = sent(acme, answered())
    local = clock.now().astimezone(clock.NAIROBI)
    times = {
        "since": (local - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        "until": (local + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    browser().post(f"/webhooks/{made.id}/replay", times)
    services.run_replay(str(Replay.objects.get().id))
    assert Replay.objects.get().deliveries_count == 1
    page = browser().post(f"/webhooks/{made.id}/replay", {"since": "x"}, follow=True).text
    assert "Give both times" in page


def test_the_log_shows_every_event_with_its_deliveries(acme):
    _made, row = sent(acme, answered())
    page = browser().get("/webhooks/events").text
    assert "call.started" in page
    assert f"/deliveries/{row.id}" in page
    assert "data-live=" in page
    assert f"/deliveries/{row.id}" not in browser().get("/webhooks/events?kind=wallet.*").text
    assert browser().get("/webhooks/events?kind=nonsense").status_code == 200


def header(secret, body=BODY, moment=None):
    return signing.signature_header([secret], body.encode(), int(moment or time.time()))


def test_the_box_says_whether_a_signature_fits(acme):
    made = scene.endpoint(acme)
    client = browser()

    def verdict(**form):
        return client.post("/webhooks/verify", {"body": BODY, "secret": "", **form}).text

    assert "The signature fits" in verdict(header=header(made.secret))
    assert made.url in verdict(header=header(made.secret))
    assert "does not fit" in verdict(header=header("whsec_other"))
    assert "does not fit" in verdict(header=header(made.secret), body=BODY + " ")
    assert "should refuse" in verdict(header=header(made.secret, moment=1_700_000_000))
    assert "no signature of ours" in verdict(header="v1=abc")
    assert "The signature fits" in verdict(header=header("whsec_mine"), secret="whsec_mine")
    assert made.secret not in verdict(header=header(made.secret))


def test_line_ends_that_a_form_changed_are_forgiven():
    body = '{\n"a": 1}'
    found = verify.judge(header("s", body), body.replace("\n", "\r\n"), {"s": "us"})
    assert found.word == "matched"


def test_chege_cannot_check_with_our_secrets_nor_see_our_pages(acme):
    made, row = sent(acme, answered())
    stranger = browser(world.chege().owner)
    page = stranger.post("/webhooks/verify", {"body": BODY, "header": header(made.secret)}).text
    assert "does not fit" in page
    assert stranger.get(f"/webhooks/{made.id}/deliveries/{row.id}").status_code == 404
    assert stranger.post(f"/webhooks/{made.id}/replay", {}).status_code == 404
    assert "call.started</summary>" not in stranger.get("/webhooks/events").text


def test_a_viewer_reads_and_replays_nothing(acme):
    made, row = sent(acme, answered())
    viewer = browser(world.join(acme, world.person("vera@acme.example"), "viewer"))
    assert viewer.get(f"/webhooks/{made.id}/deliveries/{row.id}").status_code == 200
    assert viewer.get("/webhooks/events").status_code == 200
    assert viewer.post(f"/webhooks/{made.id}/replay", {}).status_code == 403
