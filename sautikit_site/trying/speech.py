"""The words of a rehearsal in our own voices, for whoever is signed in and wants to hear them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kernel import limits
from kernel.doors import login_required
from telephony.tts import client

TEXT_MAX = 1000
VOICES = ("woman", "man")
LANGUAGE_MAX = 16
# Words of a page, one after the other; each workspace has its own bucket.
RATE_PER_SECOND = 1.0
BURST = 20


@require_safe
@login_required(scope="calls.write")
def speak(request: HttpRequest) -> HttpResponse:
    """Answer the WAV file of a text. Raises RateLimited."""
    workspace = request.workspace.id  # type: ignore[attr-defined]
    limits.require(f"try-speech:{workspace}", rate_per_second=RATE_PER_SECOND, burst=BURST)
    text = request.GET.get("text", "").strip()[:TEXT_MAX]
    voice = request.GET.get("voice", "")
    try:
        spoken = client.speak(
            text=text or "…",
            language=request.GET.get("language", "en-KE")[:LANGUAGE_MAX],
            voice=voice if voice in VOICES else VOICES[0],
        )
    except client.SpeechUnavailable:
        words = _("Nothing can be spoken at the moment.")
        return HttpResponse(words, status=503, content_type="text/plain; charset=utf-8")
    # The sound of these words does not change.
    headers = {"Cache-Control": "private, max-age=3600"}
    return HttpResponse(spoken.path.read_bytes(), content_type="audio/wav", headers=headers)


def address(facts: Mapping[str, object]) -> str:
    """Return where the words of a note are heard."""
    names = ("text", "language", "voice")
    query = urlencode({name: str(facts[name])[:TEXT_MAX] for name in names})
    return f"{reverse('site:try_speech')}?{query}"
