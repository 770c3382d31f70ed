"""The pages of the back office that belong to no single app: search, stories, health, impersonation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts import impersonating, sessions
from accounts import services as accounts
from accounts.models import Workspace
from kernel.operators import ReasonForm, ask, operator
from sautikit_site.backoffice import health, search
from sautikit_site.backoffice.stories import calling, messaging, numbering, payments, tenants
from sautikit_site.backoffice.story import Story

# What each story is called in addresses, who may read it, and who tells it.
STORIES: Final[dict[str, tuple[str, Callable[[str], Story | None]]]] = {
    "receipt": ("wallet.view_mpesareceipt", payments.of_receipt),
    "topup": ("wallet.view_topup", payments.of_topup),
    "posting": ("wallet.view_posting", tenants.of_posting),
    "document": ("wallet.view_document", tenants.of_document),
    "call": ("calls.view_call", calling.of_call),
    "rate": ("calls.view_rate", numbering.of_rate),
    "number": ("numbers.view_number", numbering.of_number),
    "phone": ("calls.view_call", numbering.of_phone),
    "workspace": ("accounts.view_workspace", tenants.of_workspace),
    "person": ("accounts.view_user", tenants.of_person),
    "key": ("accounts.view_apikey", tenants.of_key),
    "event": ("webhooks.view_delivery", messaging.of_event),
    "delivery": ("webhooks.view_delivery", messaging.of_delivery),
    "endpoint": ("webhooks.view_endpoint", messaging.of_endpoint),
    "request": ("kernel.view_auditentry", messaging.of_request),
}


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Lead to the one story that is meant, or list what it may be."""
    text = request.GET.get("q", "").strip()
    found = search.find(text)
    if len(found.hits) == 1:
        return redirect(found.hits[0].url)
    return _page(request, "find", title=_("Search"), q=text, found=found)


@require_GET
def story(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Show everything that is known of one thing."""
    if kind not in STORIES:
        raise Http404
    permission, tell = STORIES[kind]
    if not request.user.has_perm(permission):
        raise PermissionDenied
    told = tell(key)
    if told is None:
        raise Http404
    return _page(request, "story", title=told.title, story=told)


@require_GET
def system(request: HttpRequest) -> HttpResponse:
    """Show processes, queues, engines, periodic tasks and what M-Pesa is owed an answer."""
    return _page(request, "system", title=_("System health"), health=health.look())


class VisitForm(ReasonForm):
    """Why an operator looks into a workspace."""


def impersonate(request: HttpRequest, key: str) -> HttpResponse:
    """Ask why, then let the operator read the console of a workspace for half an hour."""
    if not request.user.has_perm("accounts.change_workspace"):
        raise PermissionDenied
    workspace = get_object_or_404(Workspace, pk=key)

    def act(facts: dict[str, Any]) -> None:
        visit = accounts.begin_impersonation(
            operator=request.user,  # type: ignore[arg-type]  # The admin lets operators in only.
            workspace=workspace,
            reason=facts["reason"],
            actor=operator(request),
        )
        request.session[impersonating.SESSION_KEY] = str(visit.pk)
        request.session.pop(sessions.MODE, None)

    context = admin.site.each_context(request) | {
        "title": _("Look into %(name)s") % {"name": workspace},
        "consequence": _(
            "You see the console as its members do, for 30 minutes, and change nothing. Their audit"
            " log says that an operator was there, when and why."
        ),
    }
    return ask(request, VisitForm, act, context=context, back="site:overview")


@require_POST
def end_impersonation(request: HttpRequest) -> HttpResponse:
    """Leave the workspace and go back to its story."""
    visit = impersonating.current(request)
    request.session.pop(impersonating.SESSION_KEY, None)
    if visit is None:
        return redirect("admin:index")
    accounts.end_impersonation(visit, actor=operator(request))
    messages.success(request, _("You left %(name)s.") % {"name": visit.workspace})
    return redirect("backoffice:story", "workspace", visit.workspace_id)


# The context of a template is whatever it shows.
def _page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    shared = admin.site.each_context(request)
    return TemplateResponse(request, f"admin/backoffice/{name}.html", {**shared, **context})
