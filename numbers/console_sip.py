"""The HTML door of SIP credentials: the phones of a number, their passwords shown once."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import Page
from kernel.doors import login_required
from kernel.errors import Problem
from numbers import queries, services
from numbers.models import Number


class PhoneForm(forms.Form):
    """What a phone is called among its sisters."""

    label = forms.CharField(
        label=gettext_lazy("Name of the phone"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Reception")}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope={"GET": "numbers.read", "POST": "numbers.route"})
def phones(request: Page, number_id: str) -> HttpResponse:
    """List the phones of a number, or add one and show its password once."""
    number = queries.access_number(request.workspace.id, request.mode, number_id)
    form = PhoneForm(request.POST if request.method == "POST" else None)
    issued = None
    if request.method == "POST" and form.is_valid():
        try:
            issued = services.add_sip_credential(
                number, label=form.cleaned_data["label"], actor=request.actor
            )
            form = PhoneForm()
        except Problem as problem:
            form.add_error(None, problem.words())
    return _page(request, number, form=form, issued=issued)


@require_POST
@login_required(scope="numbers.route")
def rotate(request: Page, number_id: str, credential_id: str) -> HttpResponse:
    """Give a phone another password and show it once."""
    number = queries.access_number(request.workspace.id, request.mode, number_id)
    row = queries.access_sip_credential(number, credential_id)
    issued = services.rotate_sip_credential(row, actor=request.actor)
    return _page(request, number, form=PhoneForm(), issued=issued)


@require_POST
@login_required(scope="numbers.route")
def delete(request: Page, number_id: str, credential_id: str) -> HttpResponse:
    """Take a credential back."""
    number = queries.access_number(request.workspace.id, request.mode, number_id)
    row = queries.access_sip_credential(number, credential_id)
    services.delete_sip_credential(row, actor=request.actor)
    messages.success(request, _("%(username)s cannot register any more.") % vars(row))
    return redirect("numbers:phones", number_id=number.id)


def _page(
    request: Page, number: Number, *, form: PhoneForm, issued: services.Issued | None
) -> HttpResponse:
    context = {
        "number": number,
        "tab": "phones",
        "form": form,
        "issued": issued,
        "credentials": queries.sip_credentials_of(number),
        "server": f"{settings.SIP_DOMAIN}:{settings.PHONE_SIP_PORT}",
        "may_route": "numbers.route" in request.scopes and number.status != "released",
    }
    return render(request, "numbers/phones.html", context)


urls = [
    path("numbers/<str:number_id>/phones", phones, name="phones"),
    path("numbers/<str:number_id>/phones/<str:credential_id>/rotate", rotate, name="rotate_phone"),
    path("numbers/<str:number_id>/phones/<str:credential_id>/delete", delete, name="delete_phone"),
]
