"""Our cursors: Django's rules hold, and who watches statements sees them."""

import pytest
from django.db import DataError, IntegrityError, connection, transaction
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
