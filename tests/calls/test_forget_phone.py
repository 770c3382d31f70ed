"""A phone number is forgotten: no table says it any more, and the books are the same to the cent."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import PersonRequest
from accounts.services import leaving, person_requests
from calls import services
from calls.call_filter import CallFilter
from calls.models import Call, DoNotCall, Recording, Transcript
from calls.services import exports, views
from kernel import clock, work
from kernel.models import AuditEntry, Event
from kernel.people import of_phone
from telephony.models import Fetch
from tests import world
from tests.calls import story
from tests.calls.story import FRIEND, OTHER
from wallet.models import TopUp

pytestmark = pytest.mark.django_db
# Where a number may stay, and why: docs/operating-people.md.
KEPT = {"calls_donotcall", "wallet_mpesareceipt", "wallet_mpesaevent"}


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def known(number=FRIEND):
    """A number that called, was recorded, paid and typed something."""
    acme = world.acme()
    call = story.answer(story.place(acme, to=(number,)))
    # Who writes programs writes numbers in every way.
    Call.objects.update(
        metadata={"customer": number, "phones": [int(number[1:])]},
        client_request_id=f"0{number[4:]}",
    )
    services.note(
        call_id=call.id, kind="digits", payload={"digits": "4242", "said": f"I am {number[1:]}"}
    )
    sound = Recording.objects.create(
        workspace_id=acme.id, mode="live", call=call, leg_id=call.winner_id, ticket="t",
        source="record", state="ready", ready_at=clock.now(), duration_ms=1000,
        expires_at=clock.now() + timedelta(days=90),
    )  # fmt: skip
    Transcript.objects.create(recording=sound, state="done", text="my name is Wanjiru")
    TopUp.objects.create(
        workspace=acme.workspace, mode="live", amount_minor=10_000, currency="KES",
        phone_e164=number, account_ref="TS-1", expires_at=clock.now(), status="failed",
    )  # fmt: skip
    Fetch.objects.create(
        call=call, ticket="1", purpose="answer", state="done", params={"from": number},
        url=f"https://acme.example/menu?caller=%2B{number[1:]}",
        sent={"callerNumber": number, "isActive": "1"},
        answer=f'{{"actions": [{{"dial": {{"to": ["{number}"]}}}}]}}',
    )  # fmt: skip
    return acme, story.end(call, connected_ms=59_000)


def exported(where, **filters):
    """The list of a workspace's calls, as far as one turn writes it."""
    row = exports.ask_export(
        workspace_id=where.id, mode="live", wanted=CallFilter.read(filters), actor="tests"
    )
    exports.write_export(row.id)
    row.refresh_from_db()
    return row


def forget_lists():
    for row in work.Work.objects.filter(name=exports.FORGET):
        work.kinds()[row.name].handler(row.ref)


def erase(phone=FRIEND):
    row = person_requests.ask_erasure(
        user=None, phone=phone, actor="operator:1", reason="Asked by letter"
    )
    return row, work.kinds()[leaving.ANSWER].handler(str(row.id))


def tables_that_say(text):
    """Look through every column of every table of ours, as somebody with the disk would."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


@pytest.mark.django_db(transaction=True)
def test_nothing_says_the_number_and_the_books_are_the_same():
    acme, call = known()
    DoNotCall.objects.create(workspace=None, e164=FRIEND, reason="Asked")
    assert {"calls_call", "calls_leg", "kernel_event", "wallet_topup"} <= tables_that_say(
        "712345678"
    )
    call_command("verify_ledger")
    before, money = leaving.books(), story.money(acme)
    row, later = erase()
    assert later is None
    assert tables_that_say("712345678") <= KEPT
    assert leaving.books() == before
    assert story.money(acme) == money
    call_command("verify_ledger")
    row.refresh_from_db()
    assert row.status == "done"
    assert row.report["calls"] == row.report["recordings"] == row.report["topups"] == 1
    entry = AuditEntry.objects.get(action_kind="phone.erased")
    assert (entry.actor, entry.reason) == ("operator:1", "Asked by letter")
    assert story.fresh(call).cost_minor == call.cost_minor == 295


def test_the_same_number_keeps_one_pseudonym_and_others_keep_theirs():
    _acme, call = known()
    other = story.end(story.place(world.acme(), to=(OTHER,)), sip_code=486, cause="busy")
    erase()
    assert story.fresh(call).remote_e164 == of_phone(FRIEND).pseudonym
    assert story.fresh(other).remote_e164 == OTHER
    assert any(OTHER in json.dumps(row.payload) for row in Event.objects.all())


def test_what_was_said_and_typed_goes_too():
    _acme, call = known()
    erase()
    for row in work.Work.objects.filter(name="calls.erase_recording"):
        work.kinds()[row.name].handler(row.ref)
    assert Recording.objects.get().state == "deleted"
    assert "Wanjiru" not in str(list(Transcript.objects.values("text")))
    typed = call.events.get(kind="digits").payload
    assert typed["digits"] == "•••"


def test_a_page_that_names_the_number_forgets_it_whoever_was_called():
    known()
    other = story.end(story.place(world.acme(), to=(OTHER,)), sip_code=486, cause="busy")
    page = "<Response><Say>Ring 0712 345-678 or %s</Say></Response>"
    asked = Fetch.objects.create(
        call=other, ticket="1", url="https://acme.example/", purpose="answer", state="done",
        sent={"destinationNumber": OTHER}, answer=page % OTHER,
    )  # fmt: skip
    erase()
    asked.refresh_from_db()
    mark = of_phone(FRIEND).pseudonym
    assert asked.answer == (page % OTHER).replace("0712 345-678", mark)
    assert asked.sent == {"destinationNumber": OTHER}
    theirs = Fetch.objects.exclude(pk=asked.pk).get()
    assert theirs.sent["callerNumber"] == mark
    assert json.loads(theirs.answer)["actions"][0]["dial"]["to"] == [mark]
    assert theirs.url == f"https://acme.example/menu?caller=%2B{mark}"


def test_a_list_that_was_exported_is_deleted_and_can_be_had_again(folder):
    acme, _call = known()
    mine, others = exported(acme, q=" 0712 345 678"), exported(world.chege())
    assert FRIEND in mine.file.read_text()
    assert "345678" not in str(AuditEntry.objects.get(subject=mine.id).after)
    erase()
    forget_lists()
    mine.refresh_from_db()
    assert (mine.state, mine.file.exists(), others.file.exists()) == ("expired", False, True)
    assert "345678" not in mine.query
    again = exported(acme).file.read_text()
    assert of_phone(FRIEND).pseudonym in again
    assert "712345678" not in again


def test_a_list_that_is_being_written_begins_again(folder, monkeypatch):
    monkeypatch.setattr(exports, "PAGE_ROWS", 1)
    monkeypatch.setattr(exports, "TURN_PAGES", 1)
    acme, _call = known()
    story.end(story.place(acme, to=(OTHER,)), sip_code=486, cause="busy")
    row = exported(acme)
    part = row.file.with_suffix(".part")
    assert (row.state, FRIEND in part.read_text()) == ("running", True)
    erase()
    forget_lists()
    assert not part.exists()
    while exports.write_export(row.id) is not None:
        pass
    text = row.file.read_text()
    assert text.count("\n") == 3
    assert OTHER in text
    assert "712345678" not in text


def test_a_search_that_was_kept_forgets_its_number():
    acme, _call = known()
    view = views.save_view(
        membership_id=acme.owner.memberships.get().id, name="Wanjiru",
        query=CallFilter.read({"q": "0712 345678", "status": "failed"}).query,
    )  # fmt: skip
    erase()
    view.refresh_from_db()
    assert view.query == f"status=failed&q={of_phone(FRIEND).pseudonym}"


def test_a_call_that_runs_is_waited_for():
    acme = world.acme()
    call = story.answer(story.place(acme))
    row, later = erase()
    assert later > clock.now()
    row.refresh_from_db()
    assert row.status == "pending"
    assert story.fresh(call).remote_e164 == FRIEND
    story.end(call, connected_ms=1000)
    assert work.kinds()[leaving.ANSWER].handler(str(row.id)) is None
    assert story.fresh(call).remote_e164 != FRIEND


def test_a_prompt_that_is_open_keeps_its_number():
    known()
    TopUp.objects.update(status="submitted")
    erase()
    assert TopUp.objects.get().phone_e164 == FRIEND


def test_the_owner_of_a_number_gets_all_that_is_kept_of_it():
    _acme, call = known()
    packed = person_requests.give_data(
        user=None, phone=FRIEND, actor="operator:1", reason="Asked by letter"
    )
    found = zipfile.ZipFile(io.BytesIO(packed))
    calls = json.loads(found.read("calls.json"))
    assert [each["id"] for each in calls] == [str(call.id)]
    assert "Wanjiru" in found.read("recordings.json").decode()
    assert len(json.loads(found.read("topups.json"))) == 1
    assert PersonRequest.objects.get().status == "done"


@pytest.mark.parametrize(
    "wrong", [(["+254712345678"], "anything"), (["call.started"], "erased-0123abcd")]
)
def test_events_change_for_a_pseudonym_only(wrong):
    known()
    with pytest.raises(DatabaseError, match="not a"), transaction.atomic():
        connection.cursor().execute("SELECT kernel_forget_phone(%s, %s)", wrong)
