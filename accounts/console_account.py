"""The HTML door of a person's account: name, language, Google, their data, leaving, closing."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from accounts.doors import fresh, login_required
from accounts.person_errors import LeaveNeedsOwner, NothingToUndo
from accounts.person_forms import AccountForm, TypedForm
from accounts.requests import Page
from accounts.services import account, closing, google, leaving
from kernel import clock
from kernel.errors import Problem
from wallet import queries as wallet_queries

GOOGLE_TRY = "google_try"


@never_cache
@login_required(needs_workspace=False)
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: Page) -> HttpResponse:
    """Show the person's own account and change its name, language and theme."""
    user = request.user
    initial = {"name": user.name, "language": user.language, "theme": user.theme}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        account.change_account(user, **form.cleaned_data)
        with translation.override(user.language or translation.get_language()):
            messages.success(request, _("Your account is saved."))
        response = redirect("accounts:account")
        return _speak(response, user.language)
    context = {
        "form": form,
        "identities": user.identities.all(),
        "google": google.is_offered(),
        "leaving": leaving.leaving(user),
    }
    return render(request, "accounts/account.html", context)


@login_required(needs_workspace=False)
@require_POST
def unlink_google(request: Page) -> HttpResponse:
    """Let Google no longer sign the person in."""
    if google.unlink(request.user):
        messages.success(request, _("Google no longer signs you in. Your mailbox does."))
    return redirect("accounts:account")


@never_cache
@login_required(needs_workspace=False)
@fresh
@require_POST
def download(request: Page) -> HttpResponse:
    """Give the person everything kept of them."""
    packed = account.export(account.subject_of(request.user), actor=request.actor)
    return zip_of(packed, f"sautikit-{clock.now():%Y-%m-%d}.zip")


@never_cache
@login_required(needs_workspace=False)
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Page) -> HttpResponse:
    """Ask what has to be typed, then delete the account in seven days and sign out everywhere."""
    form = TypedForm(
        request.POST if request.method == "POST" else None,
        expected=request.user.email,
        label=_("Type your e-mail address"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            leaving.ask_to_leave(request.user)
        except LeaveNeedsOwner as problem:
            form.add_error("typed", problem.words())
        else:
            sessions.end_sessions(request.user, but=request.session.session_key or "")
            logout(request)
            return redirect("accounts:deletion_begun")
    alone = leaving.owned_alone(request.user)
    return render(request, "accounts/delete.html", {"form": form, "alone": alone})


@require_safe
def deletion_begun(request: HttpRequest) -> HttpResponse:
    """Say what happens in the seven days, to somebody who is signed out by now."""
    return render(request, "accounts/deletion_begun.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_delete(request: HttpRequest, token: str) -> HttpResponse:
    """Call a deletion off by the link of the mail; only pressing the button does it."""
    try:
        row = leaving.find_leaving(token)
        if request.method == "POST":
            leaving.stay(row)
    except NothingToUndo as problem:
        context = {"problem": problem, "action": _("Sign in")}
        return render(request, "accounts/link_gone.html", context, status=410)
    context = {"row": row, "is_done": request.method == "POST"}
    response = render(request, "accounts/undo_delete.html", context)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@login_required(needs_workspace=False)
@require_POST
def keep(request: Page) -> HttpResponse:
    """Call the deletion off from inside."""
    row = leaving.leaving(request.user)
    if row is not None:
        leaving.stay(row)
        messages.success(request, _("Your account stays."))
    return redirect("accounts:account")


@never_cache
@login_required(role="owner")
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def close_workspace(request: Page) -> HttpResponse:
    """Ask what has to be typed, then close the workspace for good; for owners."""
    workspace = request.workspace
    form = TypedForm(
        request.POST if request.method == "POST" else None,
        expected=workspace.name,
        label=_("Type the name of the workspace"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            closing.close_workspace(workspace, actor=request.actor)
        except Problem as problem:
            form.add_error("typed", problem.words())
        else:
            messages.success(request, _("%(name)s is closed.") % {"name": workspace.name})
            return redirect("accounts:settings")
    context = {
        "form": form,
        "workspace": workspace,
        "balance": wallet_queries.balance(workspace.id, "live"),
    }
    return render(request, "accounts/close_workspace.html", context)


@never_cache
@require_safe
def google_begin(request: Page) -> HttpResponse:
    """Send the browser to Google."""
    try:
        begun, address = google.begin(next_url=sessions.local_path(request.GET.get("next", "")))
    except Problem as problem:
        return _refused(request, problem)
    request.session[GOOGLE_TRY] = begun.kept()
    return redirect(address)


@never_cache
@require_safe
def google_callback(request: Page) -> HttpResponse:
    """Take Google's answer, in the browser that asked, once."""
    kept = request.session.pop(GOOGLE_TRY, None)
    try:
        won = google.finish(
            kept, state=request.GET.get("state", ""), code=request.GET.get("code", "")
        )
    except Problem as problem:
        return _refused(request, problem)
    return sessions.enter(request, won, method="google")


def zip_of(packed: bytes, name: str) -> HttpResponse:
    """Answer with a ZIP to keep."""
    response = HttpResponse(packed, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(request: Page, problem: Problem) -> HttpResponse:
    """Show why Google could not sign somebody in, where the other way is offered."""
    messages.error(request, problem.words())
    return redirect("accounts:signin")


def _speak(response: HttpResponse, language: str) -> HttpResponse:
    if not language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.BROWSER_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
