"""What HTML doors share: sheets that are also pages, and problems as messages."""

from __future__ import annotations

import typing

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kernel.errors import Problem


def is_sheet(request: HttpRequest) -> bool:
    """Say whether the page was asked for as the body of the sheet."""
    return request.headers.get("HX-Target") == "sheet-body"


def render_sheet(
    request: HttpRequest, template: str, context: dict[str, typing.Any], *, status: int = 200
) -> HttpResponse:
    """Render a template that extends `base` as a sheet, or as a page where there are no scripts."""
    base = "console/sheet.html" if is_sheet(request) else "console/paper.html"
    # htmx swaps successful answers only; a refused form is a fine answer inside a sheet.
    answered = 200 if is_sheet(request) else status
    return render(request, template, {**context, "base": base}, status=answered)


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to another page after a form; inside a sheet the whole page follows."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def refuse(request: HttpRequest, problem: Problem) -> None:
    """Show a problem's sentence at the top of the next page."""
    messages.error(request, problem.words())
