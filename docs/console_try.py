"""The pages on which an operation of the API is tried with a test key; they need no script."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.requests import Page
from docs import library, trying
from docs.reference import Operation
from docs.trying import Field, Reply
from kernel import clock

KEY_LIFE: Final = timedelta(minutes=15)
KEY_LABEL: Final = "Try it"
# Who may make keys in the console may make one here.
KEY_SCOPE: Final = "api_keys.manage"


@require_safe
def operations(request: Page) -> HttpResponse:
    """List what can be tried."""
    context = {"groups": trying.operations(), **_frame()}
    return render(request, "docs/try_list.html", context)


@never_cache
@sensitive_post_parameters(trying.KEY_FIELD)
@require_http_methods(["GET", "HEAD", "POST"])
def operation(request: Page, name: str) -> HttpResponse:
    """Show the form of one operation, and what came of it.

    The key stands in the form of this page and nowhere else; a live one is not even shown again.
    """
    it = trying.operation(name)
    if it is None:
        raise Http404(_("There is no such page."))
    found = trying.fields(it)
    context = {"it": it, "fields": found, "can_make_key": _can_make_key(request), **_frame()}
    if request.method == "POST":
        values = {key: str(value) for key, value in request.POST.items()}
        context |= _act(request, it, trying.filled(found, values), values)
    return render(request, "docs/try.html", context)


# The values are what the template shows.
def _act(
    request: Page, it: Operation, found: list[Field], values: dict[str, str]
) -> dict[str, object]:
    """Do what the pressed button says: make a key, show the request, or send it."""
    key = values.get(trying.KEY_FIELD, "").strip()
    pressed = values.get("press", "show")
    if pressed == "key" and _can_make_key(request):
        return {"fields": _quiet(found), "key": _make_key(request), "is_new_key": True}
    if any(field.problem for field in found):
        return {"fields": found, "key": _shown(key)}
    asked = trying.build(it, found)
    if pressed != "send":
        return {"fields": found, "key": _shown(key), "asked": asked}
    if problem := trying.refusal(key, it):
        return {"fields": found, "key": _shown(key), "asked": asked, "key_problem": problem}
    reply: Reply = trying.send(asked, key, request)
    return {"fields": found, "key": key, "asked": asked, "reply": reply}


def _quiet(found: list[Field]) -> list[Field]:
    """Who asked for a key was not done with the form."""
    return [replace(field, problem="") for field in found]


def _shown(key: str) -> str:
    return "" if key.startswith(trying.LIVE) else key


def _can_make_key(request: Page) -> bool:
    return request.workspace is not None and KEY_SCOPE in request.scopes


def _make_key(request: Page) -> str:
    issued = services.create_api_key(
        workspace=request.workspace,
        mode="test",
        label=KEY_LABEL,
        created_by=request.user,
        maker_scopes=request.scopes,
        expires_at=clock.now() + KEY_LIFE,
        actor=request.actor,
    )
    return issued.secret


def _frame() -> dict[str, object]:
    return {"guides": library.GUIDES, "here": "try"}
