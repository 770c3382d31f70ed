"""The operators' reconciliation: import a statement, read its report, correct what it found."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from kernel import audit
from kernel.clock import NAIROBI
from kernel.errors import Problem
from kernel.money import Money
from kernel.operators import ReadOnlyAdmin, operator, reasoned
from wallet import reconciliation
from wallet.models import Finding, MpesaReceipt, Statement, StatementRow
from wallet.services import corrections, statements

CURRENCY = "KES"
CSV_KIND, XLSX_KIND = (
    "text/csv; charset=utf-8",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class StatementForm(forms.ModelForm):  # type: ignore[type-arg]
    """The file as the organisation portal exported it."""

    file = forms.FileField(
        label=_("Statement (CSV or XLSX)"),
        help_text=_("As the organisation portal exports it. The same file twice changes nothing."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx,.txt"}),
    )

    class Meta:
        model = Statement
        fields = ()


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """Import on the add page; the page of a statement is its report."""

    form = StatementForm
    list_display = (
        "name", "shortcode", "period_from", "period_to", "rows_count", "open_findings", "imported_at",
    )  # fmt: skip
    ordering = ("-imported_at",)
    search_fields = ("name", "findings__receipt_no")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Importing lands money, so it is for those who may."""
        return bool(request.user.has_perm("wallet.add_statement"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        """Leave the files themselves in the database."""
        waiting = Count("findings", filter=Q(findings__status__in=("open", "asked")))
        rows: QuerySet[Statement] = super().get_queryset(request)
        return rows.defer("raw").annotate(waiting=waiting)

    @admin.display(description=_("Open findings"))
    def open_findings(self, statement: Statement) -> int:
        return int(getattr(statement, "waiting", 0))

    def get_urls(self) -> list[URLPattern]:
        """Add the downloads."""
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:pk>/findings.csv", wrap(self.csv), name="wallet_statement_csv"),
            path("<uuid:pk>/file", wrap(self.file), name="wallet_statement_file"),
            *super().get_urls(),
        ]

    # The form is the one above.
    def save_model(
        self, request: HttpRequest, obj: Statement, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """Import the file, or keep the refusal for the answer."""
        given = form.cleaned_data["file"]
        try:
            made, is_new = statements.import_statement(
                name=given.name, raw=given.read(), actor=operator(request)
            )
        except Problem as problem:
            request.statement_refusal = str(problem)  # type: ignore[attr-defined]
            return
        obj.id, obj.name = made.id, made.name
        if not is_new:
            messages.info(request, _("This file was imported before; nothing changed."))

    # What the admin writes in its own log beside our audit row.
    def log_addition(self, request: HttpRequest, obj: Statement, message: Any) -> Any:
        if not hasattr(request, "statement_refusal"):
            return super().log_addition(request, obj, message)
        return None

    def response_add(
        self, request: HttpRequest, obj: Statement, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go to the report, or say why there is none."""
        if refusal := getattr(request, "statement_refusal", ""):
            messages.error(request, refusal)
            return redirect("admin:wallet_statement_add")
        return redirect("admin:wallet_statement_change", obj.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the report of a statement."""
        statement = self._wanted(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": Statement._meta,
            "title": statement.name,
            "statement": statement,
            "period": _period(statement),
            "imported_at": _time(statement.imported_at),
            "bars": [
                {"bar": bar, "url": _drill(statement, bar.verdict), "money": _money(bar.minor)}
                for bar in reconciliation.bars(statement)
            ],
            "standing": [
                {"each": each, "url": _listed(statement, each.kind, each.status),
                 "money": _money(each.minor)}
                for each in reconciliation.standing(statement)
            ],
            "gap": _gap(statement),
            "may_download": self.has_add_permission(request),
        }  # fmt: skip
        return render(request, "admin/wallet/statement/report.html", context)

    def csv(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Give every finding as CSV."""
        statement = self._wanted(request, pk)
        reply = HttpResponse(reconciliation.findings_csv(statement), content_type=CSV_KIND)
        reply["Content-Disposition"] = f'attachment; filename="findings-{statement.pk}.csv"'
        return reply

    def file(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Give the file back as it was imported; it names people, so few may have it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        statement = self._wanted(request, pk)
        raw = bytes(statement.raw)
        is_book = raw.startswith(b"PK")
        reply = HttpResponse(raw, content_type=XLSX_KIND if is_book else CSV_KIND)
        name = f"statement-{statement.pk}.{'xlsx' if is_book else 'csv'}"
        reply["Content-Disposition"] = f'attachment; filename="{name}"'
        return reply

    def _wanted(self, request: HttpRequest, pk: object) -> Statement:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found: Statement = get_object_or_404(Statement.objects.defer("raw"), pk=pk)
        return found


@admin.register(StatementRow)
class StatementRowAdmin(ReadOnlyAdmin):
    list_display = (
        "line_no", "receipt_no", "nature", "amount", "completed_at", "bill_ref", "verdict", "problem",
    )  # fmt: skip
    list_filter = ("verdict", "nature", "direction")
    search_fields = ("receipt_no", "bill_ref", "linked_receipt_no")
    ordering = ("statement", "line_no")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let the report lead to the rows of one statement."""
        return lookup == "statement__id__exact" or bool(
            super().lookup_allowed(lookup, value, request)
        )

    @admin.display(description=_("Amount"), ordering="amount_minor")
    def amount(self, row: StatementRow) -> str:
        signed = row.amount_minor if row.direction == "in" else -row.amount_minor
        return _money(signed)


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """What did not agree; its page corrects or accepts it."""

    list_display = (
        "receipt_no", "kind", "field", "said", "known", "stake", "occurred_at", "status",
    )  # fmt: skip
    list_filter = ("status", "kind", "field")
    search_fields = ("receipt_no", "reason")
    ordering = ("-found_at", "receipt_no")
    actions = ("correct", "agree")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let the report lead to the findings of one statement."""
        return lookup == "statement__id__exact" or bool(
            super().lookup_allowed(lookup, value, request)
        )

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Moving money is for those who may ask for releases."""
        return bool(request.user.has_perm("wallet.add_release"))

    @admin.display(description=_("Money in question"), ordering="stake_minor")
    def stake(self, finding: Finding) -> str:
        return _money(finding.stake_minor)

    @reasoned(
        description=_("Correct by a new entry"),
        permissions=["move"],
        consequence=_(
            "Nothing that was booked is changed. Above KES 20,000 a second person agrees."
        ),
    )
    def correct(self, request: HttpRequest, rows: QuerySet[Finding]) -> None:
        for row in rows:
            decide(request, row, "correct", audit.given_reason())

    @reasoned(description=_("Agree to the correction"), permissions=["move"])
    def agree(self, request: HttpRequest, rows: QuerySet[Finding]) -> None:
        for row in rows:
            decide(request, row, "agree", audit.given_reason())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one finding, and do what its form asks."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        finding = get_object_or_404(
            Finding.objects.select_related("statement", "row", "posting").defer("statement__raw"),
            pk=object_id,
        )
        if request.method == "POST":
            if not self.has_move_permission(request):
                raise PermissionDenied
            reason = request.POST.get("reason", "").strip()
            if reason:
                with audit.because(reason):
                    decide(request, finding, request.POST.get("decision", ""), reason)
            else:
                messages.error(request, _("Say why."))
            return redirect("admin:wallet_finding_change", finding.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": Finding._meta,
            "title": f"{finding.receipt_no}: {finding.get_kind_display()}",
            "finding": finding,
            "stake": _money(finding.stake_minor),
            "time": _time(finding.occurred_at) if finding.occurred_at else "",
            "receipt": MpesaReceipt.objects.filter(pk=finding.receipt_no).first(),
            "row_money": _money(finding.row.amount_minor) if finding.row else "",
            "is_correctable": corrections.can_correct(finding),
            "may_move": self.has_move_permission(request),
            "is_mine": finding.asked_by == operator(request),
        }
        return render(request, "admin/wallet/finding/page.html", context)


def decide(request: HttpRequest, finding: Finding, decision: str, reason: str) -> None:
    """Do what an operator decided, and say what became of it."""
    who = operator(request)
    try:
        if decision == "correct":
            done = corrections.ask_correction(finding.pk, reason=reason, actor=who)
        elif decision == "accept":
            done = corrections.accept_finding(finding.pk, reason=reason, actor=who)
        else:
            is_agreed = decision == "agree"
            done = corrections.decide_correction(finding.pk, is_agreed=is_agreed, actor=who)
    except Problem as problem:
        messages.error(request, f"{finding.receipt_no}: {problem}")
        return
    words = {
        "corrected": _("%(n)s is corrected by a new entry."),
        "asked": _("%(n)s waits for another person, who must agree."),
        "accepted": _("%(n)s is accepted as it is."),
        "open": _("The correction of %(n)s was refused."),
    }
    messages.success(request, words[done.status] % {"n": finding.receipt_no})


def _gap(statement: Statement) -> list[tuple[str, str, bool]]:
    """Return the lines of the balance table; True for those that are sums."""
    found = reconciliation.gap(statement)
    if found is None:
        return []
    lines = (
        (_("M-Pesa's closing balance"), found.closing_minor, False),
        (_("Our M-Pesa clearing account at that second"), found.books_minor, False),
        (_("Gap"), found.gap_minor, True),
        (_("From before the first statement"), found.opening_minor, False),
        (_("Charges, payouts and transfers that the books do not hold"), found.other_minor, False),
        (_("Findings that are not corrected"), found.findings_minor, False),
        (_("Not explained"), found.unexplained_minor, True),
    )
    return [(str(label), _money(minor), is_sum) for label, minor, is_sum in lines]


def _drill(statement: Statement, verdict: str) -> str:
    if verdict == "extra":
        return _listed(statement, "extra", "")
    rows = reverse("admin:wallet_statementrow_changelist")
    return f"{rows}?statement__id__exact={statement.pk}&verdict__exact={verdict}"


def _listed(statement: Statement, kind: str, status: str) -> str:
    found = reverse("admin:wallet_finding_changelist")
    url = f"{found}?statement__id__exact={statement.pk}&kind__exact={kind}"
    return f"{url}&status__exact={status}" if status else url


def _period(statement: Statement) -> str:
    if statement.period_from is None or statement.period_to is None:
        return ""
    return f"{_time(statement.period_from)} – {_time(statement.period_to)}"


def _time(at: datetime) -> str:
    """Write a time as the statement does, in East Africa."""
    return f"{at.astimezone(NAIROBI):%d-%m-%Y %H:%M:%S} EAT"


def _money(minor: int) -> str:
    return str(Money(minor, CURRENCY))
