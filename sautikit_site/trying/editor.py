"""The voice-document editor: judged while one types, rehearsed with a simulated caller, kept by name."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from calls.services import recording_policy
from kernel.doors import login_required
from kernel.errors import BadRequest
from sautikit_site.trying import examples, speech, stage
from sautikit_site.trying.placing import packed
from sautikit_site.trying.spots import line_of
from sautikit_site.trying.stage import Stage
from telephony import drafts
from telephony.draft_models import Draft
from telephony.interpreter.lint import lint
from telephony.interpreter.mending.mend import mended
from telephony.rehearsal.bill import Bill, bill_of
from telephony.rehearsal.told import Step, Told
from telephony.sound_hosts import with_hosts

SCOPES = {"GET": "calls.read", "HEAD": "calls.read", "POST": "calls.write"}
E164_LENGTH = range(8, 17)


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or warning, with the line it is about."""

    line: int
    where: str
    message: str
    mend: str
    is_error: bool


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required(scope=SCOPES)
def page(request: HttpRequest) -> HttpResponse:
    """Show the editor with an example or a draft; a button of its form says what to do."""
    if request.method != "POST":
        draft = _draft(request)
        return _show(request, _beginning(request, draft), draft=draft)
    return _act(request, stage.read(request.POST), request.POST.get("do", ""))


@never_cache
@require_POST
@login_required(scope="calls.read")
def verdict(request: HttpRequest) -> HttpResponse:
    """Judge the document as it is typed."""
    workspace_id = request.workspace.id  # type: ignore[attr-defined]
    found = _verdict(stage.read(request.POST).document, workspace_id)
    return render(request, "site/try/_verdict.html", found)


@never_cache
@require_POST
@login_required(scope="calls.write")
def delete(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Forget a document that was kept."""
    draft = drafts.access_draft(request.workspace.id, draft_id)  # type: ignore[attr-defined]
    drafts.delete_draft(draft, actor=request.actor)  # type: ignore[attr-defined]
    messages.success(request, _("“%(name)s” is deleted.") % {"name": draft.name})
    return redirect("site:try_document")


def _act(request: HttpRequest, now: Stage, what: str) -> HttpResponse:
    """Do what a button says."""
    if what == "save":
        return _save(request, now)
    if what == "mend":
        meant = mended(now.document.encode())
        return _show(request, replace(now, document=_readable(meant) if meant else now.document))
    if what == "rehearse":
        return _show(request, replace(now, inputs=(), plays=True))
    if what == "back":
        return _show(request, replace(now, inputs=now.inputs[:-1], plays=True))
    if what == "enter" and request.POST.get("keys"):
        what = "keys"
    happened = stage.done(request.POST, what)
    return _show(request, now.after(happened) if happened else now)


def _save(request: HttpRequest, now: Stage) -> HttpResponse:
    try:
        draft = drafts.save_draft(
            workspace_id=request.workspace.id,  # type: ignore[attr-defined]
            name=request.POST.get("name", ""),
            document=now.document,
            answers=now.answers,
            actor=request.actor,  # type: ignore[attr-defined]
        )
    except BadRequest as problem:
        return _show(request, now, refusal=problem.words())
    return _show(request, now, draft=draft, saved=True)


def _beginning(request: HttpRequest, draft: Draft | None) -> Stage:
    if draft is not None:
        return Stage(document=draft.document, answers=dict(draft.answers))
    slug = request.GET.get("example", "")
    example = examples.BY_SLUG.get(slug, examples.EXAMPLES[0])
    return Stage(document=example.document, answers=dict(example.answers))


def _draft(request: HttpRequest) -> Draft | None:
    key = request.GET.get("draft", "")
    return drafts.access_draft(request.workspace.id, key) if key else None  # type: ignore[attr-defined]


def _show(
    request: HttpRequest,
    now: Stage,
    *,
    draft: Draft | None = None,
    refusal: str = "",
    saved: bool = False,
) -> HttpResponse:
    policy = recording_policy(request.workspace.id)  # type: ignore[attr-defined]
    told = now.play(policy) if now.plays else None
    context = {
        "stage": now,
        "answers": list(now.answers.items()),
        "name": draft.name if draft else request.POST.get("name", ""),
        "draft": draft,
        "drafts": drafts.drafts(request.workspace.id),  # type: ignore[attr-defined]
        "examples": examples.EXAMPLES,
        "example": request.GET.get("example", ""),
        "refusal": refusal,
        "saved": saved,
        "may_try": "calls.write" in request.scopes,  # type: ignore[attr-defined]
        **_verdict(now.document, request.workspace.id),  # type: ignore[attr-defined]
        **(_rehearsal(request, now, told) if told else {}),
    }
    is_part = request.headers.get("HX-Request") == "true"
    name = "site/try/_editor.html" if is_part else "site/try/document.html"
    return render(request, name, context)


# The context of a template.
def _verdict(text: str, workspace_id: UUID) -> dict[str, Any]:
    raw = text.encode()
    found = with_hosts(lint(raw), raw, workspace_id=workspace_id)
    errors = [
        Finding(line_of(text, it.where), it.where, it.message, it.mend, True) for it in found.errors
    ]
    warnings = [
        Finding(line_of(text, it.where), it.where, it.message, "", False) for it in found.warnings
    ]
    return {
        "findings": [*errors, *warnings],
        "is_valid": found.is_valid,
        "actions_count": found.actions,
        "can_mend": bool(errors or warnings) and mended(raw) is not None,
    }


# The context of a template.
def _rehearsal(request: HttpRequest, now: Stage, told: Told) -> dict[str, Any]:
    return {
        "told": told,
        "steps": [(step, _sound(request, step)) for step in told.steps],
        "bill": _bill(request, now, told),
        "keypad": ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"),
    }


def _sound(request: HttpRequest, step: Step) -> str:
    """Return where the words of a step are heard; nothing for one that says none."""
    return speech.address(step.facts) if step.kind == "voice.say" else ""


def _bill(request: HttpRequest, now: Stage, told: Told) -> Bill | None:
    to = packed(now.to)
    if not (to.startswith("+") and to[1:].isdecimal() and len(to) in E164_LENGTH):
        return None
    return bill_of(
        told,
        workspace_id=request.workspace.id,  # type: ignore[attr-defined]
        currency=request.workspace.currency,  # type: ignore[attr-defined]
        direction=now.direction,
        to=to,
    )


def _readable(document: str) -> str:
    """Break a mended JSON document into lines; XML stays as it is."""
    try:
        return json.dumps(json.loads(document), indent=2, ensure_ascii=False) + "\n"
    except ValueError:
        return document
