"""The HTML door of "I used the wrong account number": a claim, and how the last ones ended."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kernel.doors import login_required
from kernel.errors import Problem
from kernel.pages import render_sheet
from wallet import queries
from wallet.mpesa.parse import receipt_no
from wallet.services import claims


class ClaimForm(forms.Form):
    """What the payer's message from M-Pesa says."""

    receipt = forms.CharField(
        label=gettext_lazy("M-Pesa receipt"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "UKM8R4XC1P"}),
        help_text=gettext_lazy("The ten letters and digits at the start of the message."),
    )
    amount = forms.IntegerField(
        label=gettext_lazy("Amount in whole shillings"),
        min_value=1,
        max_value=250_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Type whole shillings, such as 1500.")},
    )
    tail = forms.CharField(
        label=gettext_lazy("Last 3 digits of the phone that paid"),
        max_length=3,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_receipt(self) -> str:
        found = receipt_no(self.cleaned_data["receipt"])
        if found is None:
            raise ValidationError(_("A receipt looks like UKM8R4XC1P."))
        return found

    def clean_tail(self) -> str:
        typed = str(self.cleaned_data["tail"])
        if not re.fullmatch(r"[0-9]{3}", typed):
            raise ValidationError(_("Type the last three digits, such as 678."))
        return typed


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope="wallet.topup")
def claim(request: HttpRequest) -> HttpResponse:
    """Take a claim; the answer is the same whether it fits or not."""
    form = ClaimForm(request.POST if request.method == "POST" else None)
    is_made, status = False, 200
    if request.method == "POST" and form.is_valid():
        try:
            _make(request, form)
            is_made = True
        except Problem as problem:
            form.add_error(None, problem.words())
            status = problem.status
    return render_sheet(
        request, "wallet/claim.html", _context(request, form, is_made), status=status
    )


def _make(request: HttpRequest, form: ClaimForm) -> None:
    facts = form.cleaned_data
    claims.make_claim(
        workspace_id=request.workspace.id,  # type: ignore[attr-defined]
        receipt_no=facts["receipt"],
        amount_minor=facts["amount"] * 100,
        phone_tail=facts["tail"],
        actor=f"user:{request.user.pk}",
    )


def _context(request: HttpRequest, form: ClaimForm, is_made: bool) -> dict[str, Any]:
    workspace = request.workspace  # type: ignore[attr-defined]
    return {
        "title": _("I used the wrong account number"),
        "form": form,
        "is_made": is_made,
        "claims": queries.claims(workspace.id),
        "currency": workspace.currency,
        "account_ref": workspace.mpesa_account_ref,
    }


urls = [path("wallet/claim", claim, name="claim")]
