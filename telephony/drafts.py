"""Keeping voice documents under a name: read, written and forgotten by whoever may place calls."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Workspace
from kernel import audit
from kernel.errors import BadRequest, NotFound
from kernel.ids import is_uuid
from kernel.phrases import Phrase
from telephony.draft_models import Draft

DRAFTS_MAX = 50
NAME_MAX = 80


def drafts(workspace_id: UUID) -> QuerySet[Draft]:
    """List the documents of a workspace by name."""
    return Draft.objects.filter(workspace_id=workspace_id).order_by("name")


def access_draft(workspace_id: UUID, draft_id: str) -> Draft:
    """Fetch one document of a workspace. Raises NotFound."""
    found = drafts(workspace_id).filter(pk=draft_id).first() if is_uuid(draft_id) else None
    if found is None:
        raise NotFound()
    return found


def save_draft(
    *, workspace_id: UUID, name: str, document: str, answers: Mapping[str, str], actor: str
) -> Draft:
    """Keep a document under a name, in place of what had it. Locks the workspace.

    Raises BadRequest without a name, and past the most that are kept.
    """
    name = name.strip()[:NAME_MAX]
    if not name:
        raise BadRequest(fields=[("name", Phrase("give the document a name"))])
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)
        mine = Draft.objects.filter(workspace_id=workspace_id)
        before = mine.filter(name=name).first()
        if before is None and mine.count() >= DRAFTS_MAX:
            rule = Phrase("A workspace keeps {most} documents; delete one first.", most=DRAFTS_MAX)
            raise BadRequest(rule)
        values = {"document": document, "answers": dict(answers)}
        draft, _is_new = Draft.objects.update_or_create(
            workspace_id=workspace_id, name=name, defaults=values
        )
        audit.record(
            "voice.draft_saved",
            actor=actor,
            subject=f"draft:{draft.id}",
            workspace_id=workspace_id,
            before={"name": name, "document": before.document} if before else None,
            after={"name": name, "document": document},
        )
    return draft


def delete_draft(draft: Draft, *, actor: str) -> None:
    """Forget a document; the audit log keeps its words."""
    with transaction.atomic():
        audit.record(
            "voice.draft_deleted",
            actor=actor,
            subject=f"draft:{draft.id}",
            workspace_id=draft.workspace_id,
            before={"name": draft.name, "document": draft.document},
        )
        draft.delete()
