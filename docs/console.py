"""The developer pages: guides, references made from the code, and the same for machines."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from docs import document, library, markdown, search
from telephony import grammar

TASK_MAX = 2000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the front page."""
    return guide(request, "")


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide or a list of the reference."""
    found = library.guide(slug)
    if found is None:
        raise Http404(_("There is no such page."))
    return _page(request, found.text(), found.slug, code_beside=found.code_beside)


@require_safe
def error(request: HttpRequest, code: str) -> HttpResponse:
    """Show one error code: its status, what it means, and what to do."""
    return _entry(request, library.error_text(code), f"errors/{code}")


@require_safe
def event(request: HttpRequest, name: str) -> HttpResponse:
    """Show one event: when it is sent and what its body holds."""
    return _entry(request, library.event_text(name), f"events/{name}")


@require_safe
def verb(request: HttpRequest, name: str) -> HttpResponse:
    """Show one voice verb in both forms."""
    return _entry(request, library.verb_text(name), f"verbs/{name}")


@require_safe
def build_with_ai(request: HttpRequest) -> HttpResponse:
    """Fill a task into the prompt."""
    task = request.GET.get("task", "").strip()[:TASK_MAX]
    context = {
        "task": task,
        "prompt": library.prompt(task or library.TASK),
        **_frame("build-with-ai"),
    }
    return render(request, "docs/build_with_ai.html", context)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Show what the pages say about some words."""
    query = " ".join(request.GET.get("q", "").split())[: search.QUERY_MAX]
    context = {"query": query, "found": search.search(query), **_frame("search")}
    return render(request, "docs/search.html", context)


@require_safe
def error_text(_request: HttpRequest, code: str) -> HttpResponse:
    """Give the page of an error code as Markdown."""
    return _markdown(library.error_text(code))


@require_safe
def event_text(_request: HttpRequest, name: str) -> HttpResponse:
    """Give the page of an event as Markdown."""
    return _markdown(library.event_text(name))


@require_safe
def verb_text(_request: HttpRequest, name: str) -> HttpResponse:
    """Give the page of a voice verb as Markdown."""
    return _markdown(library.verb_text(name))


@require_safe
def guide_text(_request: HttpRequest, slug: str = "") -> HttpResponse:
    """Give a guide as Markdown."""
    found = library.guide(slug)
    return _markdown(found.text() if found else None)


@require_safe
def index(_request: HttpRequest) -> HttpResponse:
    """Give llms.txt."""
    return _text(library.index(), "text/plain")


@require_safe
def everything(_request: HttpRequest) -> HttpResponse:
    """Give llms-full.txt."""
    return _text(library.everything(), "text/plain")


@require_safe
def openapi(_request: HttpRequest) -> HttpResponse:
    """Give the OpenAPI document with this installation as its server."""
    return _text(document.served(), "application/yaml")


@require_safe
def voice_schema(_request: HttpRequest) -> HttpResponse:
    """Give the grammar of voice documents as JSON Schema."""
    schema = {"$id": f"{settings.PUBLIC_URL}/voice-actions.schema.json", **grammar.schema()}
    return _text(json.dumps(schema, indent=2), "application/schema+json")


def _entry(request: HttpRequest, source: str | None, slug: str) -> HttpResponse:
    if source is None:
        raise Http404(_("There is no such page."))
    return _page(request, source, slug)


def _page(
    request: HttpRequest, source: str, slug: str, *, code_beside: bool = False
) -> HttpResponse:
    page = markdown.render(source, code_beside=code_beside)
    text_path = f"/developers/{slug}".rstrip("/") + ".md"
    context = {"page": page, "code_beside": code_beside, "text_path": text_path, **_frame(slug)}
    return render(request, "docs/page.html", context)


def _frame(slug: str) -> dict[str, object]:
    return {"guides": library.GUIDES, "here": slug.partition("/")[0]}


def _markdown(source: str | None) -> HttpResponse:
    if source is None:
        raise Http404(_("There is no such page."))
    return _text(source, "text/markdown")


def _text(body: str, kind: str) -> HttpResponse:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return HttpResponse(body, content_type=f"{kind}; charset=utf-8", headers=headers)
