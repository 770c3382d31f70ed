"""The components of the pages, each in both themes and both languages: `/styleguide` in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from calls import waveform
from calls.models import Recording
from calls.queries import Bucket
from kernel import clock
from sautikit_site import overview
from sautikit_site.templatetags.ui import STATES

# A template of templates/site/styleguide, and what it shows.
SPECIMENS: Final = (
    ("buttons", "Buttons"),
    ("fields", "Fields, with hints and errors"),
    ("states", "States: an icon, a word and a tone"),
    ("money", "Money, times and numbers"),
    ("table", "Table and pagination"),
    ("notices", "Notices and toasts"),
    ("sheet", "Sheet"),
    ("empty", "Empty state"),
    ("progress", "Progress, gauge and what is still loading"),
    ("tabs", "Tabs"),
    ("code", "Code with copy"),
    ("secret", "What is shown once"),
    ("chart", "Chart"),
    ("player", "Recording"),
    ("sum", "A sum, and facts"),
    ("switches", "Theme and language"),
)
THEMES: Final = ("light", "dark")
LANGUAGES: Final = ("en", "sw")


@dataclass(frozen=True, slots=True)
class Cell:
    """A component in one theme and one language."""

    theme: str
    language: str
    body: SafeString


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component four times."""
    specimens = [(name, title, _cells(request, name)) for name, title in SPECIMENS]
    return render(request, "site/styleguide.html", {"specimens": specimens})


def _cells(request: HttpRequest, name: str) -> list[Cell]:
    return [_cell(request, name, theme, code) for code in LANGUAGES for theme in THEMES]


def _cell(request: HttpRequest, name: str, theme: str, language: str) -> Cell:
    uid = f"{name}-{theme}-{language}"
    with translation.override(language):
        context = {"uid": uid, **_facts(uid)}
        body = render_to_string(f"site/styleguide/{name}.html", context, request)
    return Cell(theme, language, SafeString(body))


# What components take is as various as they are.
def _facts(uid: str) -> dict[str, Any]:
    """Return what the components are filled with: the same everywhere, at a moment ago."""
    moment = clock.now() - timedelta(minutes=7)
    return {
        "form": _form(uid),
        "states": list(STATES),
        "moment": moment,
        "chart": _chart(),
        "player": waveform.draw(Recording(waveform=[(at * 37) % 90 + 5 for at in range(160)])),
        "gauge": SimpleNamespace(
            minutes=612, rate_minor=300, is_burning=False, held_width=180, free_width=820,
            threshold_x=300,
        ),
        "balance": SimpleNamespace(currency="KES", low_balance_threshold_minor=100_000),
        "notices": _notices(),
    }  # fmt: skip


def _notices() -> list[tuple[str, str]]:
    return [
        ("info", _("No call matches these filters.")),
        ("success", _("The key is revoked.")),
        ("warning", _("Your M-Pesa balance was too low.")),
        ("error", _("That was not possible")),
    ]


def _form(uid: str) -> forms.Form:
    """Return a form with a good field, a hint, a choice and a mistake."""

    class Specimen(forms.Form):
        name = forms.CharField(label=_("Workspace name"))
        url = forms.URLField(
            label=_("Voice URL"), help_text=_("Answer with any 2xx within 10 seconds.")
        )
        mode = forms.ChoiceField(
            label=_("Mode"), choices=[("live", _("Live")), ("test", _("Test"))]
        )
        email = forms.EmailField(label=_("E-mail address"))

    typed = {"name": "Acme Fintech", "url": "https://acme.example/voice", "mode": "live"}
    form = Specimen({**typed, "email": "amina@"}, auto_id=f"{uid}-%s")
    form.is_valid()
    return form


def _chart() -> overview.Chart:
    """Lay out a day whose calls nobody made."""
    day = clock.now().astimezone(clock.NAIROBI).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = [
        Bucket(
            start=day + timedelta(hours=hour),
            total=hour * 2 % 11 + 3,
            inbound=2,
            outbound=hour * 2 % 11 + 1,
            completed=hour * 2 % 11 + 1,
            missed=1,
            failed=1,
            spend_minor=hour * 150,
            seconds=hour * 30,
        )
        for hour in range(24)
    ]
    return overview.draw(rows, bucket="hour", start=day)
