"""The log of events as it grows, and the box that checks a signature."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kernel import events, ids
from kernel.doors import login_required
from webhooks import queries, verify
from webhooks.errors import EventUnsupported
from webhooks.subscriptions import FAMILIES, expand

SHOWN = 50


@never_cache
@require_safe
@login_required(scope="events.read")
def event_log(request: HttpRequest) -> HttpResponse:
    """Show the latest events, newest first; the page follows them while it is open."""
    kind = request.GET.get("kind", "")
    try:
        kinds = expand(kind) if kind else []
    except EventUnsupported:
        kind, kinds = "", []
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    call_id = request.GET.get("call", "")
    call_id = call_id if ids.is_uuid(call_id) else ""
    context = {
        "events": queries.latest_events(
            workspace.id, mode, kinds=kinds, limit=SHOWN, call_id=call_id
        ),
        "kind": kind,
        "call_id": call_id,
        "kinds": [*FAMILIES, *events.catalogue()],
    }
    return render(request, "webhooks/events.html", context)


class VerifyForm(forms.Form):
    """What arrived, and the secret it should have been signed with."""

    header = forms.CharField(
        label="X-Sautikit-Signature",
        max_length=1000,
        widget=forms.TextInput(attrs={"placeholder": "t=1719500000,v1=…", "autocomplete": "off"}),
    )
    body = forms.CharField(
        label=gettext_lazy("Body, exactly as it arrived"),
        strip=False,
        max_length=65_536,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "placeholder": "whsec_…"}),
        help_text=gettext_lazy("Leave it empty to try the secrets of your endpoints here."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope="webhooks.read")
def verify_signature(request: HttpRequest) -> HttpResponse:
    """Say whether a signature fits a body, and if not, why."""
    form = VerifyForm(request.POST if request.method == "POST" else None)
    verdict = _judge(request, form) if request.method == "POST" and form.is_valid() else None
    return render(request, "webhooks/verify.html", {"form": form, "verdict": verdict})


def _judge(request: HttpRequest, form: VerifyForm) -> verify.Verdict:
    data = form.cleaned_data
    workspace, mode = request.workspace, request.mode  # type: ignore[attr-defined]
    secrets = {data["secret"]: ""} if data["secret"] else queries.secrets(workspace, mode)
    return verify.judge(data["header"], data["body"], secrets)
