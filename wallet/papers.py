"""Reads of papers: who is billed, statements, payments with their receipts, and what they cover."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from wallet.chart import Account, Kind
from wallet.errors import DocumentNotFound
from wallet.models import BillingProfile, Document, Entry, Posting


def billing_profile(workspace_id: UUID) -> BillingProfile | None:
    """Return who is billed, if somebody said so."""
    return BillingProfile.objects.filter(workspace_id=workspace_id).first()


def statements(workspace_id: UUID) -> list[Document]:
    """Return the statements of closed months, newest first."""
    rows = Document.objects.filter(workspace_id=workspace_id, kind=Document.Kind.STATEMENT)
    return list(rows.order_by("-month"))


def access_document(workspace_id: UUID, mode: str, document_id: UUID | str) -> Document:
    """Return the workspace's own paper; papers are about live money. Raises DocumentNotFound."""
    rows = Document.objects.filter(workspace_id=workspace_id, id=document_id)
    found = rows.first() if mode == "live" else None
    if found is None:
        raise DocumentNotFound()
    return found


def entries_of(document: Document) -> QuerySet[Entry]:
    """Return the ledger rows that a paper covers, unordered."""
    rows = Entry.objects.filter(
        wallet__workspace_id=document.workspace_id, wallet__mode="live", account=Account.WALLET
    )
    if document.posting_id:
        return rows.filter(posting_id=document.posting_id)
    return rows.filter(id__gt=document.after_entry_id, id__lte=document.last_entry_id)


def payments(workspace_id: UUID, mode: str) -> QuerySet[Posting]:
    """Return the payments that came in, unordered, with their receipts."""
    kinds = (Kind.TOPUP, Kind.SUSPENSE_RELEASE)
    rows = Posting.objects.filter(workspace_id=workspace_id, mode=mode, kind__in=kinds)
    return rows.select_related("document")


def access_payment(workspace_id: UUID, mode: str, posting_id: UUID | str) -> Posting:
    """Return a payment of live money. Raises DocumentNotFound."""
    found = payments(workspace_id, mode).filter(id=posting_id).first() if mode == "live" else None
    if found is None:
        raise DocumentNotFound()
    return found
