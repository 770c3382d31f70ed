"""The page of the request log."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import queries
from accounts.request_filter import METHODS, RequestFilter
from accounts.requests import Page
from accounts.services import request_log
from kernel.doors import login_required
from kernel.errors import BadRequest
from kernel.pagination import slice_rows

SHOWN = "50"


@never_cache
@require_safe
@login_required(scope="events.read")
def requests(request: Page) -> HttpResponse:
    """List what was asked of the API, newest first and up to this moment."""
    request_log.store_requests()
    wanted = RequestFilter.read(request.GET)
    rows = wanted.rows(request.workspace.id, request.mode)
    try:
        found, cursor = slice_rows(rows, {"limit": SHOWN, "cursor": request.GET.get("cursor", "")})
    except BadRequest:
        return redirect("accounts:requests")
    keys = list(queries.workspace_api_keys(request.workspace.id))
    context = {
        "requests": found,
        "next_cursor": cursor,
        "wanted": wanted,
        "methods": METHODS,
        "keys": [key for key in keys if key.mode == request.mode],
        "labels": {key.id: key.label for key in keys},
        "kept_days": request_log.KEPT.days,
    }
    return render(request, "accounts/requests.html", context)
