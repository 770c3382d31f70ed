"""Inventory: files with a rehearsal and errors by line, numbers set aside, handed on, kept away."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel import clock
from kernel.models import AuditEntry, Work
from numbers import services
from numbers.errors import ImportRefused, NumberAlreadyClaimed
from numbers.models import Inventory, InventoryImport, Number
from tests import operators, world

pytestmark = pytest.mark.django_db


def upload(browser, text, *, rehearse=True, reason="The new range"):
    facts = {"file": SimpleUploadedFile("range.csv", text.encode()), "reason": reason}
    return browser.post(
        "/admin/numbers/inventoryimport/new",
        facts | ({"is_rehearsal": "on"} if rehearse else {}),
        follow=True,
    )


def run():
    for ref in Work.objects.filter(name="numbers.import").values_list("ref", flat=True):
        services.run_import(ref)
    return InventoryImport.objects.latest("asked_at")


def test_ten_thousand_lines_are_rehearsed_then_stored(django_assert_max_num_queries):
    browser = operators.browser()
    lines = [f"+2542010{number:05d},live,12000" for number in range(10_000)]
    lines[41] = "0201000041,live,12000"
    lines[999] = "+254201000999,loud,12000"
    lines[5000] = "+254201005000,live,12.50"
    text = "\n".join(["e164,mode,monthly_price_minor", *lines])
    assert "being read" in upload(browser, text).text
    with django_assert_max_num_queries(200):
        row = run()
    assert (row.status, row.lines_done, row.added, row.wrong) == ("done", 10_000, 9_997, 3)
    assert not Inventory.objects.exists()
    page = browser.get(operators.page(row)).text
    assert "0201000041 is not a number in E.164 form" in page
    assert [line for line, _ in row.problems] == [43, 1001, 5002]
    stored = browser.post(
        f"/admin/numbers/inventoryimport/{row.pk}/store", {"reason": "Looks right"}, follow=True
    )
    assert "being stored" in stored.text
    row = run()
    assert (row.is_rehearsal, row.added, Inventory.objects.count()) == (False, 9_997, 9_997)
    assert Inventory.objects.filter(monthly_price_minor=12_000).count() == 9_997
    assert AuditEntry.objects.get(action_kind="inventory.imported").reason == "Looks right"


def test_a_second_file_changes_nothing_that_is_there():
    world.offer("+254201000001", monthly_price_minor=1)
    upload(
        operators.browser(), "e164\n+254201000001\n+254201000002\n+254201000002\n", rehearse=False
    )
    row = run()
    assert (row.added, row.known) == (1, 2)
    assert Inventory.objects.get(e164="+254201000001").monthly_price_minor == 1


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"number\n+254", "e164 among them"),
        (b"e164,colour\n+254201000001,red", "Unknown columns: colour"),
        (b"\xff\xfe", "not UTF-8"),
        (b"e164\n", "this one has 0"),
    ],
)
def test_what_is_no_file_of_numbers_is_refused_at_once(raw, why):
    with pytest.raises(ImportRefused, match=why):
        services.ask_import(name="x", raw=raw, is_rehearsal=True, reason="r", actor="operator:1")


def test_an_import_that_was_interrupted_goes_on_where_it_was():
    lines = "\n".join(f"+2542010{number:05d}" for number in range(1200))
    made = services.ask_import(
        name="x", raw=f"e164\n{lines}".encode(), is_rehearsal=False, reason="r", actor="operator:1"
    )
    from numbers.services import imports
    from numbers.states import IMPORT

    IMPORT.apply(made, "start")
    imports._take(made, imports._lines(bytes(made.raw))[:500])
    services.run_import(made.id)
    services.run_import(made.id)
    made.refresh_from_db()
    assert (made.status, made.lines_done, made.added) == ("done", 1200, 1200)


def test_numbers_are_set_aside_offered_again_and_kept_away():
    browser, row = operators.browser(), world.offer()
    assert "1 of 1 reserved" in operators.act(browser, "reserve", row).text
    with pytest.raises(NumberAlreadyClaimed):
        services.claim_number(workspace_id=world.acme().id, mode="live", inventory=row)
    assert "1 of 1 offered" in operators.act(browser, "offer", row).text
    assert "1 of 1 quarantined" in operators.act(browser, "quarantine", row).text
    assert "0 of 1 reserved" in operators.act(browser, "reserve", row).text
    assert "1 of 1 offered" in operators.act(browser, "offer", row).text
    held = world.claim(world.acme())
    assert "0 of 1 quarantined" in operators.act(browser, "quarantine", held.inventory).text
    assert "0 of 1 removed" in operators.act(browser, "remove", held.inventory).text
    spare = world.offer("+254201000009")
    assert "1 of 1 removed" in operators.act(browser, "remove", spare).text
    kinds = AuditEntry.objects.filter(subject=f"number:{row.e164}", reason=operators.REASON)
    assert kinds.count() == 4


def test_a_number_that_an_operator_suspended_stays_so_whatever_is_paid():
    browser, acme = operators.browser(), world.acme()
    number = world.claim(acme)
    assert "1 of 1 suspended" in operators.act(browser, "suspend", number, reason="Fraud").text
    number.refresh_from_db()
    assert (number.status, number.is_barred) == ("suspended", True)
    facts = {"from": number.e164, "to": "+254712345678"}
    refused = world.api(acme).post("/v1/calls", facts)
    assert refused.json()["error"]["code"] == "numbers.suspended"
    later = clock.nairobi_today().replace(day=1) + timedelta(days=32)
    world.fund(acme, 50_000)
    assert services.renew_number(number.id, today=later.replace(day=1)) == "paid"
    number.refresh_from_db()
    assert number.status == "suspended"
    assert "1 of 1 resumed" in operators.act(browser, "resume", number, reason="Cleared").text
    number.refresh_from_db()
    assert (number.status, number.is_barred) == ("active", False)
    assert "0 of 1 resumed" in operators.act(browser, "resume", number).text
    kinds = AuditEntry.objects.filter(subject=f"number:{number.e164}", reason="Fraud")
    assert kinds.get().action_kind == "number.barred"


def test_a_reserved_number_is_given_to_a_workspace_which_pays():
    browser, row, acme = operators.browser(), world.offer(), world.acme()
    operators.act(browser, "reserve", row)
    path = f"/admin/numbers/inventory/{row.pk}/give"
    wish = {"workspace": acme.workspace.slug, "mode": "live", "reason": "Promised by sales"}
    assert "would" in browser.post(path, wish).text or "KES" in browser.post(path, wish).text
    assert Inventory.objects.get(pk=row.pk).state == "reserved"
    world.fund(acme, 20_000)
    assert "belongs to Acme Fintech now" in browser.post(path, wish, follow=True).text
    number = Number.objects.get()
    assert (number.workspace_id, number.status) == (acme.id, "active")


def test_a_number_moves_to_another_workspace_and_both_wallets_know():
    browser, number = operators.browser(), world.claim(world.acme())
    path = f"/admin/numbers/number/{number.pk}/reassign"
    wish = {"workspace": world.chege().workspace.slug, "mode": "live", "reason": "Court order 12"}
    assert Number.objects.get().workspace_id == world.acme().id
    browser.post(path, wish)
    assert Number.objects.get().status == "active", "without money nothing moves"
    world.fund(world.chege(), 20_000)
    assert "belongs to Duka la Chege now" in browser.post(path, wish, follow=True).text
    assert Number.objects.get(status="active").workspace_id == world.chege().id
    assert AuditEntry.objects.get(action_kind="number.reassigned").reason == "Court order 12"


@pytest.mark.django_db(transaction=True)
def test_two_operators_who_move_one_number_at_once_move_it_once():
    number, chege = world.claim(world.acme()), world.chege()
    world.fund(chege, 100_000)

    def move(index):
        return services.reassign_number(
            number, workspace_id=chege.id, mode="live", actor="user:test"
        )

    results = world.together(2, move)
    assert sum(not isinstance(each, Exception) for each in results) == 1, results
    assert Number.objects.filter(e164=number.e164, status="active").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_one_quarantines_and_the_other_hears_of_it():
    row = world.offer()
    from kernel import audit

    def act(index):
        with audit.because("both at once"):
            if index:
                return services.reserve_number(row, actor=f"operator:{index}")
            return services.quarantine_number(row, actor=f"operator:{index}")

    moved = world.together(2, act)
    row.refresh_from_db()
    assert row.state in ("quarantined", "reserved")
    assert AuditEntry.objects.filter(subject=f"number:{row.e164}").count() == sum(moved)
