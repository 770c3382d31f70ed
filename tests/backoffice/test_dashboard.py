"""The first page: honest when empty, right when not, cheap however much there is."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from calls import services as calls
from kernel import clock, work
from kernel.models import Job, Work
from sautikit_site.backoffice import dashboard
from tests import operators, world
from tests.calls import story
from wallet.models import MpesaEvent
from wallet.services.landing import land

pytestmark = pytest.mark.django_db


def test_it_says_that_there_is_nothing_when_there_is_nothing():
    page = operators.browser().get("/admin/").text
    assert page.count("Nothing yet in this time.") == 3
    assert "No engine has ever run here." in page and "never" in page
    assert "KES 0.00" in page.replace("\N{NO-BREAK SPACE}", " ")
    board = dashboard.look()
    assert (board.revenue_minor, board.margin_minor, board.minutes_total) == (0, 0, 0)
    assert board.warnings == []


def test_revenue_is_net_and_margin_knows_what_the_carrier_takes(settings):
    settings.CALL_SLICE_SECONDS = 120
    acme = world.acme()
    calls.publish_rate(
        prefix="+254", direction="outbound", minor_per_minute=300, cost_minor_per_minute=120,
        currency="KES", valid_from=clock.now(), actor="tests",
    )  # fmt: skip
    call = story.answer(story.place(acme), seconds_ago=83)
    story.end(call, connected_ms=83_000)
    today = dashboard.look().today
    rent = today.rents_minor
    assert rent > 0, "the number was claimed today"
    assert (today.calls, today.talked, today.seconds, today.minutes) == (1, 1, 83, 1)
    assert today.calls_net_minor == 415 - 57
    assert today.carrier_minor == -(-83 * 120 // 60) == 166
    assert today.margin_minor == 415 - 57 + rent - 166
    assert dashboard.look().unpriced_minutes == 0
    told = world.api(acme).get(f"/v1/calls/{call.id}").text + world.browser(acme.owner).get(
        f"/calls/{call.id}"
    ).text  # fmt: skip
    told += world.api(acme).get("/v1/public/pricing").text
    assert "cost_minor_per_minute" not in told and "carrier takes" not in told
    assert "What the carrier takes" in operators.browser().get(f"/admin/story/call/{call.id}").text


def test_minutes_whose_cost_nobody_wrote_down_are_said(settings):
    settings.CALL_SLICE_SECONDS = 120
    call = story.answer(story.place(world.acme()), seconds_ago=90)
    story.end(call, connected_ms=90_000)
    assert "nobody wrote down what the carrier takes" in operators.browser().get("/admin/").text


def test_test_money_is_no_revenue():
    world.fund(world.acme(), 100_000, "test")
    assert dashboard.look().revenue_minor == 0


def test_it_warns_of_what_somebody_should_look_at():
    world.acme()
    land(receipt_no="UKM8R4XC1P", amount_minor=50_000, paid_at=None, shortcode="409900",
         source="c2b", bill_ref="nonsense")  # fmt: skip
    MpesaEvent.objects.create(kind="stk", token_sha256="x", raw=b"{}")
    Job.objects.create(name="a.task", next_run_at="2026-01-01T00:00Z", last_result="failed: no")
    work.enqueue("numbers.import", "1")
    Work.objects.update(due_at="2026-01-01T00:00Z")
    page = operators.browser().get("/admin/").text
    assert "Payments in suspense with no known owner: 1." in page
    assert "1 messages of M-Pesa wait to be read" in page
    assert "Periodic tasks that failed: a.task" in page
    assert "is a worker running?" in page


def test_it_asks_fewer_than_ten_questions(django_assert_max_num_queries):
    browser = operators.browser()
    browser.get("/admin/")
    with django_assert_max_num_queries(9):
        assert "Revenue" in browser.get("/admin/").text


def test_who_may_not_see_money_sees_none():
    User.objects.create_user("desk@sautikit.example", is_staff=True)
    user = User.objects.get(email="desk@sautikit.example")
    user.user_permissions.set(Permission.objects.filter(codename="view_call"))
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get("/admin/")
    assert page.status_code == 200 and "Revenue" not in page.text
    call = story.place(world.acme())
    assert browser.get(f"/admin/story/call/{call.id}").status_code == 200
    assert browser.get(f"/admin/story/workspace/{call.workspace_id}").status_code == 403
    assert browser.get("/admin/story/nonsense/1").status_code == 404


def test_a_customer_sees_none_of_it():
    browser = world.browser(world.amina()).client
    for path in ("", "find?q=x", "system", f"story/workspace/{world.acme().id}"):
        assert browser.get(f"/admin/{path}").status_code == 302


def test_the_lists_of_big_tables_never_count(django_assert_max_num_queries):
    browser = operators.browser()
    for page in ("calls/call", "wallet/posting", "webhooks/delivery", "kernel/auditentry"):
        with django_assert_max_num_queries(20) as asked:
            browser.get(f"/admin/{page}/")
        model = page.replace("/", "_")
        counts = [q["sql"] for q in asked if "COUNT(" in q["sql"] and model in q["sql"]]
        assert counts == [], page


def test_system_health_names_what_is_silent():
    Job.objects.create(name="numbers.renew_rentals", next_run_at="2026-01-01T00:00Z")
    page = operators.browser().get("/admin/system").text
    assert "silent" in page and "numbers.renew_rentals" in page and "late" in page
    assert "Run now" in page
