"""Nothing an operator does goes without a reason: it cannot even be declared."""

import pytest

from accounts.models import User, Workspace
from kernel import audit, operators
from kernel.models import AuditEntry
from numbers.models import Inventory
from tests import operators as desk
from tests import world

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("model", "page"), desk.admins(), ids=lambda each: getattr(each, "__name__", "")
)
def test_every_page_of_the_back_office_asks_why(model, page, rf):
    assert isinstance(page, operators.OperatorAdmin)
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    for name, (verb, _name, _words) in page.get_actions(request).items():
        assert getattr(verb, "asks_reason", False), f"{model.__name__}.{name}"
    assert not page.has_delete_permission(request)
    if page.has_add_permission(request):
        assert "reason" in page.get_form(request)().fields
    if page.has_change_permission(request, model()):
        assert "reason" in page.get_form(request, model(), change=True)().fields


def test_an_action_without_a_reason_cannot_be_declared():
    with pytest.raises(TypeError, match="does not ask for a reason"):

        class Careless(operators.OperatorAdmin):
            actions = ("burn",)

            def burn(self, request, rows):
                rows.delete()


def test_an_operators_row_without_a_reason_is_not_written():
    with pytest.raises(LookupError, match="says why"):
        audit.record("workspace.suspended", actor="operator:1", subject="x")
    with audit.because("spam"):
        assert audit.record("workspace.suspended", actor="operator:1", subject="x").reason == "spam"


def test_an_action_asks_first_and_acts_with_the_answer():
    acme, browser = world.acme(), desk.browser()
    asked = desk.act(browser, "suspend", acme.workspace, reason=None)
    assert "Why?" in asked.text and "Acme Fintech" in asked.text
    assert "refused with account.suspended" in asked.text
    assert not Workspace.objects.get(id=acme.id).is_suspended
    assert "This field is required" in desk.act(browser, "suspend", acme.workspace, reason=" ").text
    assert not Workspace.objects.get(id=acme.id).is_suspended
    assert "1 suspended" in desk.act(browser, "suspend", acme.workspace, reason="spam").text
    row = desk.last_audit(action_kind="workspace.suspended")
    assert (row.reason, row.workspace_id) == ("spam", acme.id)
    assert row.actor.startswith("operator:") and row.request_id.startswith("req_")


def test_a_form_is_not_saved_without_a_reason_and_keeps_before_and_after():
    row, browser = world.offer(), desk.browser()
    facts = {
        "e164": row.e164, "country": "KE", "capabilities": "voice", "monthly_price_minor": "200.00",
        "inbound_per_min_minor": 0, "outbound_per_min_minor": "3", "currency": "KES", "mode": "both",
    }  # fmt: skip
    assert "This field is required" in browser.post(desk.page(row), facts).text
    assert Inventory.objects.get(pk=row.pk).monthly_price_minor == 10_000
    assert browser.post(desk.page(row), facts | {"reason": "new list"}).status_code == 302
    entry = AuditEntry.objects.get(action_kind="inventory.updated")
    entry.before.pop("capabilities", None), entry.after.pop("capabilities", None)
    assert (entry.before, entry.after) == (
        {"monthly_price_minor": "10000"}, {"monthly_price_minor": "20000"},
    )  # fmt: skip
    assert (entry.reason, entry.subject) == ("new list", f"number:{row.e164}")
