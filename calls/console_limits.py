"""The HTML door of limits: what calls may cost, where they may go, and who is not called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ApiKeyNotFound
from accounts.models import ApiKey
from calls import queries_limits as queries
from calls import services
from calls.destinations import is_e164
from kernel.doors import login_required
from kernel.money_field import ShillingsField
from wallet import queries as wallet_queries
from wallet import services as wallet
from wallet.models import Limit

LISTED_MAX = 200


class CapsForm(forms.Form):
    """The three limits in shillings; empty is no limit."""

    day_minor = ShillingsField(
        label=gettext_lazy("All calls of a day (shillings)"),
        help_text=gettext_lazy("From midnight to midnight in Nairobi. Empty is no limit."),
        required=False,
    )
    call_minor = ShillingsField(
        label=gettext_lazy("One call (shillings)"),
        help_text=gettext_lazy("The call ends at the second this pays for."),
        required=False,
    )
    minute_minor = ShillingsField(
        label=gettext_lazy("Price of a minute (shillings)"),
        help_text=gettext_lazy("Dearer destinations are refused."),
        required=False,
    )


class ListForm(forms.Form):
    """A number that must not be called, and why."""

    e164 = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "tel", "placeholder": "+254712345678"}),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)

    def clean_e164(self) -> str:
        """Read a number as people type it: spaces go, 0712 becomes +254712."""
        packed = "".join(each for each in self.cleaned_data["e164"] if each not in " -()")
        e164 = f"+254{packed[1:]}" if packed.startswith("0") else packed
        if not is_e164(e164):
            raise ValidationError(
                _("Type a phone number, such as 0712 345 678 or +254 712 345 678.")
            )
        return e164


@never_cache
@require_safe
@login_required(scope="wallet.read")
def limits(request: HttpRequest) -> HttpResponse:
    """Show every limit with what today has taken of it, and the lists."""
    return _show(request)


def _show(
    request: HttpRequest, *, refused: forms.Form | None = None, key: UUID | None = None
) -> HttpResponse:
    """Draw the page; a form that was refused keeps what was typed, at the key it was typed for."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    found = {limit.api_key_id: limit for limit in wallet_queries.limits_of(workspace.id, mode)}
    keys = ApiKey.objects.filter(workspace_id=workspace.id, mode=mode, revoked_at=None)
    own = _row(found.get(None), None)
    others = [_row(found.get(each.id), each) for each in keys.order_by("label", "created_at")]
    if isinstance(refused, CapsForm):
        row = next((each for each in others if each["key"].id == key), own)
        refused.auto_id = row["form"].auto_id
        row["form"] = refused
    listed = queries.do_not_call(workspace.id, mode)
    context = {
        "own": own,
        "keys": others,
        "policy": queries.policy_of(workspace.id),
        "destinations": queries.destinations_of(workspace.id),
        "listed": list(listed.order_by("-created_at")[:LISTED_MAX]),
        "listed_count": listed.count(),
        "list_form": refused if isinstance(refused, ListForm) else ListForm(),
        "currency": workspace.currency,
        "may_set": "api_keys.manage" in request.scopes,  # type: ignore[attr-defined]
        "may_list": "calls.write" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "calls/limits.html", context, status=400 if refused else 200)


@require_POST
@login_required(scope="api_keys.manage")
def set_limits(request: HttpRequest, key_id: UUID | None = None) -> HttpResponse:
    """Save the limits of the workspace or of one of its keys."""
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    if key_id and not ApiKey.objects.filter(pk=key_id, workspace_id=workspace.id, mode=mode):
        raise ApiKeyNotFound()
    form = CapsForm(request.POST)
    if not form.is_valid():
        return _show(request, refused=form, key=key_id)
    wallet.set_limit(
        workspace_id=workspace.id,
        mode=mode,
        api_key_id=key_id,
        caps=wallet.Caps(**form.cleaned_data),
        actor=request.actor,  # type: ignore[attr-defined]
    )
    messages.success(request, _("The limits are saved."))
    return redirect("wallet_limits:limits")


@require_POST
@login_required(scope="api_keys.manage")
def set_warning(request: HttpRequest) -> HttpResponse:
    """Switch the spoken warning before the money ends on or off."""
    services.set_warning(
        workspace_id=request.workspace.id,  # type: ignore[attr-defined]
        is_on=request.POST.get("warns") == "on",
        actor=request.actor,  # type: ignore[attr-defined]
    )
    messages.success(request, _("The warning is saved."))
    return redirect("wallet_limits:limits")


@require_POST
@login_required(scope="calls.write")
def list_number(request: HttpRequest) -> HttpResponse:
    """Put one number on the do-not-call list."""
    form = ListForm(request.POST)
    if not form.is_valid():
        return _show(request, refused=form)
    services.list_numbers(
        workspace_id=request.workspace.id,  # type: ignore[attr-defined]
        mode=request.mode,  # type: ignore[attr-defined]
        numbers=[form.cleaned_data["e164"]],
        reason=form.cleaned_data["reason"],
        actor=request.actor,  # type: ignore[attr-defined]
    )
    messages.success(request, _("The number is not called any more."))
    return redirect("wallet_limits:limits")


@require_POST
@login_required(scope="calls.write")
def unlist_number(request: HttpRequest, e164: str) -> HttpResponse:
    """Take one number off the do-not-call list."""
    services.unlist_number(
        workspace_id=request.workspace.id,  # type: ignore[attr-defined]
        mode=request.mode,  # type: ignore[attr-defined]
        e164=e164,
        actor=request.actor,  # type: ignore[attr-defined]
    )
    messages.success(request, _("The number may be called again."))
    return redirect("wallet_limits:limits")


# The values are those of a template's context.
def _row(limit: Limit | None, key: ApiKey | None) -> dict[str, Any]:
    names = ("day_minor", "call_minor", "minute_minor")
    caps = {name: getattr(limit, name) if limit else None for name in names}
    prefix = f"key-{key.id}" if key else "own"
    form = CapsForm(initial=caps, auto_id=f"{prefix}-%s")
    spent = queries.spent_today(limit) if limit else 0
    return {
        "key": key,
        "form": form,
        "is_set": any(minor is not None for minor in caps.values()),
        "spent_minor": spent,
        "share": min(100, spent * 100 // max(1, caps["day_minor"])) if caps["day_minor"] else 0,
        **caps,
    }


urls = [
    path("wallet/limits", limits, name="limits"),
    path("wallet/limits/set", set_limits, name="limits_set"),
    path("wallet/limits/keys/<uuid:key_id>", set_limits, name="limits_key"),
    path("wallet/limits/warning", set_warning, name="limits_warning"),
    path("wallet/limits/do-not-call", list_number, name="list_number"),
    path("wallet/limits/do-not-call/<str:e164>/remove", unlist_number, name="unlist_number"),
]
