"""The HTML door of what a workspace decides about its recordings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from calls import services, shelf, storage
from calls.recording_models import ANNOUNCEMENT_MAX, LANGUAGES, RecordingPolicy
from calls.services.recording_policy import KEEP_DAYS
from kernel.doors import login_required

SENTENCES = {
    "en-KE": "This call may be recorded.",
    "sw-KE": "Simu hii inaweza kurekodiwa.",
}
LANGUAGE_NAMES = ("English", "Kiswahili")


class PolicyForm(forms.Form):
    """How long recordings stay, and what is said before one."""

    keep_days = forms.TypedChoiceField(
        label=gettext_lazy("Keep recordings"), coerce=int, empty_value=None, required=False
    )
    announces = forms.BooleanField(
        label=gettext_lazy("Say that the call is recorded, before it is"), required=False
    )
    announcement = forms.CharField(
        label=gettext_lazy("What is said"),
        max_length=ANNOUNCEMENT_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=list(zip(LANGUAGES, LANGUAGE_NAMES, strict=True))
    )

    # The parent's arguments are Django's.
    def __init__(self, *args: object, tier_days: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        longest = _("As long as the storage tier: %(days)d days") % {"days": tier_days}
        choices: list[tuple[object, str | Promise]] = [("", longest)]
        choices += [(days, _days(days)) for days in KEEP_DAYS if days < tier_days]
        chosen = self.initial.get("keep_days")
        if chosen and chosen >= tier_days:
            choices.append((chosen, _days(chosen)))
        self.fields["keep_days"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse an announcement that says nothing."""
        cleaned = self.cleaned_data
        # What is too long is not in it, and has been refused already.
        is_empty = "announcement" in cleaned and not cleaned["announcement"].strip()
        if cleaned.get("announces") and is_empty:
            self.add_error("announcement", _("Write what is said."))
        return cleaned


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(
    scope={"GET": "recordings.read", "HEAD": "recordings.read", "POST": "storage.manage"}
)
def recording_policy(request: HttpRequest) -> HttpResponse:
    """Show what holds for recordings and decide otherwise."""
    workspace_id = request.workspace.id  # type: ignore[attr-defined]
    plan = shelf.plan_of(workspace_id, request.mode)  # type: ignore[attr-defined]
    tier_days = storage.retention_days(plan.tier_gb)
    initial = _initial(services.recording_policy(workspace_id))
    posted = request.POST if request.method == "POST" else None
    form = PolicyForm(posted, initial=initial, tier_days=tier_days)
    if request.method == "POST" and form.is_valid():
        services.set_recording_policy(
            workspace_id=workspace_id,
            keep_days=form.cleaned_data["keep_days"],
            announcement=form.cleaned_data["announcement"]
            if form.cleaned_data["announces"]
            else "",
            language=form.cleaned_data["language"],
            actor=request.actor,  # type: ignore[attr-defined]
        )
        messages.success(request, _("It holds for recordings from now on."))
        return redirect("calls:recording_policy")
    context = {
        "form": form,
        "may_change": "storage.manage" in request.scopes,  # type: ignore[attr-defined]
    }
    status = 400 if form.errors else 200
    return render(request, "calls/recording_policy.html", context, status=status)


# The values are those of a form.
def _initial(policy: RecordingPolicy) -> dict[str, Any]:
    return {
        "keep_days": policy.keep_days,
        "announces": bool(policy.announcement),
        "announcement": policy.announcement or SENTENCES[policy.language],
        "language": policy.language,
    }


def _days(days: int) -> str:
    return _("%(days)d days") % {"days": days} if days > 1 else _("1 day")


urls = [path("settings/recordings", recording_policy, name="recording_policy")]
