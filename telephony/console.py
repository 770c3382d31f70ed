"""The HTML door of rooms and of running calls: who is where, and what is done about it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from calls import queries as calls
from calls.models import Call
from calls.services import announces_limits
from kernel.doors import login_required
from kernel.errors import BadRequest, Problem
from kernel.phrases import Phrase
from telephony import control, room_commands, room_queries, supervising
from telephony.interpreter.lint import Verdict, lint
from telephony.interpreter.parse import parse
from telephony.supervision_models import ANNOUNCEMENTS, MODES

ENDED_SHOWN = 20
DOCUMENT_MAX = 64 * 1024
# What the page says once a command is on its way.
DONE = {
    "mute": gettext_lazy("Muted."),
    "unmute": gettext_lazy("No longer muted."),
    "kick": gettext_lazy("They are being taken out of the room."),
    "hold": gettext_lazy("They hear music now."),
    "unhold": gettext_lazy("They hear the room again."),
    "say": gettext_lazy("Everybody in the room hears it in a moment."),
    "play": gettext_lazy("Everybody in the room hears it in a moment."),
    "end": gettext_lazy("The room is ending."),
}


class SuperviseForm(forms.Form):
    """Who shall listen to a call, and how."""

    number = forms.RegexField(
        r"^\s*\+?[0-9 ]{9,20}\s*$",
        label=gettext_lazy("The supervisor's phone"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "tel", "placeholder": "+254712345678"}),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Begin with"),
        choices=[
            ("listen", gettext_lazy("Listen silently")),
            ("whisper", gettext_lazy("Whisper to the agent")),
            ("barge", gettext_lazy("Barge in")),
        ],
    )
    announce = forms.ChoiceField(
        label=gettext_lazy("Tell"),
        choices=[
            ("none", gettext_lazy("nobody")),
            ("agent", gettext_lazy("the agent")),
            ("both", gettext_lazy("both sides")),
        ],
    )
    label = forms.CharField(label=gettext_lazy("Label"), max_length=64, required=False)


class ActionsForm(forms.Form):
    """A voice document for a call that runs."""

    document = forms.CharField(
        label=gettext_lazy("Voice document, JSON or XML"),
        max_length=DOCUMENT_MAX,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false"}),
        initial='{"actions": [\n  {"say": {"text": "One moment, please."}},\n  {"hangup": {}}\n]}',
    )


@never_cache
@require_safe
@login_required(scope="calls.read")
def room_list(request: HttpRequest) -> HttpResponse:
    """Show the rooms that are open now with everybody in them, and those that ended lately."""
    whose = request.workspace.id, request.mode  # type: ignore[attr-defined]
    ended = room_queries.list_rooms(*whose, which="ended").order_by("-created_at", "-id")
    context = {
        "rooms": room_queries.list_rooms(*whose).order_by("-created_at", "-id"),
        "ended": ended[:ENDED_SHOWN],
        "may_manage": "conferences.manage" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "telephony/rooms.html", context)


@require_POST
@login_required(scope="conferences.manage")
def room_act(request: HttpRequest, key: str) -> HttpResponse:
    """Do what a button of the page says, to a room or to one in it."""
    whose = request.workspace.id, request.mode  # type: ignore[attr-defined]
    wish = room_commands.Wish(
        command=request.POST.get("command", ""),
        participant=request.POST.get("participant", ""),
        text=request.POST.get("text", "")[: room_commands.TEXT_CHARACTERS_MAX],
        language="sw-KE" if request.POST.get("language") == "sw-KE" else "en-KE",
    )
    try:
        if wish.command not in room_commands.COMMANDS:
            raise BadRequest(fields=[("command", Phrase("is not one of ours"))])
        room = room_queries.access_room(*whose, key)
        room_commands.carry_out(room, wish, actor=request.actor)  # type: ignore[attr-defined]
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, DONE[wish.command])
    return redirect("telephony:rooms")


@never_cache
@require_safe
@login_required(scope="calls.read")
def call_control(request: HttpRequest, key: str) -> HttpResponse:
    """Show who supervises a call, and the forms that take part in it."""
    return _show(request, _call(request, key))


@require_POST
@login_required(scope="calls.write")
def call_send(request: HttpRequest, key: str) -> HttpResponse:
    """Give a call other actions; a document that cannot run is shown with what is wrong."""
    call = _call(request, key)
    form = ActionsForm(request.POST)
    if not form.is_valid():
        return _show(request, call, actions=form)
    raw = form.cleaned_data["document"].encode()
    verdict = lint(raw)
    if verdict.errors:
        return _show(request, call, actions=form, verdict=verdict)
    try:
        control.take_over(call, parse(raw), actor=request.actor)  # type: ignore[attr-defined]
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The call does what you sent from now on."))
    return redirect("calls:detail", key=call.id)


@require_POST
@login_required(scope="calls.supervise")
@announces_limits
def call_supervise(request: HttpRequest, key: str) -> HttpResponse:
    """Call a supervisor, switch what they do, or end it."""
    call = _call(request, key)
    actor = request.actor  # type: ignore[attr-defined]
    asked = request.POST.get("do", "")
    try:
        if asked == "end":
            supervising.stop(call, actor=actor)
        elif asked in MODES:
            supervising.change_mode(call, asked, actor=actor)
        else:
            form = SuperviseForm(request.POST)
            if not form.is_valid():
                return _show(request, call, supervise=form)
            supervising.supervise(call, _wish(form), actor=actor)
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("telephony:control", key=call.id)


def _show(
    request: HttpRequest,
    call: Call,
    *,
    actions: ActionsForm | None = None,
    supervise: SuperviseForm | None = None,
    verdict: Verdict | None = None,
) -> HttpResponse:
    scopes = request.scopes  # type: ignore[attr-defined]
    context = {
        "call": call,
        "is_live": control.is_live(call),
        "supervision": supervising.current(call),
        "modes": MODES,
        "actions": actions or ActionsForm(),
        "supervise": supervise or SuperviseForm(),
        "verdict": verdict,
        "may_send": "calls.write" in scopes,
        "may_supervise": "calls.supervise" in scopes,
    }
    return render(request, "telephony/control.html", context, status=400 if verdict else 200)


def _call(request: HttpRequest, key: str) -> Call:
    return calls.access_call(request.workspace.id, request.mode, key)  # type: ignore[attr-defined]


def _wish(form: SuperviseForm) -> supervising.Wish:
    """Read a number as people type it: spaces go, 0712 becomes +254712."""
    packed = "".join(form.cleaned_data["number"].split())
    number = f"+254{packed[1:]}" if packed.startswith("0") else f"+{packed.lstrip('+')}"
    announce = form.cleaned_data["announce"]
    return supervising.Wish(
        mode=form.cleaned_data["mode"],
        type=supervising.PHONE,
        number=number,
        announce=announce if announce in ANNOUNCEMENTS else "none",
        label=form.cleaned_data["label"],
    )


urls = [
    path("conferences", room_list, name="rooms"),
    path("conferences/<str:key>/act", room_act, name="room_act"),
    path("calls/<str:key>/control", call_control, name="control"),
    path("calls/<str:key>/control/send", call_send, name="send"),
    path("calls/<str:key>/control/supervise", call_supervise, name="supervise"),
]
