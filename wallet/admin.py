"""The operators' view of money: everything can be seen, nothing can be edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Problem
from kernel.list_filters import NewestFilter, choice_of
from kernel.operators import OperatorAdmin, ReadOnlyAdmin, ReadOnlyInline, operator, reasoned
from wallet import admin_documents, admin_payments, admin_statements
from wallet.models import (
    AlertSubscriber,
    Entry,
    Hold,
    MpesaAccess,
    MpesaEvent,
    MpesaReceipt,
    Posting,
    Release,
    SealedNight,
    TopUp,
    Wallet,
)
from wallet.services import reversals, suspense
from wallet.states import RECEIPT


class EntryInline(ReadOnlyInline):
    model = Entry
    fields = ("account", "wallet", "amount_minor", "balance_after_minor")


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin):
    list_display = (
        "workspace", "mode", "currency", "balance_minor", "held_minor", "receivable_minor",
    )  # fmt: skip
    list_filter = ("mode", "currency")
    search_fields = ("workspace__name", "workspace__mpesa_account_ref")
    list_select_related = ("workspace",)


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "workspace", "mode", "kind", "source_ref", "gross_minor")
    list_filter = ("kind", "mode")
    search_fields = ("source_ref", "description", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    inlines = (EntryInline,)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "wallet", "key", "amount_minor", "status", "expires_at")
    list_filter = ("status",)
    search_fields = ("key",)
    ordering = ("-id",)


@admin.register(TopUp)
class TopUpAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at", "workspace", "mode", "status", "amount_minor", "provider_reference",
        "failure_reason",
    )  # fmt: skip
    list_filter = ("status", "mode", "channel", ("failure_reason", NewestFilter))
    search_fields = ("provider_reference", "phone_e164", "account_ref", "checkout_request_id")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    exclude = ("callback_token_sha256",)


@admin.register(MpesaReceipt)
class MpesaReceiptAdmin(ReadOnlyAdmin):
    list_display = ("receipt_no", "amount_minor", "status", "paid_at", "workspace", "first_source")
    list_filter = (choice_of("status", RECEIPT.states), ("first_source", NewestFilter))
    search_fields = ("receipt_no", "bill_ref_raw", "msisdn_tail")
    list_select_related = ("workspace",)
    ordering = ("-created_at",)
    readonly_fields = ("possible_owners",)
    actions = ("refund", "record_reversal")

    @reasoned(
        description=_("Refund: send the payment back"),
        permissions=["move"],
        consequence=_("M-Pesa is asked to send each payment back in full to who paid it."),
    )
    def refund(self, request: HttpRequest, rows: QuerySet[MpesaReceipt]) -> None:
        """Ask M-Pesa to send each payment back in full."""
        for row in rows:
            try:
                reversals.ask_refund(
                    row.receipt_no, reason=audit.given_reason()[:100], actor=operator(request)
                )
            except Problem as problem:
                messages.error(request, f"{row.receipt_no}: {problem}")
            else:
                messages.success(request, _("%(n)s is on its way back.") % {"n": row.receipt_no})

    @reasoned(
        description=_("Record that M-Pesa took it back"),
        permissions=["move"],
        consequence=_("The money leaves the wallet as far as it is there; the rest is owed."),
    )
    def record_reversal(self, request: HttpRequest, rows: QuerySet[MpesaReceipt]) -> None:
        """Book what only the statement shows."""
        for row in rows:
            booked = reversals.reverse_payment(
                row.receipt_no, actor=operator(request), reason=audit.given_reason()
            )
            said = _("%(n)s is booked.") if booked else _("%(n)s was booked before.")
            messages.info(request, said % {"n": row.receipt_no})

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Moving money is for those who may ask for releases."""
        return bool(request.user.has_perm("wallet.add_release"))

    @admin.display(description=_("Possible owners"))
    def possible_owners(self, receipt: MpesaReceipt) -> str:
        """Name whom a payment in suspense may belong to."""
        if receipt.status != "suspense":
            return "—"
        found = [each.workspace for each in suspense.suggestions(receipt)]
        return ", ".join(f"{each.name} ({each.mpesa_account_ref})" for each in found) or "—"


@admin.register(MpesaEvent)
class MpesaEventAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "kind", "source_ip", "outcome", "processed_at")
    search_fields = ("outcome",)
    ordering = ("-id",)
    exclude = ("token_sha256", "raw")


@admin.register(MpesaAccess)
class MpesaAccessAdmin(ReadOnlyAdmin):
    list_display = ("app", "token_expires_at", "alarm_until", "alarm_reason")
    exclude = ("token",)


class ReleaseForm(forms.ModelForm):  # type: ignore[type-arg]
    """A receipt in suspense, where it should go, and why."""

    reference = forms.CharField(label=_("Account number of the workspace"), max_length=20)

    class Meta:
        model = Release
        fields = ("receipt", "reason")


@admin.register(Release)
class ReleaseAdmin(OperatorAdmin):
    list_display = (
        "asked_at",
        "receipt",
        "workspace",
        "reason",
        "status",
        "asked_by",
        "decided_by",
    )
    list_filter = ("status",)
    search_fields = ("receipt__receipt_no", "workspace__name")
    list_select_related = ("receipt", "workspace")
    ordering = ("-id",)
    form = ReleaseForm
    actions = ("agree", "refuse")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # The form is the one above.
    def save_model(
        self, request: HttpRequest, obj: Release, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """Ask for the release, or keep the refusal for the answer."""
        facts = form.cleaned_data
        try:
            made = suspense.ask_release(
                facts["receipt"].receipt_no,
                reference=facts["reference"],
                reason=facts["reason"],
                actor=operator(request),
            )
        except Problem as problem:
            request.release_refusal = str(problem)  # type: ignore[attr-defined]
            return
        obj.id, obj.workspace_id, obj.status = made.id, made.workspace_id, made.status

    # What the admin writes in its own log beside our audit row.
    def log_addition(self, request: HttpRequest, obj: Release, message: Any) -> Any:
        if not hasattr(request, "release_refusal"):
            return super().log_addition(request, obj, message)
        return None

    def response_add(
        self, request: HttpRequest, obj: Release, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say the refusal instead of a success."""
        if refusal := getattr(request, "release_refusal", ""):
            messages.error(request, refusal)
            answer: HttpResponse = self.response_post_save_add(request, obj)
        else:
            answer = super().response_add(request, obj, post_url_continue)
        return answer

    @reasoned(
        description=_("Agree: credit the payment"),
        permissions=["add"],
        consequence=_("Above KES 20,000 the one who asked cannot be the one who agrees."),
    )
    def agree(self, request: HttpRequest, rows: QuerySet[Release]) -> None:
        self._decide(request, rows, is_agreed=True)

    @reasoned(description=_("Refuse"), permissions=["add"])
    def refuse(self, request: HttpRequest, rows: QuerySet[Release]) -> None:
        self._decide(request, rows, is_agreed=False)

    def _decide(self, request: HttpRequest, rows: QuerySet[Release], *, is_agreed: bool) -> None:
        for row in rows:
            try:
                suspense.decide_release(row, is_agreed=is_agreed, actor=operator(request))
            except Problem as problem:
                messages.error(request, f"{row.receipt_id}: {problem}")
            else:
                messages.success(request, f"{row.receipt_id}: {row.get_status_display()}")


@admin.register(AlertSubscriber)
class AlertSubscriberAdmin(ReadOnlyAdmin):
    list_display = ("email", "workspace", "mode", "status", "created_at", "confirmed_at")
    list_filter = ("status", "mode")
    search_fields = ("email", "workspace__name")
    list_select_related = ("workspace",)


@admin.register(SealedNight)
class SealedNightAdmin(ReadOnlyAdmin):
    list_display = ("sealed_at", "wallets_count", "entries_count", "root")
    ordering = ("-id",)


# The pages of verification, claims, refunds and reconciliation are registered by their own modules.
__all__ = ["admin_documents", "admin_payments", "admin_statements"]
