"""The HTML door of accounts: sign-in, onboarding, settings and API keys."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import errors, queries, services, sessions
from accounts.doors import login_required
from accounts.forms import ApiKeyForm, CodeForm, OnboardingForm, SignInForm, WorkspaceForm
from accounts.requests import Page
from accounts.roles import SCOPES
from accounts.services import google
from accounts.services import sign_in as links
from kernel.client_ip import client_ip
from kernel.errors import Problem, RateLimited

GONE = (errors.TokenInvalid, errors.TokenExpired, errors.TokenUsed)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: Page) -> HttpResponse:
    """Ask for an address and send the mail; the next page is the same for any address."""
    if request.user.is_authenticated:
        return redirect(sessions.local_path(request.GET.get("next", "")) or sessions.AFTER_SIGN_IN)
    if request.method != "POST":
        form = SignInForm(initial={"next": sessions.local_path(request.GET.get("next", ""))})
        return render(request, "accounts/signin.html", _signin_context(form))
    form = SignInForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            return _send(request, form.cleaned_data["email"], form.cleaned_data["next"])
        except RateLimited as problem:
            form.add_error("email", problem.words())
            status = problem.status
    return render(request, "accounts/signin.html", _signin_context(form), status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signin_sent(request: Page) -> HttpResponse:
    """Say that the mail is on its way, and take its code in this browser."""
    email = request.session.get(sessions.EMAIL)
    if not email:
        return redirect("accounts:signin")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            won = services.consume_code(
                email=email, code=form.cleaned_data["code"], browser=sessions.browser_of(request)
            )
            return sessions.enter(request, won)
        except GONE as problem:
            form.add_error("code", problem.words())
    context = {"form": form, "email": email}
    return render(request, "accounts/signin_sent.html", context)


@never_cache
@require_safe
def link(request: Page, token: str) -> HttpResponse:
    """Take the token out of the address bar; mail scanners may come here as often as they like."""
    request.session[sessions.TOKEN] = token
    return _private(redirect("accounts:link_confirm"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_confirm(request: Page) -> HttpResponse:
    """Show one button; only pressing it spends the link."""
    token = request.session.get(sessions.TOKEN, "")
    try:
        if request.method == "POST":
            return _private(sessions.enter(request, services.consume_magic_link(token)))
        email = links.find_magic_link(token).email
    except GONE as problem:
        gone = render(request, "accounts/link_gone.html", {"problem": problem}, status=410)
        return _private(gone)
    return _private(render(request, "accounts/link_confirm.html", {"email": email}))


@require_POST
def sign_out(request: Page) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("site:home")


@never_cache
@login_required(needs_workspace=False)
@require_http_methods(["GET", "HEAD", "POST"])
def onboarding(request: Page) -> HttpResponse:
    """Open the first workspace; the signing secret is in this reply and nowhere else."""
    if request.workspace is not None:
        return redirect("site:overview")
    initial = {"name": request.user.name, "country": "KE", "currency": "KES"}
    form = OnboardingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            done = services.onboard(user=request.user, **form.cleaned_data)
        except errors.AlreadyOnboarded:
            return redirect("site:overview")
        context = {"workspace": done.workspace, "signing_secret": done.signing_secret}
        return render(request, "accounts/onboarded.html", context)
    context = {"form": form, "invitations": queries.invitations_of(request.user.email)}
    return render(request, "accounts/onboarding.html", context)


@never_cache
@login_required(scope={"POST": "members.manage"})
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Page) -> HttpResponse:
    """Show the workspace, rename it, and decide how it reads times."""
    workspace = request.workspace
    form = _workspace_form(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.update_workspace(workspace, **form.cleaned_data, actor=request.actor)
        messages.success(request, _("The settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", _settings_context(request, form))


@never_cache
@login_required(scope="api_keys.manage")
@require_POST
def rotate_signing_secret(request: Page) -> HttpResponse:
    """Replace the signing secret and show the new one in this reply only."""
    workspace = request.workspace
    secret = services.rotate_signing_secret(workspace, actor=request.actor)
    form = _workspace_form(request, None)
    context = {**_settings_context(request, form), "signing_secret": secret}
    return render(request, "accounts/settings.html", context)


@never_cache
@login_required(scope="api_keys.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: Page) -> HttpResponse:
    """List the keys and make one; its secret is in this reply and nowhere else."""
    allowed = request.scopes
    initial = {"mode": request.mode}
    form = ApiKeyForm(
        request.POST if request.method == "POST" else None, allowed=allowed, initial=initial
    )
    issued = None
    if request.method == "POST" and form.is_valid():
        issued = _issue(request, form)
    if issued is not None:
        form = ApiKeyForm(allowed=allowed, initial=initial)
    context = {
        "form": form,
        "issued": issued,
        "keys": queries.workspace_api_keys(request.workspace.id),
        "scopes": [scope for scope in SCOPES.values() if scope.name in allowed],
    }
    return render(request, "accounts/api_keys.html", context)


@login_required(scope="api_keys.manage")
@require_POST
def revoke_api_key(request: Page, key_id: str) -> HttpResponse:
    """Revoke one key and every key it made."""
    mode = request.POST.get("mode") or request.mode
    key = queries.access_api_key(request.workspace.id, mode, key_id)
    try:
        services.revoke_api_key(key, actor=request.actor)
        messages.success(request, _("The key “%(label)s” is revoked.") % {"label": key.label})
    except errors.ApiKeyAlreadyRevoked as problem:
        messages.info(request, problem.words())
    return redirect("accounts:api_keys")


@login_required(needs_workspace=False)
@require_POST
def switch_workspace(request: Page) -> HttpResponse:
    """Work in another workspace of the person, or in its other mode."""
    wanted = request.POST.get("workspace_id", "")
    mine = {str(each.workspace_id) for each in queries.memberships(request.user)}
    if wanted:
        if wanted not in mine:
            raise errors.WorkspaceForbidden()
        request.session[sessions.WORKSPACE] = wanted
    if request.POST.get("mode") in ("live", "test"):
        request.session[sessions.MODE] = request.POST["mode"]
    return redirect(sessions.local_path(request.POST.get("next", "")) or sessions.AFTER_SIGN_IN)


def _send(request: Page, email: str, next_url: str) -> HttpResponse:
    services.request_magic_link(
        email=email,
        browser=sessions.browser_of(request),
        ip=client_ip(request),
        next_url=sessions.local_path(next_url),
    )
    request.session[sessions.EMAIL] = email.strip().lower()
    return redirect("accounts:signin_sent")


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the link out of referrers and caches.

    Not "no-referrer": a form of such a page is posted with `Origin: null`, which CSRF refuses.
    """
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _signin_context(form: SignInForm) -> dict[str, object]:
    return {"form": form, "google": google.is_offered()}


def _workspace_form(request: Page, posted: QueryDict | None) -> WorkspaceForm:
    names = ("name", "time_zone", "clock_hours")
    return WorkspaceForm(posted, initial={it: getattr(request.workspace, it) for it in names})


def _settings_context(request: Page, form: WorkspaceForm) -> dict[str, object]:
    return {
        "form": form,
        "workspace": request.workspace,
        "membership": request.membership,
        "may_edit": "members.manage" in request.scopes,
        "may_rotate": "api_keys.manage" in request.scopes,
        "memberships": queries.memberships(request.user),
    }


def _issue(request: Page, form: ApiKeyForm) -> services.IssuedKey | None:
    try:
        return services.create_api_key(
            workspace=request.workspace,
            mode=form.cleaned_data["mode"],
            label=form.cleaned_data["label"],
            scopes=form.cleaned_data["scopes"] or None,
            expires_at=form.expires_at(),
            is_marketing=form.cleaned_data["is_marketing"],
            created_by=request.user,
            maker_scopes=request.scopes,
            actor=request.actor,
        )
    except Problem as problem:
        form.add_error(None, problem.words())
        return None
