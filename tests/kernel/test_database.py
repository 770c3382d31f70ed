"""Our cursors: Django's rules hold, and who watches statements sees them."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kernel.models import Event

pytestmark = pytest.mark.django_db


def ask(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall()


def test_an_error_of_the_database_is_one_of_djangos():
    with pytest.raises(DataError) as refused, transaction.atomic():
        ask("SELECT 1 / %s::integer", 0)
    assert type(refused.value.__cause__).__name__ == "DivisionByZero"


def test_a_rule_that_is_broken_is_an_integrity_error():
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create()


def test_nothing_runs_in_a_transaction_that_must_be_rolled_back():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask("SELECT 1")
        transaction.set_rollback(False)
        assert ask("SELECT 1") == [(1,)]


def test_who_watches_sees_each_statement():
    with CaptureQueriesContext(connection) as seen:
        ask("SELECT %s::text", "seen")
    assert "seen" in seen[0]["sql"]
    watched = []

    def watch(execute, sql, *arguments):
        watched.append(sql)
        return execute(sql, *arguments)

    with connection.execute_wrapper(watch):
        ask("SELECT 1")
    assert watched == ["SELECT 1"]


def test_rows_come_one_by_one_some_at_a_time_and_all_that_are_left():
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, n::text AS text FROM generate_series(1, %s) n", [5])
        assert cursor.rowcount == 5
        assert [column.name for column in cursor.description] == ["n", "text"]
        assert cursor.fetchone() == (1, "1")
        assert cursor.fetchmany(2) == [(2, "2"), (3, "3")]
        assert list(cursor) == [(4, "4"), (5, "5")]
        assert cursor.fetchone() is None
        assert cursor.fetchall() == []


def test_the_next_statement_of_a_cursor_forgets_the_one_before():
    with connection.cursor() as cursor:
        for text, values in (("SELECT %s::int", [1]), ("SELECT 2", None), ("SELECT %s::int", [3])):
            cursor.execute(text, values)
            (number,) = cursor.fetchone()
            assert text.replace("%s::int", str(number)) == f"SELECT {number}"
            assert cursor.rowcount == 1


def test_what_returns_no_rows_says_how_many_it_changed_and_cannot_be_read():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_work SET attempts = 0 WHERE name = %s", ["nobody's"])
        assert (cursor.rowcount, cursor.description) == (0, None)
        with pytest.raises(ProgrammingError):
            cursor.fetchall()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("SELECT %s, %s", ["one"]),
        ("SELECT %(a)s::text", {"b": 1}),
        ("SELECT %s", [object()]),
    ],
)
def test_values_that_do_not_fit_are_a_mistake_of_the_program(text, values):
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute(text, values)


def test_a_moment_is_in_utc_and_one_that_python_does_not_have_is_refused():
    at = datetime(2026, 11, 23, 9, 30, 0, 120000, UTC)
    ((found, bare),) = ask("SELECT %s::timestamptz, date_trunc('second', %s::timestamptz)", at, at)
    assert (found, bare) == (at, at.replace(microsecond=0))
    assert found.tzinfo is UTC
    with pytest.raises(DataError):
        ask("SELECT %s::timestamptz", "infinity")


def test_values_keep_their_types_on_the_way_there_and_back():
    row = [1, 2**40, True, None, "a'b", b"\x00", ["x", "y"], [1, 2**40], 1.5]
    casts = ["int", "bigint", "boolean", "text", "text", "bytea", "text[]", "bigint[]", "float8"]
    (found,) = ask("SELECT " + ", ".join(f"%s::{cast}" for cast in casts), *row)
    assert list(found) == row
