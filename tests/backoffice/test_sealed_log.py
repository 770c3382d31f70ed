"""What operators do is sealed row by row, and an edit of the past names its row."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from kernel import audit, seals
from kernel.models import AuditEntry, AuditSeal
from sautikit_site import embedded
from sautikit_site.pytest_services import _superuser
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)


def done(reason="spam", actor="operator:1", **facts):
    return audit.record("workspace.suspended", actor=actor, subject="w", reason=reason, **facts)


def tamper(sql, *values):
    """Do as the superuser what the application's role cannot."""
    with _superuser(connection.settings_dict["NAME"]) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(sql, values)


def test_every_row_of_an_operator_is_sealed_at_the_commit_and_no_other():
    with transaction.atomic():
        row = done()
        done(actor="user:1")
        assert not AuditSeal.objects.exists()
    assert AuditSeal.objects.get().entry == row
    done(reason="more", before={"a": 1}, after={"b": [None, "ü"]}, request_id="req_1")
    assert list(AuditSeal.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert seals.first_broken_row() is None


def test_what_is_rolled_back_leaves_no_gap():
    done()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        done(reason="never happened")
        raise ZeroDivisionError
    done()
    assert seals.head().number == 2 and seals.first_broken_row() is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE kernel_auditentry SET reason = 'kinder'",
        "DELETE FROM kernel_auditentry",
        "UPDATE kernel_auditseal SET digest = ''",
        "DELETE FROM kernel_auditseal",
        "TRUNCATE kernel_auditseal",
        "INSERT INTO kernel_auditseal SELECT 99, id, '' FROM kernel_auditentry",
        "SELECT kernel_seal(e) FROM kernel_auditentry e",
        "ALTER TABLE kernel_auditentry DISABLE TRIGGER ALL",
    ],
)
def test_the_applications_role_changes_removes_and_forges_nothing(sql):
    done()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql)
    assert seals.first_broken_row() is None


def test_an_edited_row_is_named():
    rows = [done(reason=str(number)) for number in range(5)]
    tamper("UPDATE kernel_auditentry SET reason = 'kinder' WHERE id = %s", rows[2].id)
    assert f"audit row {rows[2].id} (workspace.suspended w)" in seals.first_broken_row()
    with pytest.raises(CommandError, match=str(rows[2].id)):
        call_command("verify_audit")


def test_a_removed_row_a_removed_seal_and_a_row_past_the_seals_are_named():
    rows = [done(reason=str(number)) for number in range(3)]
    tamper("DELETE FROM kernel_auditentry WHERE id = %s", rows[1].id)
    assert seals.first_broken_row() == "seal 2: its row was removed"
    tamper("DELETE FROM kernel_auditseal WHERE number = 2")
    assert seals.first_broken_row() == "seal 2 is missing: a row was removed"


def test_a_row_that_was_written_past_the_trigger_is_named():
    done()
    tamper(
        "INSERT INTO kernel_auditentry (id, actor, action_kind, subject, reason, request_id)"
        " VALUES (gen_random_uuid(), 'operator:9', 'workspace.resumed', 'w', 'x', '')"
    )
    assert "it was written past the seals" in seals.first_broken_row()


def test_a_log_that_was_cut_and_sealed_anew_does_not_fit_a_head_kept_elsewhere(capsys):
    for number in range(3):
        done(reason=str(number))
    call_command("verify_audit")
    said = capsys.readouterr().out
    known = said.partition("keep ")[2].partition(" elsewhere")[0]
    assert known.startswith("3:")
    last = AuditSeal.objects.get(number=3).entry_id
    tamper("DELETE FROM kernel_auditseal WHERE number = 3")
    tamper("DELETE FROM kernel_auditentry WHERE id = %s", last)
    call_command("verify_audit")
    with pytest.raises(CommandError, match="the log was cut or written anew"):
        call_command("verify_audit", known=known)
    done(reason="another end")
    with pytest.raises(CommandError, match="the log was cut or written anew"):
        call_command("verify_audit", known=known)


def test_many_operators_at_once_make_one_chain():
    world.together(8, lambda number: [done(reason=f"{number}.{each}") for each in range(5)])
    assert seals.head().number == AuditEntry.objects.count() == 40
    assert seals.first_broken_row() is None


def test_operators_who_hold_a_lock_while_they_act_do_not_wait_for_each_other_for_ever():
    """The chain is locked at the commit only, so a lock taken after the audit row is no deadlock."""
    one, two = world.acme().workspace, world.chege().workspace

    def act(number):
        first, second = (one, two) if number % 2 else (two, one)
        with transaction.atomic():
            done(reason=str(number))
            type(one).objects.select_for_update().get(pk=min(first.pk, second.pk))
            type(one).objects.select_for_update().get(pk=max(first.pk, second.pk))

    assert not [each for each in world.together(6, act) if isinstance(each, Exception)]
    assert seals.first_broken_row() is None
    assert connection.settings_dict["USER"] == embedded.APP
