"""Leaving: seven days to think again, then nothing of the person is left but what the books need."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from accounts.models import ApiKey, Membership, PersonRequest, User
from accounts.services import leaving, person_requests
from kernel import clock, work
from kernel.models import AuditEntry, Mail, Work
from kernel.people import Subject
from tests import world

pytestmark = pytest.mark.django_db
TYPED = {"typed": "brian@acme.example"}


def client(user):
    return world.browser(user).client


def answer(row=None):
    """Do what the worker does when a request is due."""
    row = row or PersonRequest.objects.latest("created_at")
    return work.kinds()[leaving.ANSWER].handler(str(row.id))


def undo_link():
    text = Mail.objects.filter(subject__contains="deleted in seven days").latest("created_at").text
    return re.search(r"(/account/undo/\S+)", text)[1]


def test_the_last_owner_hands_over_or_closes_first():
    browser = client(world.amina())
    page = browser.get("/settings/account/delete").text
    assert "Acme Fintech" in page
    assert "Delete my account in seven days" not in page
    refused = browser.post("/settings/account/delete", {"typed": "amina@acme.example"})
    assert PersonRequest.objects.count() == 0
    assert "last owner" in refused.text
    world.join(world.acme(), world.brian(), "owner")
    browser.post("/settings/account/delete", {"typed": "amina@acme.example"})
    assert PersonRequest.objects.get().status == "pending"


def test_the_other_owner_cannot_step_down_while_one_is_leaving():
    acme = world.acme()
    world.join(acme, world.brian(), "owner")
    leaving.ask_to_leave(world.brian())
    page = client(acme.owner).post("/settings/members/leave", follow=True)
    assert "needs an owner" in page.text
    assert Membership.objects.filter(user=acme.owner).exists()


def test_what_is_typed_must_be_the_address():
    browser = client(world.brian())
    assert "not what is written" in browser.post("/settings/account/delete", {"typed": "yes"}).text
    assert not PersonRequest.objects.exists()


def test_asking_signs_out_everywhere_and_waits_seven_days():
    brian = world.brian()
    here, there = client(brian), client(brian)
    there.get("/overview")
    done = here.post("/settings/account/delete", TYPED)
    assert done.url == "/account/deleted"
    assert "seven days" in here.get(done.url).text
    assert here.get("/overview").status_code == there.get("/overview").status_code == 302
    due = Work.objects.get(name=leaving.ANSWER).due_at
    assert timedelta(days=6, hours=23) < due - clock.now() <= timedelta(days=7)
    # A worker that is early does nothing, and comes again.
    assert answer() == PersonRequest.objects.get().due_at
    assert User.objects.filter(email="brian@acme.example").exists()


def test_the_link_of_the_mail_calls_it_off():
    client(world.brian()).post("/settings/account/delete", TYPED)
    link, stranger = undo_link(), Client()
    assert "brian@acme.example" in stranger.get(link).text
    assert PersonRequest.objects.get().status == "pending"
    assert "Your account stays" in stranger.post(link).text
    assert PersonRequest.objects.get().status == "undone"
    assert stranger.post(link).status_code == 410
    with time_machine.travel(clock.now() + timedelta(days=8)):
        answer()
    assert User.objects.filter(email="brian@acme.example", is_active=True).exists()


def test_signing_in_calls_it_off_too():
    brian = world.brian()
    leaving.ask_to_leave(brian)
    browser = client(brian)
    assert "will be deleted" in browser.get("/settings/account").text
    browser.post("/settings/account/keep")
    assert PersonRequest.objects.get().status == "undone"


@pytest.mark.django_db(transaction=True)
def test_after_seven_days_the_person_is_gone_and_the_books_are_whole():
    acme, brian = world.acme(), world.brian()
    key = world.issue(acme, by=brian).key
    world.fund(acme, 50_000)
    call_command("verify_ledger")
    before = leaving.books()
    client(brian).post("/settings/account/delete", TYPED)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        answer()
    gone = User.objects.get(id=brian.id)
    assert gone.email == f"erased-{brian.id}@erased.invalid"
    assert (gone.name, gone.is_active, gone.has_usable_password()) == ("", False, False)
    assert ApiKey.objects.get(id=key.id).revoked_at is not None
    assert not Membership.objects.filter(user=brian).exists()
    assert not Mail.objects.filter(to="brian@acme.example").exists()
    entry = AuditEntry.objects.get(action_kind="user.erased")
    assert entry.subject == f"user:{brian.id}"
    assert "brian" not in json.dumps(entry.after)
    assert leaving.books() == before
    call_command("verify_ledger")


def test_erasing_twice_is_erasing_once():
    brian = world.brian()
    leaving.ask_to_leave(brian)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        answer()
        answer()
    assert AuditEntry.objects.filter(action_kind="user.erased").count() == 1


def test_the_address_may_begin_anew_as_somebody_else():
    brian = world.brian()
    leaving.ask_to_leave(brian)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        answer()
    assert User.objects.create_user("brian@acme.example").id != brian.id


def test_who_became_the_last_owner_meanwhile_is_kept_and_told():
    brian = world.brian()
    leaving.ask_to_leave(brian)
    world.join(world.acme(), brian, "owner")
    Membership.objects.filter(user=world.person("amina@acme.example")).delete()
    with time_machine.travel(clock.now() + timedelta(days=8)):
        answer()
    assert User.objects.filter(email="brian@acme.example", is_active=True).exists()
    assert Mail.objects.filter(subject__contains="was not deleted").exists()


def test_a_person_takes_all_that_is_kept_of_them():
    brian = world.brian()
    browser = client(brian)
    browser.get("/settings/account")
    answered = browser.post("/settings/account/data")
    assert answered.headers["Content-Type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answered.content))
    profile = json.loads(packed.read("profile.json"))
    assert profile[0]["email"] == "brian@acme.example"
    assert "Acme Fintech" in packed.read("memberships.csv").decode()
    assert {"sessions.json", "audit.json", "mails.csv", "README.txt"} <= set(packed.namelist())
    assert "amina" not in "".join(packed.read(n).decode() for n in packed.namelist())
    assert AuditEntry.objects.filter(action_kind="user.exported").count() == 1


def test_a_cell_is_never_a_formula_of_a_spreadsheet():
    evil = world.person("evil@x.example", '=HYPERLINK("https://evil.example")')
    browser = client(evil)
    packed = zipfile.ZipFile(io.BytesIO(browser.post("/settings/account/data").content))
    assert "'=HYPERLINK" in packed.read("profile.csv").decode()


def test_data_of_others_needs_an_operator_with_a_reason(operator):
    page = "/admin/accounts/personrequest/ask"
    facts = {"kind": "export_person", "whom": "brian@acme.example"}
    world.acme()
    assert "reason" in operator.post(page, facts).context["form"].errors
    answered = operator.post(page, {**facts, "reason": "Asked by letter"})
    assert answered.headers["Content-Type"] == "application/zip"
    row = PersonRequest.objects.get()
    assert (row.status, row.reason, row.kind) == ("done", "Asked by letter", "export_person")
    entry = AuditEntry.objects.get(action_kind="user.exported")
    assert entry.actor.startswith("operator:")
    assert entry.reason == "Asked by letter"


def test_an_operator_erases_a_person_and_is_refused_the_last_owner(operator):
    world.acme()
    page, why = "/admin/accounts/personrequest/ask", {"reason": "Asked by letter"}
    refused = operator.post(page, {"kind": "erase_person", "whom": "amina@acme.example", **why})
    assert "last owner" in refused.content.decode()
    assert (
        "Nobody has this address"
        in operator.post(
            page, {"kind": "erase_person", "whom": "nobody@x.example", **why}
        ).content.decode()
    )
    operator.post(page, {"kind": "erase_person", "whom": "brian@acme.example", **why})
    answer()
    assert not User.objects.filter(email="brian@acme.example").exists()
    assert AuditEntry.objects.get(action_kind="user.erased").reason == "Asked by letter"


def test_an_operator_takes_a_lost_second_step_away(operator):
    brian = world.brian()
    browser = client(brian)
    page = "/admin/accounts/personrequest/ask"
    facts = {"kind": "reset_second_step", "whom": brian.email, "reason": "Identity card seen"}
    assert operator.post(page, facts).status_code == 302
    assert AuditEntry.objects.get(action_kind="second_step.reset").reason == "Identity card seen"
    assert browser.get("/overview").status_code in (200, 302)


def test_a_customer_has_no_such_page():
    assert client(world.amina()).get("/admin/accounts/personrequest/ask").status_code == 302


def test_every_app_says_what_it_knows():
    packed = person_requests.give_data(
        user=world.brian(), phone="", actor="operator:1", reason="Asked"
    )
    names = set(zipfile.ZipFile(io.BytesIO(packed)).namelist())
    assert {"balance_alerts.json", "numbers_routed_here.json", "profile.json"} <= names
    assert Subject(pseudonym="x").phone == ""


@pytest.fixture
def operator():
    User.objects.create_superuser("ops@sautikit.example", "a long pass phrase")
    browser = Client()
    assert browser.login(username="ops@sautikit.example", password="a long pass phrase")
    return browser
