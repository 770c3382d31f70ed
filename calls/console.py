"""The HTML door of calls: the list with its filters, one call second by second, hang-up."""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import Page
from calls import basis, console_desk, desk, lanes, money_marks, ports, queries, services, waveform
from calls.call_filter import CallFilter
from calls.errors import RecordingNotFound
from calls.models import Call, CallEvent, Recording
from kernel.doors import login_required
from kernel.errors import BadRequest
from kernel.money import Money
from kernel.pagination import slice_rows
from numbers import queries as numbers

SHOWN = "50"


@require_safe
@login_required(scope="calls.read")
def call_list(request: Page) -> HttpResponse:
    """List calls, newest first; the filters are in the address."""
    wanted = CallFilter.read(request.GET)
    rows = wanted.rows(request.workspace.id, request.mode)
    try:
        found, cursor = slice_rows(
            rows,
            {
                "limit": request.GET.get("limit", SHOWN),
                "cursor": request.GET.get("cursor", ""),
            },
        )
    except BadRequest:
        return redirect("calls:list")
    views = desk.views_of(request.membership.id)
    context = {
        "calls": found,
        "next_cursor": cursor,
        "wanted": wanted,
        "views": views,
        "here": next((view for view in views if view.query == wanted.query), None),
        "removed": desk.removed_view(request.membership.id, request.GET.get("undo", "")),
        "api_url": settings.PUBLIC_URL,
        "from_e164": "" if found else numbers.first_number(request.workspace.id, request.mode),
    }
    return render(request, "calls/list.html", context)


@require_safe
@login_required(scope="calls.read")
def call_detail(request: HttpRequest, key: str) -> HttpResponse:
    """Show what happened in a call, second by second, and what it cost."""
    call = queries.access_call(request.workspace.id, request.mode, key)  # type: ignore[attr-defined]
    events = queries.events_of(call.id)
    recordings = queries.recordings_of(call)
    context = {
        "call": call,
        "drawing": told(call, events, recordings),
        "legs": list(call.legs.order_by("created_at", "pk")),
        "formula": formula(call.duration_seconds, call.rate_minor_per_minute, call.cost_currency),
        "bill": basis.of(call) if call.cost_minor else None,
        "wire": queries.as_json(call, events=events),
        "again": again(call),
        "curl": curl(call),
        "api_url": settings.PUBLIC_URL,
        "players": [waveform.draw(row) for row in recordings],
        "may_hear": "recordings.read" in request.scopes,  # type: ignore[attr-defined]
        "may_delete": "storage.manage" in request.scopes,  # type: ignore[attr-defined]
        "may_hang_up": "calls.write" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "calls/detail.html", context)


@require_POST
@login_required(scope="calls.write")
def call_hang_up(request: HttpRequest, key: str) -> HttpResponse:
    """End a call; one that is over stays as it is."""
    call = queries.access_call(request.workspace.id, request.mode, key)  # type: ignore[attr-defined]
    services.hang_up(call)
    messages.success(request, _("We asked the network to end the call."))
    return redirect("calls:detail", key=call.id)


@require_safe
@login_required(scope="recordings.read")
def recording_play(request: HttpRequest, key: str, recording_id: UUID) -> HttpResponse:
    """Lead the player to the sound of a recording, and write down who listens."""
    recording = _recording(request, key, recording_id)
    queries.refuse_gone(recording)
    return redirect(services.open_recording(recording, **_who(request)))


@require_POST
@login_required(scope="storage.manage")
def recording_delete(request: HttpRequest, key: str, recording_id: UUID) -> HttpResponse:
    """Delete a recording for ever."""
    services.delete_recording(_recording(request, key, recording_id), **_who(request))
    messages.success(request, _("The recording was deleted."))
    return redirect("calls:detail", key=key)


def _recording(request: HttpRequest, key: str, recording_id: UUID) -> Recording:
    whose = request.workspace.id, request.mode  # type: ignore[attr-defined]
    recording = queries.access_recording(*whose, str(recording_id))
    if recording.call_id != queries.access_call(*whose, key).id:
        raise RecordingNotFound
    return recording


def _who(request: HttpRequest) -> dict[str, str]:
    """Name the reader for the audit log."""
    return {
        "actor": request.actor,  # type: ignore[attr-defined]
        "request_id": getattr(request, "request_id", ""),
    }


def told(call: Call, events: list[CallEvent], recordings: list[Recording]) -> lanes.Drawing:
    """Put everything that is known of a call on one time line."""
    marks = money_marks.marks(call)
    for chronicle in ports.chronicles():
        found = chronicle.marks(call)
        marks += found
        if found and chronicle.replaces:
            events = [event for event in events if event.kind != chronicle.replaces]
    return lanes.draw(call, events, marks=marks, recordings=recordings)


def curl(call: Call) -> str:
    """Return the line that reads the call, with the key where everybody keeps theirs."""
    return (
        f"curl {settings.PUBLIC_URL}/v1/calls/{call.id}"
        ' -H "Authorization: Bearer $SAUTIKIT_API_KEY"'
    )


def again(call: Call) -> str:
    """Return the body that would place this call again, quoted for a shell; empty for other calls."""
    if call.direction != "outbound" or call.parent_id or call.client:
        return ""
    body = {
        "from": call.local_e164,
        "to": call.remote_e164,
        "caller_id": call.caller_id if call.caller_id != call.local_e164 else "",
        "voice_callback_url": call.voice_url,
        "webhook_url": call.webhook_url,
        "client_request_id": call.client_request_id,
    }
    text = json.dumps({name: it for name, it in body.items() if it}, ensure_ascii=False)
    return text.replace("'", "'\\''")


def formula(seconds: int | None, rate_minor: int, currency: str) -> str:
    """Say how a cost comes about: 47 s × KES 3.00 a minute ÷ 60, rounded up to a cent."""
    rate = str(Money(rate_minor, currency))
    if seconds is None:
        return _("%(rate)s a minute, counted by the second") % {"rate": rate}
    return _("%(seconds)d s × %(rate)s a minute ÷ 60, rounded up to a cent") % {
        "seconds": seconds,
        "rate": rate,
    }


urls = [
    path("calls", call_list, name="list"),
    *console_desk.urls,
    path("calls/<str:key>", call_detail, name="detail"),
    path("calls/<str:key>/recordings/<uuid:recording_id>", recording_play, name="recording"),
    path(
        "calls/<str:key>/recordings/<uuid:recording_id>/delete",
        recording_delete,
        name="recording_delete",
    ),
    path("calls/<str:key>/hang-up", call_hang_up, name="hang_up"),
]
