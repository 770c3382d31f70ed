"""What people keep on the page of calls: views they named, and lists they take away as files."""

import csv
import io
import tracemalloc
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls import queries
from calls.call_filter import GROUPS, STATE_WORDS, CallFilter
from calls.desk_models import Export, SavedView
from calls.models import Call
from calls.services import exports, views
from kernel import clock
from kernel.models import AuditEntry, Work
from tests import world
from tests.calls import story

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.CALLS_PER_SECOND = 100


def browser(user=None):
    return world.browser(user or world.amina()).client


def copies(call, count):
    """Fill the list with calls like this one, a millisecond apart into the past."""
    names = [
        f.column for f in Call._meta.fields if f.column not in ("id", "session_id", "created_at")
    ]
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO calls_call (id, session_id, created_at, {columns})"
            f" SELECT gen_random_uuid(), 'HD_' || lpad(to_hex(n), 12, '0'),"
            f" created_at - n * interval '1 millisecond', {columns}"
            " FROM calls_call, generate_series(1, %s) AS n WHERE id = %s",
            [count, call.id],
        )


def ended():
    return story.end(story.place(world.acme()), sip_code=486)


# --- the list ---------------------------------------------------------------------------------


def test_fifty_calls_cost_as_many_queries_as_one():
    call, client, counts = ended(), browser(), []
    for count in (0, 60):
        copies(call, count)
        client.get("/calls")
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/calls").text
        counts.append((page.count("row-link"), len(asked)))
    assert counts[0][0] == 1
    assert counts[1][0] == 50
    assert counts[0][1] == counts[1][1] <= 14


@pytest.mark.parametrize("query", ["from=2020-01-01", "to=2030-01-01", "from=never"])
def test_days_and_whole_ids_find_a_call(query):
    call = ended()
    assert "row-link" in browser().get(f"/calls?{query}").text
    assert "row-link" in browser().get(f"/calls?q={call.id}").text
    assert "row-link" in browser().get(f"/calls?q={call.session_id}").text
    assert "row-link" not in browser().get("/calls?to=2020-01-01").text


# --- views ------------------------------------------------------------------------------------


def save(client, name, query="status=failed"):
    return client.post("/calls/views", {"name": name, "query": query})


def test_a_view_is_kept_under_its_name_and_opened_by_it():
    ended()
    client = browser()
    assert save(client, "Missed", "direction=outbound&status=failed").url == (
        "/calls?status=failed&direction=outbound"
    )
    page = client.get("/calls?direction=outbound&status=failed").text
    assert "Missed · Calls" in page
    assert "Edit view" in page


def test_views_are_each_members_own():
    save(browser(), "Mine")
    assert "Mine" in browser().get("/calls").text
    assert "Mine" not in browser(world.brian()).get("/calls").text
    view = SavedView.objects.get()
    stranger = browser(world.brian())
    assert stranger.post(f"/calls/views/{view.id}", {"action": "remove"}).status_code == 404


def test_a_known_name_gets_the_new_filters():
    client = browser()
    save(client, "Bad")
    save(client, "bad", "status=busy")
    assert SavedView.objects.get().query == "status=busy"


def test_a_view_can_be_renamed_but_not_to_a_name_that_is_taken():
    client = browser()
    save(client, "One")
    save(client, "Two", "status=busy")
    two = SavedView.objects.get(name="Two")
    client.post(f"/calls/views/{two.id}", {"action": "rename", "name": "Three"})
    page = client.post(f"/calls/views/{two.id}", {"action": "rename", "name": "ONE"}, follow=True)
    assert "has this name" in page.text
    assert sorted(SavedView.objects.values_list("name", flat=True)) == ["One", "Three"]


def test_a_removed_view_can_be_had_back_for_a_day():
    client = browser()
    save(client, "Missed")
    view = SavedView.objects.get()
    page = client.post(f"/calls/views/{view.id}", {"action": "remove"}, follow=True).text
    assert "was removed" in page
    assert "Missed</a>" not in page
    assert views.forget_views() == 0
    client.post(f"/calls/views/{view.id}", {"action": "restore"})
    assert "Missed</a>" in client.get("/calls").text
    views.remove_view(view)
    SavedView.objects.update(removed_at=clock.now() - timedelta(days=2))
    assert views.forget_views() == 1


def test_there_is_an_end_to_views_and_an_empty_one_is_refused():
    client = browser()
    for number in range(views.VIEWS_MAX):
        save(client, f"View {number}")
    assert "already" in client.post("/calls/views", {"name": "x", "query": "q=1"}, follow=True).text
    assert "give the view a name" in save(client, "  ").client.get("/calls").text


# --- exports ----------------------------------------------------------------------------------


def ask(client, query=""):
    return client.post("/calls/exports", {"query": query})


def write(export):
    while exports.write_export(export.id) is not None:
        pass
    export.refresh_from_db()
    return export


def lines(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_an_export_is_work_with_progress_and_then_a_file():
    call = ended()
    client = browser()
    page = ask(client)
    export = Export.objects.get()
    assert page.url == f"/calls/exports/{export.id}"
    assert Work.objects.get(name="calls.write_export").ref == str(export.id)
    waiting = client.get(page.url).text
    assert "<progress" in waiting
    assert "It begins in a moment." in waiting
    assert "data-hot" in waiting
    write(export)
    ready = client.get(page.url).text
    assert "Download CSV" in ready
    assert "data-hot" not in ready
    link = client.get(f"{page.url}/download").url
    answer = world.Api().client.get(urlsplit(link).path)
    (row,) = lines(b"".join(answer.streaming_content).decode())
    assert (row["call_id"], row["to"], row["status"]) == (str(call.id), "+254712345678", "busy")
    assert row["rate_per_minute"] == "3.00"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_page_of_an_export_says_its_filters_in_words():
    client = browser()
    one = ask(client, "status=completed&direction=outbound&q=0712&from=2026-11-01").url
    other = ask(client, "status=failed").url
    page = client.get(one).text
    said = "State: Completed · Direction: Outbound · Number or id: 0712 · From: 1 November 2026"
    assert f"<dd>{said}</dd>" in page
    assert "State: Failed or missed" in page
    assert "status=completed" not in client.get(other).text
    client.post("/i18n/setlang/", {"language": "sw", "next": one})
    assert "Hali: Imekamilika · Mwelekeo: Inayotoka" in client.get(one).text


def test_every_state_that_can_be_filtered_has_a_word():
    assert {*GROUPS, *queries.ALL_STATUSES} <= set(STATE_WORDS)


def test_only_what_was_filtered_is_written():
    ended()
    client = browser()
    ask(client, "status=completed")
    assert write(Export.objects.get()).rows_done == 0


def test_an_export_is_audited_with_its_filters():
    ask(browser(), "q=0712")
    row = AuditEntry.objects.get(action_kind="calls.exported")
    assert row.after == {"filters": "q=0712", "mode": "live"}
    assert row.actor == f"user:{world.amina().pk}"


def test_who_asks_again_while_it_is_written_gets_the_same_file():
    client = browser()
    assert ask(client).url == ask(client).url
    assert Export.objects.count() == 1


def test_asking_too_often_is_refused_in_words():
    client = browser()
    for number in range(exports.ASK_BURST):
        ask(client, f"q={number}")
    assert "Too many requests" in client.post("/calls/exports", {"query": "q=99"}, follow=True).text


@pytest.mark.parametrize(
    ("label", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+254712345678", "+254712345678"),
        ("+1|calc", "'+1|calc"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("plain, \"quoted\"", "plain, \"quoted\""),
    ],
)  # fmt: skip
def test_a_spreadsheet_computes_nothing_that_somebody_wrote(label, cell):
    call = ended()
    Call.objects.filter(pk=call.pk).update(client_request_id=label)
    ask(browser())
    (row,) = lines(write(Export.objects.get()).file.read_text())
    assert row["client_request_id"] == cell


def test_a_long_list_is_written_in_turns_and_goes_on_after_a_crash(monkeypatch):
    monkeypatch.setattr(exports, "PAGE_ROWS", 50)
    monkeypatch.setattr(exports, "TURN_PAGES", 2)
    copies(ended(), 320)
    ask(browser())
    export = Export.objects.get()
    assert exports.write_export(export.id) is not None
    export.refresh_from_db()
    assert (export.rows_done, export.rows_total, export.percent) == (100, 321, 31)
    # A worker that died in the middle of a page left half a line behind.
    with export.file.with_suffix(".part").open("ab") as file:
        file.write(b"half a li")
    rows = lines(write(export).file.read_text())
    assert len({row["call_id"] for row in rows}) == len(rows) == 321
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)


def test_memory_is_flat_however_long_the_list(monkeypatch):
    monkeypatch.setattr(exports, "PAGE_ROWS", 200)
    copies(ended(), 6_000)
    peaks = []
    for day in ("2030-01-01", ""):
        export = exports.ask_export(
            workspace_id=world.acme().id,
            mode="live",
            wanted=CallFilter.read({"q": "HD_0000000000" if day else "", "to": day}),
            actor="tests",
        )
        tracemalloc.start()
        write(export)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        peaks.append(export.rows_done)
    small, few, large, many = peaks
    assert few < 300 < 6_000 < many
    assert large < 2 * small


def test_a_file_goes_after_a_day_and_its_link_after_a_quarter_of_an_hour(monkeypatch):
    client = browser()
    page = ask(client).url
    export = write(Export.objects.get())
    path = urlsplit(client.get(f"{page}/download").url).path
    later = clock.now() + timedelta(minutes=16)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert world.Api().client.get(path).status_code == 404
    assert world.Api().client.get("/exports/forged.csv").status_code == 404
    Export.objects.update(ready_at=clock.now() - timedelta(hours=25))
    assert exports.expire_exports() == 1
    assert not export.file.exists()
    assert "was deleted" in client.get(page).text
    assert world.Api().client.get(path).status_code == 404


def test_an_export_belongs_to_its_workspace():
    page = ask(browser()).url
    write(Export.objects.get())
    stranger = browser(world.chege().owner)
    assert stranger.get(page).status_code == 404
    assert stranger.get(f"{page}/download").status_code == 404
