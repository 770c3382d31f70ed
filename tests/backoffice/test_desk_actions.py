"""What operators do: suspend, hang up, switch features, send again, make operators."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User, Workspace
from kernel import audit, flags, seals
from kernel.models import AuditEntry, FlagOverride
from tests import operators, world
from tests.calls import story
from tests.webhooks import scene
from tests.world import code_of
from webhooks import services as webhooks
from webhooks.models import Delivery

pytestmark = pytest.mark.django_db


def test_a_suspended_workspace_reads_and_its_calls_run_on():
    acme, browser = world.acme(), operators.browser()
    call = story.answer(story.place(acme))
    api, console = world.api(acme), world.browser(acme.owner)
    operators.act(browser, "suspend", acme.workspace, reason="Unpaid since May")
    facts = {"from": call.local_e164, "to": story.FRIEND}
    assert code_of(api.post("/v1/calls", facts)) == "account.suspended"
    assert code_of(api.patch("/v1/workspace", {"name": "x"})) == "account.suspended"
    assert api.get("/v1/calls").status_code == 200
    assert console.client.post("/settings", {"name": "x"}).status_code == 403
    assert console.get("/overview").status_code == 200
    assert story.fresh(call).status == "answered"
    page = console.get("/settings/audit").text
    assert "workspace.suspended" in page and "Unpaid since May" in page
    operators.act(browser, "resume", acme.workspace, reason="Paid")
    assert api.post("/v1/calls", facts).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_who_suspend_at_once_one_does():
    acme = world.acme()
    browsers = [operators.browser(name) for name in ("one", "two")]
    answers = world.together(
        2, lambda place: operators.act(browsers[place], "suspend", acme.workspace).text
    )
    assert sorted("1 suspended" in text for text in answers) == [False, True]
    assert AuditEntry.objects.filter(action_kind="workspace.suspended").count() == 1
    assert Workspace.objects.get(id=acme.id).is_suspended
    assert seals.first_broken_row() is None


def test_live_calls_are_listed_and_hung_up():
    acme, browser = world.acme(), operators.browser()
    call = story.answer(story.place(acme))
    page = browser.get("/admin/calls/call/?live=1").text
    assert call.session_id in page
    assert "1 calls are ending" in operators.act(browser, "hang_up", call, reason="Fraud").text
    assert [kind for kind, _ in story.orders(call)][-1] == "hangup"
    row = AuditEntry.objects.get(action_kind="calls.hung_up")
    assert (row.reason, row.workspace_id, row.before) == ("Fraud", acme.id, {"status": "answered"})
    story.end(call, connected_ms=1000)
    assert "0 calls are ending" in operators.act(browser, "hang_up", call).text
    assert call.session_id not in browser.get("/admin/calls/call/?live=1").text


def test_a_delivery_that_was_given_up_is_sent_again():
    acme, browser = world.acme(), operators.browser()
    scene.endpoint(acme)
    scene.emit(acme)
    scene.record(webhooks.claim_first(1), scene.bad())
    delivery = Delivery.objects.get()
    said = operators.act(browser, "try_again", delivery, reason="Their server is back")
    assert "1 are on their way again" in said.text
    row = AuditEntry.objects.get(action_kind="webhook.delivery_retried")
    assert (row.reason, row.workspace_id) == ("Their server is back", acme.id)


def test_a_feature_is_switched_for_one_workspace():
    acme, browser = world.acme(), operators.browser()
    wish = {"flag": "console.softphone", "workspace_id": str(acme.id), "reason": "No microphones"}
    assert flags.is_on("console.softphone", acme.id)
    page = "/admin/kernel/flagoverride/set"
    assert "The phone in the corner" in browser.get(page).text
    assert browser.post(page, wish | {"setting": "off"}).status_code == 302
    assert not flags.is_on("console.softphone", acme.id)
    assert flags.is_on("console.softphone", world.chege().id)
    assert 'id="softphone"' not in world.browser(acme.owner).get("/overview").text
    browser.post(page, wish | {"setting": "default"})
    assert flags.is_on("console.softphone", acme.id) and not FlagOverride.objects.exists()
    rows = AuditEntry.objects.filter(action_kind="flags.overridden").order_by("created_at")
    assert [row.after["is_on"] for row in rows] == [False, True]
    with pytest.raises(LookupError):
        flags.is_on("nobody.declared.this", acme.id)


def test_every_flag_has_a_sentence():
    assert flags.flags()
    assert all(each.doc.endswith(".") and "." in each.name for each in flags.flags().values())


def test_the_first_operator_comes_from_the_command_line_with_a_reason(capsys):
    with pytest.raises(CommandError, match="--reason"):
        call_command("create_operator", "boss@sautikit.example")
    call_command("create_operator", "Boss@sautikit.example", reason="The first one")
    password = re.search(r"password: (\S+)", capsys.readouterr().out)[1]
    boss = User.objects.get(email="boss@sautikit.example")
    assert boss.is_staff and boss.is_superuser
    browser = Client()
    assert browser.login(email="boss@sautikit.example", password=password)
    assert browser.get("/admin/").status_code == 200
    row = AuditEntry.objects.get(action_kind="user.made_operator")
    assert (row.actor, row.reason) == ("operator:command line", "The first one")
    with pytest.raises(CommandError, match="no group support"):
        call_command("create_operator", "x@sautikit.example", reason="r", group="support")
    with pytest.raises(CommandError, match="no e-mail address"):
        call_command("create_operator", "x", reason="r")


def test_a_group_says_what_its_operators_may_do(capsys):
    browser = operators.browser()
    facts = {"name": "support", "reason": "People at the phones"}
    assert browser.post("/admin/auth/group/add/", facts).status_code == 302
    assert AuditEntry.objects.get(action_kind="group.created").reason == "People at the phones"
    call_command("create_operator", "desk@sautikit.example", reason="Hired", group="support")
    desk = User.objects.get(email="desk@sautikit.example")
    assert desk.is_staff and not desk.is_superuser and desk.groups.get().name == "support"


def test_the_reason_of_one_request_never_reaches_the_next():
    browser = operators.browser()
    operators.act(browser, "suspend", world.acme().workspace, reason="Spam")
    assert audit.given_reason() == ""
    with pytest.raises(LookupError):
        audit.record("workspace.resumed", actor="operator:1", subject="x")
