"""The HTML door that sends a test callback to a voice URL."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import Page
from kernel import limits
from kernel.doors import login_required
from kernel.pages import render_sheet
from numbers import queries as numbers
from telephony import trial

PER_SECOND: Final = 0.2
BURST: Final = 5


@require_POST
@login_required(scope="numbers.route")
def voice_url_test(request: Page, number_id: str) -> HttpResponse:
    """Ask the voice URL that was typed, or the saved one, and show everything about it."""
    number = numbers.access_number(request.workspace.id, request.mode, number_id)
    typed = request.POST.get("voice_callback_url", "").strip()
    url = typed or number.voice_callback_url
    found = None
    if url:
        bucket = f"trial:{request.workspace.id}"
        limits.require(bucket, rate_per_second=PER_SECOND, burst=BURST)
        found = trial.try_voice_url(number, url)
    context = {
        "title": _("Test callback"),
        "number": number,
        "url": url,
        "trial": found,
        "is_saved": url == number.voice_callback_url,
    }
    return render_sheet(request, "telephony/trial.html", context)


urls = [
    path("numbers/<str:number_id>/test", voice_url_test, name="voice_url_test"),
]
