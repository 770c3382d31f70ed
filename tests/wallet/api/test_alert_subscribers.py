import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from kernel import clock, work
from kernel.models import AuditEntry, Event, Mail, Work
from tests import world
from wallet.models import AlertSubscriber
from wallet.services import charge, set_threshold

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/v1/wallet/alert/subscribers"
EMAIL = "ops@acme.example"


def link_of(mail):
    return re.search(r"http\S+", mail.text)[0]


def page_of(mail):
    return re.sub(r"^https?://[^/]+", "", link_of(mail))


def add(api, email=EMAIL):
    reply = api.post(PATH, {"email": email})
    assert reply.status_code == 201, reply.content
    return reply.json()


def agree(where=None, email=EMAIL):
    row = add(world.api(where or world.acme()), email)
    Client().post(page_of(Mail.objects.filter(to=email).latest("id")))
    return row


def spend_below(where, *, key, amount=60_000, threshold=50_000):
    set_threshold(workspace_id=where.id, mode="live", threshold_minor=threshold)
    charge(
        workspace_id=where.id, mode="live", net_minor=amount, vat_minor=0, kind="call", key=key,
        description="Call",
    )  # fmt: skip


def run_all():
    """What the worker does."""
    for row in Work.objects.filter(name="wallet.tell_subscribers"):
        work.kinds()[row.name].handler(row.ref)


def test_it_works():
    api = world.api(world.acme())
    made = add(api)
    assert (made["email"], made["status"], made["confirmed_at"]) == (EMAIL, "pending", None)
    assert [row["id"] for row in api.get(PATH).json()["data"]] == [made["id"]]
    assert api.delete(f"{PATH}/{made['id']}").status_code == 204
    assert api.get(PATH).json()["data"] == []
    assert AuditEntry.objects.filter(action_kind="wallet.subscriber_added").exists()


def test_it_requires_auth():
    assert world.Api().get(PATH).status_code == 401
    assert world.Api().post(PATH, {"email": EMAIL}).status_code == 401


def test_it_requires_scope():
    reader = world.api(world.acme(), scopes=["wallet.read"])
    assert reader.get(PATH).status_code == 200
    assert reader.post(PATH, {"email": EMAIL}).status_code == 403


@pytest.mark.parametrize("body", [{}, {"email": "ops"}, {"email": None}, {"email": "a" * 300}])
def test_it_rejects_bad_input(body):
    reply = world.api(world.acme()).post(PATH, body)
    assert (reply.status_code, world.code_of(reply)) == (400, "validation.bad_request")


def test_it_hides_other_workspaces():
    made = add(world.api(world.acme()))
    stranger = world.api(world.chege())
    assert stranger.get(PATH).json()["data"] == []
    reply = stranger.delete(f"{PATH}/{made['id']}")
    assert (reply.status_code, world.code_of(reply)) == (404, "wallet.subscriber_not_found")
    assert world.api(world.acme(), mode="test").get(PATH).json()["data"] == []


def test_an_address_is_on_the_list_once_however_it_is_written():
    api = world.api(world.acme())
    add(api)
    reply = api.post(PATH, {"email": "Ops@ACME.example"})
    assert (reply.status_code, world.code_of(reply)) == (409, "wallet.subscriber_exists")
    assert Mail.objects.count() == 1


def test_added_twice_at_once_it_is_asked_once():
    api = world.api(world.acme())
    codes = world.together(4, lambda _: api.post(PATH, {"email": EMAIL}).status_code)
    assert sorted(codes) == [201, 409, 409, 409]
    assert Mail.objects.filter(to=EMAIL).count() == 1


def test_the_list_has_an_end(monkeypatch):
    monkeypatch.setattr("wallet.services.alerts.SUBSCRIBERS_MAX", 2)
    api = world.api(world.acme())
    add(api, "a@acme.example")
    add(api, "b@acme.example")
    reply = api.post(PATH, {"email": "c@acme.example"})
    assert (reply.status_code, world.code_of(reply)) == (409, "wallet.subscribers_full")


def test_a_mailbox_is_asked_three_times_a_day_whoever_asks():
    for where in (world.acme(), world.chege()):
        api = world.api(where)
        for _ in range(2):
            reply = api.post(PATH, {"email": EMAIL})
            if reply.status_code == 201:
                api.delete(f"{PATH}/{reply.json()['id']}")
    assert reply.status_code == 429
    assert Mail.objects.filter(to=EMAIL).count() == 3


def test_opening_the_link_does_nothing_and_pressing_the_button_agrees():
    add(world.api(world.acme()))
    page = page_of(Mail.objects.get())
    assert "One more press" in Client().get(page).text
    assert AlertSubscriber.objects.get().status == "pending"
    assert "You are on the list" in Client().post(page).text
    assert AlertSubscriber.objects.get().status == "confirmed"
    assert Client().post(page).status_code == 200


def test_a_program_agrees_with_the_token_and_no_key():
    made = add(world.api(world.acme()))
    token = link_of(Mail.objects.get()).rsplit("/", 1)[1]
    reply = world.Api().post("/v1/wallet/alert/confirm", {"token": token})
    assert (reply.status_code, reply.json()["id"]) == (200, made["id"])
    assert reply.json()["status"] == "confirmed"


@pytest.mark.parametrize("token", ["x", "AAAA", ""])
def test_a_wrong_token_agrees_to_nothing(token):
    add(world.api(world.acme()))
    reply = world.Api().post("/v1/wallet/alert/confirm", {"token": token})
    assert reply.status_code == 400
    assert AlertSubscriber.objects.get().status == "pending"


def test_an_old_or_removed_question_is_answered_with_410():
    row = add(world.api(world.acme()))
    page = page_of(Mail.objects.get())
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert Client().post(page).status_code == 410
    world.api(world.acme()).delete(f"{PATH}/{row['id']}")
    assert Client().post(page).status_code == 410


def test_who_agreed_is_told_once_per_crossing():
    acme = world.acme()
    world.fund(acme, 100_000)
    agree(acme)
    add(world.api(acme), "never@acme.example")
    spend_below(acme, key="1")
    run_all()
    run_all()
    told = Mail.objects.filter(template_is_low())
    (mail,) = told
    assert mail.to == EMAIL
    assert mail.subject == "Acme Fintech has KES 400.00 left"
    assert "below KES 500.00: about 133 minutes" in mail.text
    spend_below(acme, key="2", amount=1_000)
    world.fund(acme, 100_000)
    spend_below(acme, key="3", amount=100_000)
    run_all()
    assert Mail.objects.filter(template_is_low()).count() == 2
    assert Event.objects.filter(kind="wallet.low_balance").count() == 2


def template_is_low():
    from django.db.models import Q

    return Q(subject__contains="left")


def test_every_mail_has_a_link_to_leave():
    acme = world.acme()
    world.fund(acme, 100_000)
    agree(acme)
    spend_below(acme, key="1")
    run_all()
    mail = Mail.objects.filter(template_is_low()).get()
    page = re.search(r"/wallet/alert/leave/\S+", mail.text)[0]
    assert "Leave the list" in Client().get(page).text
    assert AlertSubscriber.objects.count() == 1
    assert "You are off the list" in Client().post(page).text
    assert AlertSubscriber.objects.count() == 0
    assert Client().get(page).status_code == 410


def test_the_token_of_one_link_does_not_open_the_other():
    add(world.api(world.acme()))
    page = page_of(Mail.objects.get()).replace("/confirm/", "/leave/")
    assert Client().post(page).status_code == 410


def test_the_wallet_page_sets_the_threshold_and_keeps_the_list():
    acme = world.acme()
    browser = world.browser(acme.owner).client
    browser.post("/wallet/alerts/threshold", {"shillings": "500"})
    page = browser.post("/wallet/alerts/add", {"email": EMAIL}, follow=True).text
    assert "falls below KES\N{NO-BREAK SPACE}500.00" in page
    assert EMAIL in page
    assert "Pending" in page
    row = AlertSubscriber.objects.get()
    browser.post(f"/wallet/alerts/{row.id}/remove")
    assert EMAIL not in browser.get("/wallet").text.replace(f"{EMAIL} gets no more", "")
    assert "already" not in browser.get("/wallet").text
    again = browser.post("/wallet/alerts/add", {"email": "ops"}, follow=True)
    assert "valid" in again.text


def test_a_viewer_sees_the_list_and_changes_nothing():
    acme = world.acme()
    viewer = world.person("viewer@acme.example")
    world.join(acme, viewer, "viewer")
    add(world.api(acme))
    client = world.browser(viewer).client
    page = client.get("/wallet").text
    assert EMAIL in page
    assert "Add this address" not in page
    assert client.post("/wallet/alerts/threshold", {"shillings": "1"}).status_code == 403
