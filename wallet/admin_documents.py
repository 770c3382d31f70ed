"""The operators' view of papers: all of them, and the one place for what eTIMS answered."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.operators import OperatorAdmin, ReadOnlyAdmin, operator
from wallet.models import BillingProfile, Document
from wallet.services import documents

ETIMS = ("control_unit_number", "control_unit_invoice_number", "etims_url")


class EtimsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the authority's system answered; it is written once."""

    etims_url = forms.URLField(
        label=_("Link of the QR code"), required=False, max_length=300, assume_scheme="https"
    )

    class Meta:
        model = Document
        fields = ETIMS

    def clean(self) -> dict[str, Any]:
        """Ask for both numbers: half an answer is none."""
        data = super().clean() or self.cleaned_data
        for name in ETIMS[:2]:
            if not data.get(name):
                self.add_error(name, _("This is needed."))
        return data


@admin.register(Document)
class DocumentAdmin(OperatorAdmin):
    list_display = (
        "number", "kind", "workspace", "month", "total_minor", "vat_minor", "issued_at",
        "control_unit_invoice_number",
    )  # fmt: skip
    list_filter = ("kind", "month", ("etims_at", admin.EmptyFieldListFilter))
    search_fields = ("workspace__name", "control_unit_invoice_number", "series", "serial")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    form = EtimsForm
    readonly_fields: ClassVar = (
        "workspace", "kind", "series", "serial", "month", "posting", "currency", "total_minor",
        "vat_minor", "body", "digest", "issued_at", "etims_at",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        """Statements wait for an answer until they have one; the list is open to who may see it."""
        is_open = obj is None or (obj.kind == Document.Kind.STATEMENT and obj.etims_at is None)
        return is_open and super().has_change_permission(request, obj)

    # The form is the one above.
    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        """Keep the answer through the verb that writes it once."""
        facts = form.cleaned_data
        kept = documents.record_etims(
            obj,
            control_unit_number=facts["control_unit_number"],
            control_unit_invoice_number=facts["control_unit_invoice_number"],
            url=facts["etims_url"],
            actor=operator(request),
        )
        if not kept:
            messages.error(request, _("It was answered before."))


@admin.register(BillingProfile)
class BillingProfileAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "legal_name", "kra_pin", "email", "updated_at")
    search_fields = ("workspace__name", "legal_name", "kra_pin")
    list_select_related = ("workspace",)
