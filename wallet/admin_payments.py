"""The operators' view of what we ask M-Pesa: verification, claims, refunds in full and in part."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Problem
from kernel.operators import OperatorAdmin, ReadOnlyAdmin, operator, reasoned
from wallet.models import Claim, Inquiry, Refund
from wallet.services import claims, inquiries, reversals


@admin.register(Inquiry)
class InquiryAdmin(ReadOnlyAdmin):
    list_display = (
        "asked_at", "kind", "receipt_no", "reason", "status", "claimed_minor", "found_minor",
        "outcome",
    )  # fmt: skip
    list_filter = ("kind", "status")
    search_fields = ("receipt_no",)
    ordering = ("-id",)
    exclude = ("callback_token_sha256",)
    actions = ("ask_again",)

    @reasoned(description=_("Ask M-Pesa again"), permissions=["move"])
    def ask_again(self, request: HttpRequest, rows: QuerySet[Inquiry]) -> None:
        """Put the questions again that nobody answered."""
        asked = [row for row in rows if inquiries.ask_again(row)]
        for row in asked:
            audit.record("wallet.inquiry_repeated", actor=operator(request), subject=row.receipt_no)
        messages.info(request, _("%(n)s asked again.") % {"n": len(asked)})

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Asking M-Pesa is for those who may move money."""
        return bool(request.user.has_perm("wallet.add_release"))


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = (
        "made_at", "workspace", "receipt_no", "amount_minor", "phone_tail", "agreement", "status",
        "release_link",
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("receipt_no", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    actions = ("refuse",)

    @admin.display(description=_("Agrees with the payment"))
    def agreement(self, claim: Claim) -> str:
        return claims.fits(claim)

    @admin.display(description=_("Release"))
    def release_link(self, claim: Claim) -> str:
        """Lead to the release form with everything but the reason filled in."""
        if claim.status != "open" or claims.fits(claim) != "fits":
            return "—"
        facts = {"receipt": claim.receipt_no, "reference": claim.workspace.mpesa_account_ref}
        address = f"{reverse('admin:wallet_release_add')}?{urlencode(facts)}"
        return format_html('<a href="{}">{}</a>', address, _("Release…"))

    @reasoned(description=_("Refuse: this is not theirs"), permissions=["decide"])
    def refuse(self, request: HttpRequest, rows: QuerySet[Claim]) -> None:
        """Close the claims that are wrong."""
        count = sum(claims.refuse_claim(row, actor=operator(request)) for row in rows)
        messages.info(request, _("%(n)s refused.") % {"n": count})

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Deciding is for those who may release money."""
        return bool(request.user.has_perm("wallet.add_release"))


class RefundForm(forms.ModelForm):  # type: ignore[type-arg]
    """A payment, how much of it goes back, and why."""

    shillings = forms.IntegerField(
        label=_("Only a part, in whole shillings (empty: all of it)"), required=False, min_value=10
    )

    class Meta:
        model = Refund
        fields = ("receipt", "reason")


@admin.register(Refund)
class RefundAdmin(OperatorAdmin):
    list_display = (
        "asked_at", "receipt", "way", "amount_minor", "reason", "status", "result_code",
        "asked_by", "ended_at",
    )  # fmt: skip
    list_filter = ("status", "way")
    search_fields = ("receipt__receipt_no",)
    ordering = ("-id",)
    form = RefundForm

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # The form is the one above.
    def save_model(
        self, request: HttpRequest, obj: Refund, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """Send the money back, or keep the refusal for the answer."""
        facts = form.cleaned_data
        wish = {"reason": facts["reason"], "actor": operator(request)}
        receipt_no = facts["receipt"].receipt_no
        try:
            if facts["shillings"]:
                amount = facts["shillings"] * 100
                made = reversals.ask_payout(receipt_no, amount_minor=amount, **wish)
            else:
                made = reversals.ask_refund(receipt_no, **wish)
        except Problem as problem:
            request.refund_refusal = str(problem)  # type: ignore[attr-defined]
            return
        obj.id, obj.status, obj.amount_minor = made.id, made.status, made.amount_minor

    # What the admin writes in its own log beside our audit row.
    def log_addition(self, request: HttpRequest, obj: Refund, message: Any) -> Any:
        if not hasattr(request, "refund_refusal"):
            return super().log_addition(request, obj, message)
        return None

    def response_add(
        self, request: HttpRequest, obj: Refund, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Say the refusal instead of a success."""
        if refusal := getattr(request, "refund_refusal", ""):
            messages.error(request, refusal)
            answer: HttpResponse = self.response_post_save_add(request, obj)
        else:
            answer = super().response_add(request, obj, post_url_continue)
        return answer
