"""The HTML door of papers: statements of closed months, receipts, and who is billed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kernel import clock
from kernel.doors import login_required
from kernel.errors import BadRequest
from kernel.pagination import slice_rows
from wallet import export, monthly, papers
from wallet.models import BillingProfile, Document, Posting
from wallet.paper import words
from wallet.services import billing, documents
from wallet.statement_filter import StatementFilter
from wallet.tax import normalise_pin

PDF = "application/pdf"


class BillingForm(forms.Form):
    """Whose name and PIN stand on statements and receipts."""

    legal_name = forms.CharField(
        label=gettext_lazy("Legal name"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        help_text=gettext_lazy("Empty: the name of the workspace."),
    )
    kra_pin = forms.CharField(
        label=gettext_lazy("KRA PIN"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "P051234567X"}),
        help_text=gettext_lazy("You need it to claim the VAT of our invoices."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail for documents"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Empty: the owners get the monthly statement."),
    )

    def clean_kra_pin(self) -> str:
        typed = str(self.cleaned_data["kra_pin"])
        if not typed:
            return ""
        try:
            return normalise_pin(typed)
        except ValueError:
            words = _(
                "A KRA PIN is a letter A or P, nine digits and a letter, such as P051234567X."
            )
            raise ValidationError(words) from None


@never_cache
@require_safe
@login_required(scope="wallet.read")
def document_list(request: HttpRequest) -> HttpResponse:
    """List the statements of closed months, the month that is open, and the payments."""
    workspace, mode = _whose(request)
    payments = papers.payments(workspace.id, mode)
    try:
        found, cursor = slice_rows(payments, {"cursor": request.GET.get("cursor", "")})
    except BadRequest:
        return redirect("wallet:documents")
    today = clock.nairobi_today()
    context = {
        "is_test": mode == "test",
        "statements": papers.statements(workspace.id) if mode == "live" else [],
        "open_month": monthly.month_of(today),
        "open_day": today,
        "payments": found,
        "next_cursor": cursor,
        "profile": papers.billing_profile(workspace.id),
    }
    return render(request, "wallet/documents.html", context)


@never_cache
@require_safe
@login_required(scope="wallet.read")
def document_detail(request: HttpRequest, document_id: str) -> HttpResponse:
    """Show what a paper says, and take it as PDF or CSV."""
    workspace, mode = _whose(request)
    document = papers.access_document(workspace.id, mode, document_id)
    context = {
        "document": document,
        "body": words.named(document.body),
        "languages": settings.LANGUAGES,
    }
    return render(request, "wallet/document.html", context)


@never_cache
@require_safe
@login_required(scope="wallet.read")
def document_pdf(request: HttpRequest, document_id: str) -> HttpResponse:
    """Give a paper as PDF, in the language asked for."""
    workspace, mode = _whose(request)
    return _pdf(request, papers.access_document(workspace.id, mode, document_id))


@never_cache
@require_safe
@login_required(scope="wallet.read")
def document_csv(request: HttpRequest, document_id: str) -> HttpResponse:
    """Give every movement that a paper covers as CSV."""
    workspace, mode = _whose(request)
    document = papers.access_document(workspace.id, mode, document_id)
    rows = papers.entries_of(document)
    answer: HttpResponse = csv_answer(rows, f"{document.number}.csv")
    return answer


@never_cache
@require_safe
@login_required(scope="wallet.read")
def draft_pdf(request: HttpRequest) -> HttpResponse:
    """Give the open month as it stands, without a number."""
    workspace, mode = _whose(request)
    return _pdf(request, documents.draft_statement(workspace.id, mode))


@never_cache
@require_safe
@login_required(scope="wallet.read")
def receipt(request: HttpRequest, posting_id: str) -> HttpResponse:
    """Lead to the receipt of a payment, which is issued now if it was not before."""
    workspace, mode = _whose(request)
    posting: Posting = papers.access_payment(workspace.id, mode, posting_id)
    return redirect("wallet:document", document_id=documents.issue_receipt(posting).id)


@never_cache
@login_required(scope={"GET": "wallet.read", "HEAD": "wallet.read", "POST": "members.manage"})
@require_http_methods(["GET", "HEAD", "POST"])
def billing_settings(request: HttpRequest) -> HttpResponse:
    """Show and change who is billed."""
    workspace, _mode = _whose(request)
    profile = papers.billing_profile(workspace.id) or BillingProfile()
    names = ("legal_name", "kra_pin", "address", "email")
    form = BillingForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(profile, name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        billing.save_profile(
            workspace_id=workspace.id,
            actor=request.actor,  # type: ignore[attr-defined]
            **form.cleaned_data,
        )
        messages.success(request, _("Saved. The next documents carry it."))
        return redirect("wallet:billing")
    may_edit = "members.manage" in request.scopes  # type: ignore[attr-defined]
    context = {"form": form, "may_edit": may_edit, "workspace": workspace}
    return render(request, "wallet/billing.html", context)


@never_cache
@require_safe
@login_required(scope="wallet.read")
def statement_csv(request: HttpRequest) -> HttpResponse:
    """Give the statement as it is filtered, whole, as CSV."""
    workspace, mode = _whose(request)
    wanted = StatementFilter.read(request.GET)
    answer: HttpResponse = csv_answer(wanted.rows(workspace.id, mode), f"{wanted.name}.csv")
    return answer


# Django types a streamed answer beside HttpResponse, not below it.
def csv_answer(rows: Any, name: str) -> Any:
    """Stream ledger rows as a file; nothing is gathered in memory."""
    answer = StreamingHttpResponse(export.lines(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pdf(request: HttpRequest, document: Document) -> HttpResponse:
    # Only who asks for paper waits for the library.
    from wallet.paper.receipt import receipt_pdf
    from wallet.paper.statement import statement_pdf

    known = dict(settings.LANGUAGES)
    asked = request.GET.get("language", "")
    language = asked if asked in known else (get_language() or "en")
    draw = statement_pdf if document.kind == Document.Kind.STATEMENT else receipt_pdf
    answer = HttpResponse(draw(document, language=language), content_type=PDF)
    name = document.number if document.serial else f"draft-{document.month}"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


# A workspace is a noun of accounts.
def _whose(request: HttpRequest) -> tuple[Any, str]:
    return request.workspace, request.mode  # type: ignore[attr-defined]


urls = [
    path("settings/billing", billing_settings, name="billing"),
    path("wallet/statement.csv", statement_csv, name="statement_csv"),
    path("wallet/documents", document_list, name="documents"),
    path("wallet/documents/draft.pdf", draft_pdf, name="draft_pdf"),
    path("wallet/documents/<uuid:document_id>", document_detail, name="document"),
    path("wallet/documents/<uuid:document_id>.pdf", document_pdf, name="document_pdf"),
    path("wallet/documents/<uuid:document_id>.csv", document_csv, name="document_csv"),
    path("wallet/receipts/<uuid:posting_id>", receipt, name="receipt"),
]
