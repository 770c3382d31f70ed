"""Settings: how a workspace reads times, and the audit log as a file."""

import csv
from datetime import UTC, datetime

import pytest
from django.template import Context, Template

from kernel.models import AuditEntry
from sautikit_site.time_display import TimeDisplay
from tests import world

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 11, 23, 15, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "style", "written"),
    [
        ("nairobi", 24, "minute", "23 Nov 2026, 18:04"),
        ("nairobi", 12, "full", "23 Nov 2026, 6:04:05 p.m."),
        ("nairobi", 12, "time", "6:04:05 p.m."),
        ("utc", 24, "short", "23 Nov, 15:04 UTC"),
        ("utc", 24, "date", "23 Nov 2026"),
        ("browser", 24, "minute", "23 Nov 2026, 18:04"),
        ("nairobi", 24, "title", "23 November 2026, 18:04:05 EAT"),
        ("utc", 12, "title", "23 November 2026, 3:04:05 p.m. UTC"),
    ],
)
def test_a_moment_is_written_as_the_workspace_reads_it(zone, hours, style, written):
    assert TimeDisplay(zone, hours).write(MOMENT, style) == written


def test_without_a_workspace_it_is_nairobi():
    made = Template("{% load ui %}{% when moment 'minute' %}").render(Context({"moment": MOMENT}))
    assert made == (
        '<time datetime="2026-11-23T15:04:05Z" title="23 November 2026, 18:04:05 EAT">'
        "23 Nov 2026, 18:04</time>"
    )


def save(where, **typed):
    body = {"name": where.workspace.name} | typed
    return world.browser(where.owner).client.post("/settings", body)


def test_the_settings_change_every_page_and_are_audited():
    acme = world.acme()
    browser = world.browser(acme.owner).client
    assert save(acme, time_zone="utc", clock_hours="12").status_code == 302
    entry = AuditEntry.objects.filter(action_kind="workspace.updated").latest("created_at")
    assert entry.before == {"time_zone": "nairobi", "clock_hours": 24}
    assert entry.after == {"time_zone": "utc", "clock_hours": 12}
    assert " UTC</time>" in browser.get("/settings/audit").text
    save(acme, time_zone="browser", clock_hours="24")
    page = browser.get("/settings/audit").text
    assert 'data-local="minute" data-hours="24"' in page
    assert " UTC</time>" not in page
    other = world.browser(world.chege().owner).client.get("/settings/audit").text
    assert "data-local" not in other


def test_a_name_alone_leaves_the_times_as_they_are():
    acme = world.acme()
    save(acme, time_zone="utc", clock_hours="12")
    save(acme, name="Acme Two")
    acme.workspace.refresh_from_db()
    assert (acme.workspace.name, acme.workspace.time_zone) == ("Acme Two", "utc")


def test_nonsense_is_refused():
    acme = world.acme()
    page = save(acme, time_zone="mars", clock_hours="13")
    assert page.status_code == 200
    acme.workspace.refresh_from_db()
    assert (acme.workspace.time_zone, acme.workspace.clock_hours) == ("nairobi", 24)


def test_the_audit_log_is_given_as_a_file_filtered_by_kind():
    acme = world.acme()
    save(acme, name="=HYPERLINK(1)")
    browser = world.browser(acme.owner).client
    answer = browser.get("/settings/audit.csv?action_kind=workspace.updated")
    text = b"".join(answer.streaming_content).decode()
    (row,) = csv.DictReader(text.splitlines())
    assert row["action_kind"] == "workspace.updated"
    assert row["actor_name"] == acme.owner.email
    assert row["after"] == '{"name": "=HYPERLINK(1)"}'
    assert "attachment" in answer.headers["Content-Disposition"]
    everything = b"".join(browser.get("/settings/audit.csv").streaming_content).decode()
    assert "workspace.created" in everything
    page = browser.get("/settings/audit?action_kind=workspace.updated").text
    assert "/settings/audit.csv?action_kind=workspace.updated" in page


def test_the_file_is_of_the_own_workspace_and_for_those_who_may_read_it():
    acme, chege = world.acme(), world.chege()
    save(acme, name="Acme Two")
    text = b"".join(
        world.browser(chege.owner).client.get("/settings/audit.csv").streaming_content
    ).decode()
    assert "Acme Two" not in text
    assert world.browser(world.brian()).client.get("/settings/audit.csv").status_code == 403
