"""The public status page: what customers use, and whether what carries it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sautikit_site import health


@dataclass(frozen=True, slots=True)
class Service:
    """Something that customers use, and the parts of /readyz that it needs."""

    name: Promise
    about: Promise
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A service as the page shows it."""

    service: Service
    is_up: bool


EVERYTHING: Final = frozenset({"database", "broker"})
SERVICES: Final = (
    Service(_("API and console"), _("Requests to /v1 and these pages."), EVERYTHING | {"web"}),
    Service(_("Calls"), _("Dialling, answering, speech and keys."), EVERYTHING | {"engine", "tts"}),
    Service(_("Events and webhooks"), _("The event log and deliveries."), EVERYTHING | {"relay"}),
    Service(_("Payments"), _("M-Pesa prompts and receipts."), EVERYTHING | {"worker"}),
    Service(_("Live streams"), _("Calls as they happen."), EVERYTHING | {"live"}),
    Service(
        _("Calls in the browser"), _("Browser phones."), EVERYTHING | {"live", "engine", "webrtc"}
    ),
    Service(_("Desk phones"), _("SIP phones of yours."), EVERYTHING | {"engine", "phones"}),
    Service(_("Transcripts"), _("What was said, in writing."), EVERYTHING | {"recogniser"}),
)


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Say of each service whether it answers now, from the same heartbeats as /readyz."""
    missing = set(health.missing())
    if "database" in missing:
        # Who is signed in is in the database: without it the page is everybody's.
        request.user = AnonymousUser()
    lines = [Line(service, not service.parts & missing) for service in SERVICES]
    context = {
        "lines": lines,
        "is_up": all(line.is_up for line in lines),
        "at": timezone.now(),
        "is_sandbox": settings.SANDBOX,
    }
    return render(request, "site/status.html", context)
