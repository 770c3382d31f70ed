"""The webhooks' pages: endpoints, secrets shown once, deliveries."""

import pytest

from kernel.models import Event
from tests import world
from tests.calls import story
from webhooks import services
from webhooks.models import Delivery, Endpoint

pytestmark = pytest.mark.django_db

FORM = {"url": "https://app.example.com/hook", "events": ["*"]}


def browser(user=None):
    return world.browser(user or world.amina()).client


def endpoint():
    return services.create_endpoint(
        workspace_id=world.acme().id, mode="live", url=FORM["url"], event_names=["*"], actor="tests"
    )


def delivered():
    """A dead delivery of the first event of a call."""
    made = endpoint()
    call = story.place(world.acme())
    event = Event.objects.filter(kind="call.started").get()
    row = Delivery.objects.create(
        workspace_id=world.acme().id,
        mode="live",
        event=event,
        endpoint=made,
        target=f"endpoint:{made.id}",
        url=made.url,
        status="dead_letter",
        last_error="HTTP 500",
        attempts_count=8,
    )
    return made, call, row


def test_an_empty_list_teaches_with_one_line_of_code():
    assert "/v1/webhooks" in browser().get("/webhooks").text


def test_the_secret_is_shown_once():
    client = browser()
    made = client.post("/webhooks", FORM).text
    secret = Endpoint.objects.get().secret
    assert secret in made
    assert secret not in client.get("/webhooks").text
    assert secret not in client.get(f"/webhooks/{Endpoint.objects.get().id}").text


def test_a_bad_url_is_kept_beside_the_reason():
    page = browser().post("/webhooks", {**FORM, "url": "ftp://nowhere"}).text
    assert "The URL cannot be used" in page
    assert 'value="ftp://nowhere"' in page
    assert not Endpoint.objects.exists()


def test_an_endpoint_is_paused_and_resumed():
    made = endpoint()
    for action, status in (("pause", "paused"), ("resume", "active")):
        browser().post(f"/webhooks/{made.id}/act", {"action": action})
        made.refresh_from_db()
        assert made.status == status


def test_a_new_secret_is_shown_once():
    made = endpoint()
    page = browser().post(f"/webhooks/{made.id}/act", {"action": "rotate"}).text
    made.refresh_from_db()
    assert made.secret in page


def test_a_test_event_is_sent():
    browser().post(f"/webhooks/{endpoint().id}/act", {"action": "test"})
    assert Event.objects.filter(kind="webhook.test").exists()


def test_a_removed_endpoint_is_gone():
    made = endpoint()
    browser().post(f"/webhooks/{made.id}/act", {"action": "delete"})
    assert browser().get(f"/webhooks/{made.id}").status_code == 404


def test_changes_are_kept():
    made = endpoint()
    form = {"url": "https://other.example.com/", "events": ["call.*"], "description": "CRM"}
    browser().post(f"/webhooks/{made.id}", form)
    made.refresh_from_db()
    assert (made.url, made.events, made.description) == (form["url"], ["call.*"], "CRM")


def test_a_dead_delivery_is_shown_and_sent_again():
    made, _call, row = delivered()
    page = browser().get(f"/webhooks/{made.id}").text
    assert "Given up" in page
    assert "HTTP 500" in page
    browser().post(f"/webhooks/{made.id}/deliveries/{row.id}/retry")
    row.refresh_from_db()
    assert row.status == "retrying"


def test_the_page_of_a_call_leads_to_what_was_sent_about_it():
    made, call, _row = delivered()
    assert f"/webhooks/calls/{call.id}" in browser().get(f"/calls/{call.id}").text
    page = browser().get(f"/webhooks/calls/{call.id}").text
    assert made.url in page
    assert "call.started" in page


def test_chege_sees_nothing_of_acme():
    made, call, row = delivered()
    stranger = browser(world.chege().owner)
    assert stranger.get(f"/webhooks/{made.id}").status_code == 404
    assert made.url not in stranger.get(f"/webhooks/calls/{call.id}").text
    retry = f"/webhooks/{made.id}/deliveries/{row.id}/retry"
    assert stranger.post(retry).status_code == 404


def test_a_viewer_sees_deliveries_and_changes_nothing():
    acme = world.acme()
    made = endpoint()
    viewer = browser(world.join(acme, world.person("vera@acme.example"), "viewer"))
    assert viewer.get("/webhooks").status_code == 200
    assert viewer.post("/webhooks", FORM).status_code == 403
    assert viewer.post(f"/webhooks/{made.id}/act", {"action": "delete"}).status_code == 403
