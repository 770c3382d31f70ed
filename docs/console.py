"""The developer pages: the front page, and one page per error code."""

from __future__ import annotations

from inspect import cleandoc

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kernel import errors, events


def home(request: HttpRequest) -> HttpResponse:
    """Show the quickstart, the events and the error codes."""
    context = {
        "events": events.catalogue().values(),
        "problems": sorted(errors.registry().values(), key=lambda problem: problem.code),
    }
    return render(request, "docs/home.html", context)


def error(request: HttpRequest, code: str) -> HttpResponse:
    """Show one error code: its status, what it means and whether to retry."""
    problem = errors.registry().get(code)
    if problem is None:
        raise Http404(_("There is no such error code."))
    context = {"problem": problem, "explanation": cleandoc(problem.doc)}
    return render(request, "docs/error.html", context)
