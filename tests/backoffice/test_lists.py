"""The lists of the back office ask no whole table what may be chosen, and never how many rows it has."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import list_filters
from tests import operators, world
from tests.calls import story
from wallet.models import TopUp

pytestmark = pytest.mark.django_db

# These grow with customers or wait to be emptied, not with calls.
MODEST = {
    "accounts_personrequest", "accounts_workspace", "calls_rate", "calls_storageplan",
    "calls_upload", "kernel_flagoverride", "kernel_work", "numbers_inventory", "wallet_document",
    "wallet_finding", "wallet_statement", "wallet_wallet",
}  # fmt: skip


def test_no_list_looks_through_a_table_that_grows_with_calls():
    browser = operators.browser()
    wrong = []
    for model in admin.site._registry:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(operators.listing(model)).status_code in (200, 302)
        table = model._meta.db_table
        told = [each["sql"] for each in asked if f'FROM "{table}"' in each["sql"]]
        looked = [sql for sql in told if "DISTINCT" in sql or "COUNT(" in sql]
        if looked and table not in MODEST:
            wrong += looked
    assert wrong == []


def test_calls_are_filtered_by_every_state_they_may_have():
    acme = world.acme()
    call = story.place(acme)
    browser = operators.browser()
    page = browser.get("/admin/calls/call/?status=busy").text
    for status in ("answered", "busy", "canceled", "completed", "failed", "no_answer", "ringing"):
        assert f"?status={status}" in page
    assert call.session_id not in page
    assert call.session_id in browser.get("/admin/calls/call/?status=ringing").text


def test_a_call_is_found_by_its_session_and_by_the_number_of_either_side():
    call = story.place(world.acme())
    browser = operators.browser()
    ours, theirs = call.local_e164, call.remote_e164
    for asked in ("", call.session_id, call.session_id.lower(), ours, theirs, theirs.strip("+")):
        assert call.session_id in browser.get("/admin/calls/call/", {"q": asked}).text
    for asked in ("+254799999999", "HD_000000000000", "Acme"):
        page = browser.get("/admin/calls/call/", {"q": asked})
        assert page.status_code == 200
        assert call.session_id not in page.text


def test_words_that_nothing_declares_are_those_of_the_newest_rows(monkeypatch):
    monkeypatch.setattr(list_filters, "NEWEST", 1)
    acme = world.acme()
    for reason in ("expired", "cancelled"):
        TopUp.objects.create(
            workspace_id=acme.id, mode="live", amount_minor=100, currency="KES", account_ref="A",
            status="failed", failure_reason=reason, expires_at=acme.workspace.created_at,
        )  # fmt: skip
    page = operators.browser().get(operators.listing(TopUp), {"failure_reason": "cancelled"}).text
    assert "failure_reason=cancelled" in page
    assert "failure_reason=expired" not in page
