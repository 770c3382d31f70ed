"""The HTML door of where sounds may come from."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kernel.doors import login_required
from kernel.errors import BadRequest
from telephony import sound_hosts

CHARACTERS_MAX = 20_000


class HostsForm(forms.Form):
    """One host a line."""

    hosts = forms.CharField(
        label=gettext_lazy("Allowed hosts"),
        help_text=gettext_lazy(
            "One in a line, such as cdn.acme.example; *.acme.example is every name below it."
        ),
        max_length=CHARACTERS_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope={"GET": "numbers.read", "HEAD": "numbers.read", "POST": "numbers.route"})
def sounds(request: HttpRequest) -> HttpResponse:
    """Show which servers sounds may come from and put others in their place."""
    workspace_id = request.workspace.id  # type: ignore[attr-defined]
    listed = "\n".join(sound_hosts.hosts_of(workspace_id))
    form = HostsForm(request.POST if request.method == "POST" else None, initial={"hosts": listed})
    if request.method == "POST" and form.is_valid():
        try:
            sound_hosts.set_hosts(
                workspace_id=workspace_id,
                hosts=form.cleaned_data["hosts"].split(),
                actor=request.actor,  # type: ignore[attr-defined]
            )
        except BadRequest:
            form.add_error("hosts", _("Write at most 50 names such as cdn.acme.example."))
        else:
            messages.success(request, _("The hosts are saved. They hold for the next sound."))
            return redirect("telephony:sounds")
    context = {
        "form": form,
        "uploads_host": urlsplit(settings.PUBLIC_URL).hostname,
        "may_change": "numbers.route" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "telephony/sounds.html", context, status=400 if form.errors else 200)


urls = [path("settings/sounds", sounds, name="sounds")]
