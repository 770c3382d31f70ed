"""Statements that wait for one another: in order, in their transaction, errors and all."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kernel import rows
from kernel.models import Job, Work
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = "INSERT INTO kernel_job (name, next_run_at, last_result) VALUES (%s, now(), '')"
NAMES = "SELECT name FROM kernel_job WHERE name LIKE %s ORDER BY name"


def put(name):
    rows.later(INSERT, [name])


def names():
    return [job.name for job in Job.objects.filter(name__startswith="trip").order_by("name")]


def trips(monkeypatch):
    """Return the list of what is sent from here on: one item for each trip."""
    seen = []
    from kernel.database import base

    def travel(raw, statements):
        seen.append(len(statements))
        return original(raw, statements)

    original = base.travel
    monkeypatch.setattr(base, "travel", travel)
    return seen


def test_what_waits_goes_with_the_next_statement_and_is_seen_by_it():
    with transaction.atomic():
        put("trip 1")
        put("trip 2")
        assert names() == ["trip 1", "trip 2"]
    assert names() == ["trip 1", "trip 2"]


def test_a_transaction_that_only_writes_is_one_trip(monkeypatch):
    seen = trips(monkeypatch)
    with transaction.atomic():
        put("trip 1")
        put("trip 2")
    # BEGIN, two rows, COMMIT.
    assert seen == [4]
    assert names() == ["trip 1", "trip 2"]


def test_a_transaction_that_asks_nothing_does_not_begin(monkeypatch):
    seen = trips(monkeypatch)
    with transaction.atomic(), transaction.atomic():
        pass
    assert seen == []


def test_what_waits_is_gone_when_the_transaction_is_rolled_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put("trip 1")
        raise ZeroDivisionError
    with transaction.atomic():
        put("trip 2")
    assert names() == ["trip 2"]


def test_a_savepoint_takes_back_what_waited_since():
    with transaction.atomic():
        put("trip 1")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            put("trip 2")
            raise ZeroDivisionError
        with transaction.atomic():
            put("trip 3")
    assert names() == ["trip 1", "trip 3"]


def test_a_savepoint_takes_back_what_was_sent_since_too():
    with transaction.atomic():
        put("trip 1")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            put("trip 2")
            assert names() == ["trip 1", "trip 2"]
            put("trip 3")
            raise ZeroDivisionError
        assert names() == ["trip 1"]
    assert names() == ["trip 1"]


def test_the_error_of_what_waited_comes_from_what_it_went_with():
    put("trip 1")
    with pytest.raises(IntegrityError), transaction.atomic():
        put("trip 1")
        assert names()
    with pytest.raises(IntegrityError), transaction.atomic():
        put("trip 2")
        put("trip 1")
    assert names() == ["trip 1"]


def test_an_error_behind_a_savepoint_leaves_what_was_before_it():
    put("trip 1")
    with transaction.atomic():
        put("trip 2")
        with pytest.raises(IntegrityError), transaction.atomic():
            put("trip 1")
            names()
        put("trip 3")
    assert names() == ["trip 1", "trip 2", "trip 3"]


def test_rows_that_come_soon_are_those_of_their_own_place_in_the_order():
    with transaction.atomic():
        put("trip 1")
        first = rows.soon(NAMES, ["trip%"])
        put("trip 2")
        second = rows.soon(NAMES, ["trip%"])
        assert second.fetchall() == [("trip 1",), ("trip 2",)]
        assert first.fetchone() == ("trip 1",)
        assert rows.soon(NAMES, ["trip 1"]).fetchall() == [("trip 1",)]


def test_outside_of_a_transaction_nothing_waits():
    put("trip 1")
    assert names() == ["trip 1"]
    assert rows.soon(NAMES, ["trip%"]).fetchall() == [("trip 1",)]


def test_statements_stay_prepared_however_they_travel():
    for number in range(12):
        with transaction.atomic():
            put(f"trip {number:02}")
            put(f"trip {number:02} b")
    assert len(names()) == 24
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ["INSERT INTO kernel_job%"],
        )
        assert cursor.fetchone() == (1,)


def test_a_statement_that_fails_when_it_is_prepared_does_no_harm():
    for _ in range(4):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.later("INSERT INTO kernel_job (name) VALUES (%s)", ["trip"])
    with transaction.atomic():
        put("trip")
    assert names() == ["trip"]


def test_several_statements_in_one_text_still_run_in_a_transaction():
    with transaction.atomic():
        put("trip 1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1; DELETE FROM kernel_job WHERE name = 'trip 1'")
    assert names() == []


def test_cursors_of_the_server_copies_and_batches_see_what_waited():
    with transaction.atomic():
        put("trip 1")
        assert [job.name for job in Job.objects.filter(name="trip 1").iterator()] == ["trip 1"]
        put("trip 2")
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE kernel_job SET last_result = %s WHERE name = %s", [("seen", "trip 2")]
            )
        put("trip 3")
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY (SELECT name FROM kernel_job WHERE name LIKE 'trip%') TO STDOUT"
            ) as out,
        ):
            assert sorted(bytes(line) for line in out) == [b"trip 1\n", b"trip 2\n", b"trip 3\n"]
    assert Job.objects.get(name="trip 2").last_result == "seen"


def test_who_watches_sees_what_would_have_waited():
    with CaptureQueriesContext(connection) as seen, transaction.atomic():
        put("trip 1")
    assert any("trip 1" in each["sql"] for each in seen)
    assert names() == ["trip 1"]


def test_a_row_that_is_only_known_is_read_when_it_is_asked_for():
    made = Work.objects.create(name="none", queue="none", ref="7", lease_seconds=1)
    row = rows.known(Work, made.pk)
    assert row.pk == made.pk
    assert row.ref == "7"


def test_two_at_once_still_wait_for_each_others_rows():
    put("trip")

    def count(_):
        for _ in range(20):
            with transaction.atomic():
                rows.later("SELECT 1 FROM kernel_job WHERE name = %s FOR UPDATE", ["trip"])
                (found,) = rows.soon(
                    "SELECT last_result FROM kernel_job WHERE name = %s", ["trip"]
                ).fetchone()
                rows.later(
                    "UPDATE kernel_job SET last_result = %s WHERE name = %s", [f"{found}x", "trip"]
                )

    world.together(4, count)
    assert Job.objects.get(name="trip").last_result == "x" * 80
