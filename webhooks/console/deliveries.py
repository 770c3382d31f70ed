"""The pages of deliveries: one with every attempt, those of a call, and the retry."""

from __future__ import annotations

from uuid import UUID

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel import events, ids
from kernel.doors import login_required
from webhooks import queries, services
from webhooks.console.endpoints import mine


@never_cache
@require_safe
@login_required(scope="webhooks.read")
def delivery_detail(request: HttpRequest, endpoint_id: str, delivery_id: str) -> HttpResponse:
    """Show one delivery: the body, and what each attempt sent and got."""
    endpoint = mine(request, endpoint_id)
    delivery = queries.access_delivery(endpoint, delivery_id)
    context = {
        "endpoint": endpoint,
        "delivery": delivery,
        "attempts": delivery.attempts.all(),
        "body": orjson.dumps(events.envelope(delivery.event)).decode(),
        "may_manage": "webhooks.manage" in request.scopes,  # type: ignore[attr-defined]
    }
    return render(request, "webhooks/delivery.html", context)


@require_POST
@login_required(scope="webhooks.manage")
def delivery_retry(request: HttpRequest, endpoint_id: str, delivery_id: str) -> HttpResponse:
    """Send one delivery again now."""
    delivery = queries.access_delivery(mine(request, endpoint_id), delivery_id)
    if services.retry_delivery(delivery):
        messages.success(request, _("The event is sent again now."))
    else:
        messages.info(request, _("This delivery is on its way or was delivered already."))
    return redirect("webhooks:delivery", endpoint_id=endpoint_id, delivery_id=delivery_id)


@never_cache
@require_safe
@login_required(scope="webhooks.read")
def of_call(request: HttpRequest, call_id: str) -> HttpResponse:
    """Show the events of one call and what was sent to the customer's servers about them."""
    workspace = request.workspace  # type: ignore[attr-defined]
    if not ids.is_uuid(call_id):
        raise Http404
    of_call = (workspace.id, UUID(call_id))
    context = {
        "events": queries.events_of_call(*of_call),
        "deliveries": queries.deliveries_of_call(*of_call),
        "call_id": call_id,
    }
    return render(request, "webhooks/of_call.html", context)
