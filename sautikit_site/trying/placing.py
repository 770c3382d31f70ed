"""A call from the browser, the same call as a program beside it, and what becomes of it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from calls import lanes, queries, services
from calls.errors import CallNotFound
from calls.models import Call
from calls.services import announces_limits
from docs import calling
from kernel.doors import login_required
from kernel.errors import Problem
from numbers.models import Number

ADDRESS_MAX = 2000
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# What the numbers of the test carrier do.
FIXED = (
    ("+254711000002", _("answers and presses 1")),
    ("+254711000001", _("answers and speaks")),
    ("+254711000007", _("answers and echoes")),
    ("+254711000008", _("answers after 5 seconds")),
    ("+254711000006", _("answers and drops after 10 seconds")),
    ("+254711000003", _("is busy")),
    ("+254711000004", _("rejects")),
    ("+254711000005", _("never answers")),
    ("+254711000009", _("fails in the network")),
)


class CallForm(forms.Form):
    """The call to place. In test mode it reaches the numbers of the test carrier."""

    from_e164 = forms.ChoiceField(label=_("From"))
    to_e164 = forms.CharField(
        label=_("To"),
        max_length=24,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "placeholder": "+254712345678", "autocomplete": "off"}
        ),
    )
    voice_url = forms.CharField(
        label=_("Voice URL"),
        max_length=ADDRESS_MAX,
        required=False,
        help_text=_("Left out: the voice URL of the number."),
        widget=forms.URLInput(
            attrs={"placeholder": "https://your-app.example.com/voice", "autocomplete": "off"}
        ),
    )

    # The parent's arguments are Django's.
    def __init__(self, *args: object, numbers: list[str], mode: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["from_e164"].choices = [(it, it) for it in numbers]  # type: ignore[attr-defined]
        if mode == "test":
            choices = [(e164, f"{e164} {words}") for e164, words in FIXED]
            self.fields["to_e164"] = forms.ChoiceField(label=_("To"), choices=choices)
        for field in self.fields.values():
            field.widget.attrs.setdefault("form", "try-form")

    def clean_to_e164(self) -> str:
        number = packed(str(self.cleaned_data["to_e164"]))
        if not _E164.fullmatch(number):
            raise forms.ValidationError(
                _("Type a number with its country, such as +254 712 345 678, or 0712 345 678.")
            )
        return number


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope={"GET": "calls.read", "HEAD": "calls.read", "POST": "calls.write"})
@announces_limits
def page(request: HttpRequest) -> HttpResponse:
    """Show the form and the programs; after a call was placed, what becomes of it."""
    numbers = _numbers(request)
    if request.method != "POST":
        form = CallForm(initial=_typed(request), numbers=numbers, mode=_mode(request))
        return _show(request, form)
    form = CallForm(request.POST, numbers=numbers, mode=_mode(request))
    if form.is_valid():
        try:
            call = services.place_call(
                workspace_id=request.workspace.id,  # type: ignore[attr-defined]
                mode=_mode(request),
                from_e164=form.cleaned_data["from_e164"],
                to=[form.cleaned_data["to_e164"]],
                voice_callback_url=form.cleaned_data["voice_url"],
            )
        except Problem as problem:
            _refuse(form, problem)
        else:
            return redirect(f"{reverse('site:try')}?call={call.id}")
    return _show(request, form, status=400)


@never_cache
@require_POST
@login_required(scope="calls.read")
def code(request: HttpRequest) -> HttpResponse:
    """Give the programs of what is typed so far; what is not finished yet is the example."""
    return render(request, "site/try/_code.html", {"programs": _programs(request.POST.dict())})


def packed(text: str) -> str:
    """Read a number as people type it: spaces go, 0712 becomes +254712."""
    kept = "".join(each for each in text if each not in " -()\N{NO-BREAK SPACE}")
    return f"+254{kept[1:]}" if kept.startswith("0") else kept


def _show(request: HttpRequest, form: CallForm, *, status: int = 200) -> HttpResponse:
    numbers = [e164 for e164, _name in form.fields["from_e164"].choices]  # type: ignore[attr-defined]
    typed = {name: str(form[name].value() or "") for name in form.fields}
    # What the page shows as chosen before anybody chose.
    typed["from_e164"] = typed["from_e164"] or next(iter(numbers), "")
    context = {
        "form": form,
        "programs": _programs(typed),
        "has_numbers": bool(numbers),
        "may_call": "calls.write" in request.scopes,  # type: ignore[attr-defined]
        **_progress(request),
    }
    return render(request, "site/try/call.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, str]:
    """Return what the form begins with: the call that was placed from it, or the address."""
    call: Call | None = _progress(request).get("call")
    if call is not None:
        return {
            "from_e164": call.local_e164,
            "to_e164": call.remote_e164,
            "voice_url": "" if call.voice_url == call.number.voice_callback_url else call.voice_url,
        }
    return {name: request.GET.get(name, "") for name in ("from_e164", "to_e164", "voice_url")}


# The context of a template.
def _progress(request: HttpRequest) -> dict[str, Any]:
    """Return the call that the address names, with what happened in it so far."""
    if not (key := request.GET.get("call", "")):
        return {}
    try:
        call = queries.access_call(request.workspace.id, _mode(request), key)  # type: ignore[attr-defined]
    except CallNotFound:
        return {}
    drawing = lanes.draw(call, queries.events_of(call.id))
    is_handset = settings.SANDBOX and _mode(request) == "live"
    return {
        "call": call,
        "drawing": drawing,
        "phone_url": reverse("sandbox:phone", args=[call.to_e164]) if is_handset else "",
    }


def _programs(typed: dict[str, str]) -> list[calling.Program]:
    call = calling.Call(
        from_e164=typed.get("from_e164", ""),
        to_e164=packed(typed.get("to_e164", "")),
        voice_url=typed.get("voice_url", "").strip(),
    )
    return calling.programs(call, settings.PUBLIC_URL)


def _refuse(form: CallForm, problem: Problem) -> None:
    """Show a refusal at the field it is about, or above the form."""
    names = {"from": "from_e164", "to": "to_e164", "voice_callback_url": "voice_url"}
    fields = problem.spoken_fields()
    for path, message in fields:
        name = names.get(path.partition("[")[0])
        form.add_error(name, message)
    if not fields:
        form.add_error(None, problem.words())


def _numbers(request: HttpRequest) -> list[str]:
    workspace, mode = request.workspace, _mode(request)  # type: ignore[attr-defined]
    rows = Number.objects.filter(workspace=workspace, mode=mode, status="active")
    return list(rows.order_by("claimed_at").values_list("e164", flat=True))


def _mode(request: HttpRequest) -> str:
    mode: str = request.mode  # type: ignore[attr-defined]
    return mode
