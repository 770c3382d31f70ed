"""Voice documents kept under a name."""

import pytest

from kernel.errors import BadRequest, NotFound
from kernel.models import AuditEntry
from telephony import drafts
from tests import world

pytestmark = pytest.mark.django_db


def save(where, name, document="<Response/>", **answers):
    return drafts.save_draft(
        workspace_id=where.id, name=name, document=document, answers=answers, actor="tests"
    )


def test_a_document_is_kept_under_its_name_and_written_again():
    acme = world.acme()
    first = save(acme, " Menu ", "<Response/>")
    again = save(acme, "Menu", "<Response><Hangup/></Response>")
    assert first.id == again.id
    assert [it.document for it in drafts.drafts(acme.id)] == ["<Response><Hangup/></Response>"]
    entry = AuditEntry.objects.filter(action_kind="voice.draft_saved").latest("created_at")
    assert (entry.before["document"], entry.after["name"]) == ("<Response/>", "Menu")


def test_a_document_of_another_workspace_is_not_there():
    draft = save(world.acme(), "Menu")
    with pytest.raises(NotFound):
        drafts.access_draft(world.chege().id, str(draft.id))
    with pytest.raises(NotFound):
        drafts.access_draft(world.chege().id, "no-id")


def test_a_document_needs_a_name_and_there_are_not_too_many(monkeypatch):
    acme = world.acme()
    with pytest.raises(BadRequest):
        save(acme, "  ")
    monkeypatch.setattr(drafts, "DRAFTS_MAX", 1)
    save(acme, "one")
    with pytest.raises(BadRequest):
        save(acme, "two")
    save(acme, "one", "<Response><Say>Again</Say></Response>")


def test_a_deleted_document_stays_in_the_audit_log():
    acme = world.acme()
    draft = save(acme, "Menu", "<Response><Say>Hi</Say></Response>")
    drafts.delete_draft(draft, actor="tests")
    assert not drafts.drafts(acme.id)
    assert "Hi" in AuditEntry.objects.get(action_kind="voice.draft_deleted").before["document"]
