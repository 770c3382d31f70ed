"""Statements that are compiled once do what the ORM would have done."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel import clock, rows
from kernel.ids import uuid7
from kernel.models import Event, Work

pytestmark = pytest.mark.django_db


def work(**columns):
    made = Work(name="x", queue="voice", ref="1", lease_seconds=3, **columns)
    return rows.insert(made)


def event(payload):
    made = Event(
        workspace_id=uuid7(), mode="live", kind="x", payload=payload, occurred_at=clock.now()
    )
    return rows.insert(made)


def test_an_inserted_row_is_what_the_orm_reads():
    made = event({"a": [1, None, "é"]})
    found = Event.objects.get(pk=made.pk)
    assert found.payload == {"a": [1, None, "é"]}
    assert (found.event_id, found.occurred_at) == (made.event_id, made.occurred_at)
    assert found.sequence is None
    assert not made._state.adding


def test_columns_without_a_value_get_the_databases_default():
    made = work()
    found = Work.objects.get(pk=made.pk)
    assert abs(found.due_at - clock.now()) < timedelta(minutes=1)
    due = clock.now() + timedelta(days=1)
    assert Work.objects.get(pk=work(due_at=due).pk).due_at == due


def test_a_lookup_is_built_once_and_asked_with_other_values():
    built = []

    def build(pk):
        built.append(pk)
        return Event.objects.filter(pk=pk)

    lookup = rows.Lookup(build)
    first, second = event({"n": 1}), event({"n": 2})
    assert lookup.get(first.pk).payload == {"n": 1}
    assert lookup.get(second.pk).payload == {"n": 2}
    assert lookup.first(0) is None
    with pytest.raises(Event.DoesNotExist):
        lookup.get(0)
    assert len(built) == 1


def test_a_lookup_takes_lists_and_constants():
    made = [event({"n": n}) for n in range(4)]
    lookup = rows.Lookup(
        lambda keys: Event.objects.filter(pk__any_of=keys, mode="live").order_by("-pk")
    )
    wanted = [made[0].pk, made[2].pk]
    assert [it.payload["n"] for it in lookup.each(wanted)] == [2, 0]
    assert list(lookup.each([])) == []


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_of_a_transaction_is_a_mistake():
    lookup = rows.Lookup(lambda pk: Work.objects.select_for_update().filter(pk=pk))
    made = work()
    with transaction.atomic():
        assert lookup.get(made.pk).pk == made.pk
    with pytest.raises(AssertionError, match="a lock is taken in a transaction"):
        lookup.get(made.pk)


def test_saving_writes_only_the_columns_that_are_named():
    made = work()
    made.ref, made.attempts = "2", 7
    rows.save(made, "attempts")
    found = Work.objects.get(pk=made.pk)
    assert (found.ref, found.attempts) == ("1", 7)


def test_a_move_needs_one_of_the_sources():
    made = work()
    assert not rows.move(made, "queue", ["speech"], {"queue": "payments"})
    assert rows.move(made, "queue", ["voice", "speech"], {"queue": "payments", "ref": "9"})
    found = Work.objects.get(pk=made.pk)
    assert (found.queue, found.ref) == ("payments", "9")


def test_rows_of_ones_own_statement_become_objects():
    made = event({"n": 1})
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload, id, kind FROM kernel_event WHERE id = %s", [made.pk])
        (found,) = rows.read(Event, cursor)
    assert (found.pk, found.payload, found.kind) == (made.pk, {"n": 1}, "x")
    with CaptureQueriesContext(connection) as later:
        assert found.mode == "live"
    assert len(later) == 1
