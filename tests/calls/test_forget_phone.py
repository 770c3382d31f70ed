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
from calls.models import Call, DoNotCall, Recording, Transcript
from kernel import clock, work
from kernel.models import AuditEntry, Event
from kernel.people import of_phone
from tests import world
from tests.calls import story
from tests.calls.story import FRIEND, OTHER
from wallet.models import TopUp

pytestmark = pytest.mark.django_db
# Where a number may stay, and why: docs/operating-people.md.
KEPT = {"calls_donotcall", "wallet_mpesareceipt", "wallet_mpesaevent"}


def known(number=FRIEND):
    """A number that called, was recorded, paid and typed something."""
    acme = world.acme()
    call = story.answer(story.place(acme, to=(number,)))
    Call.objects.update(metadata={"customer": number})
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
    return acme, story.end(call, connected_ms=59_000)


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
