"""The HTML door of the second step: set it up, prove it, and ask a workspace's members for it."""

from __future__ import annotations

from typing import Any

import segno
from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import doors, queries, second_step, services, sessions
from accounts.doors import fresh, login_required
from accounts.errors import TokenExpired, TokenInvalid, TokenUsed
from accounts.models import User
from accounts.person_errors import SecondStepMissing, SecondStepWrong
from accounts.person_forms import AppForm, CredentialForm, PasskeyForm, SecondStepForm
from accounts.requests import Page
from accounts.services import closing
from accounts.services import second_steps as steps
from accounts.stages import SecondStep
from kernel.client_ip import client_ip
from kernel.errors import Problem, RateLimited

APP_SECRET = "app_secret"  # noqa: S105 - the name of a session entry
WRONG = (SecondStepWrong, RateLimited)
GONE = (TokenInvalid, TokenExpired, TokenUsed)


@never_cache
@login_required(needs_workspace=False)
@require_safe
def security(request: Page) -> HttpResponse:
    """List the second steps of the person, and why one may be needed."""
    rows = second_step.methods(request.user)
    workspace = request.workspace
    context = {
        "rows": [(row, second_step.describe(row)) for row in rows if row.type != steps.KIND.RECOVERY_CODES],
        "codes_left": steps.unused_codes(request.user),
        "has_app": any(row.type == steps.KIND.TOTP for row in rows),
        "is_asked": doors.lacks_second_step(request),
        "is_operator": request.GET.get("why") == "operator",
        "asking": [each.workspace for each in queries.memberships(request.user)
                   if each.workspace.requires_second_step],
        "workspace": workspace,
        "may_ask": workspace is not None and request.role == "owner",
    }  # fmt: skip
    return render(request, "accounts/security.html", context)


@never_cache
@login_required(needs_workspace=False)
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: Page) -> HttpResponse:
    """Show the picture for an authenticator app, and keep the app once it shows the right code."""
    form = AppForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or APP_SECRET not in request.session:
        request.session[APP_SECRET] = generate_totp_secret()
    secret = request.session[APP_SECRET]
    if request.method == "POST" and form.is_valid():
        try:
            codes = steps.enrol_app(request.user, secret=secret, code=form.cleaned_data["code"])
        except WRONG as problem:
            form.add_error("code", problem.words())
        else:
            del request.session[APP_SECRET]
            return _enrolled(request, codes)
    address = second_step.address_of(request.user, secret)
    context = {
        "form": form,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff"),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "accounts/add_app.html", context)


@never_cache
@login_required(needs_workspace=False)
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: Page) -> HttpResponse:
    """Have the browser make a passkey, and keep what it answers."""
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _enrolled(request, steps.enrol_passkey(request.user, **form.cleaned_data))
        except SecondStepWrong as problem:
            form.add_error("name", problem.words())
    options = webauthn.begin_registration(request.user, passwordless=False)
    context = {"form": form, "options": second_step.json_ready(options)}
    return render(request, "accounts/add_passkey.html", context)


@never_cache
@login_required(needs_workspace=False)
@fresh
@require_POST
def renew_codes(request: Page) -> HttpResponse:
    """Replace the recovery codes; the new ones are in this reply and nowhere else."""
    if not second_step.is_enrolled(request.user):
        return redirect("accounts:security")
    return _show_codes(request, steps.renew_recovery_codes(request.user))


@login_required(needs_workspace=False)
@fresh
@require_POST
def remove_step(request: Page, authenticator_id: str) -> HttpResponse:
    """Take one second step away; with the last one the session is of the mailbox alone."""
    if steps.remove_second_step(request.user, authenticator_id):
        messages.success(request, _("The second step is removed."))
    if not second_step.is_enrolled(request.user):
        sessions.forget_second_step(request)
    return redirect("accounts:security")


@login_required(role="owner")
@fresh
@require_POST
def ask_members(request: Page) -> HttpResponse:
    """Ask the members of the workspace for a second step, or stop asking; for owners."""
    wanted = request.POST.get("wanted") == "yes"
    try:
        if wanted and not sessions.has_second_step(request, request.user):
            raise SecondStepMissing()
        closing.ask_second_step(request.workspace, wanted=wanted, actor=request.actor)
    except SecondStepMissing as problem:
        messages.error(request, problem.words())
    return redirect("accounts:security")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Take the second step of a sign-in; a session that came another way is held back until then."""
    stage = LoginStageController.enter(request, SecondStep.key)
    held: User | None = getattr(request, "held_back", None)
    user = held or (stage.login.user if stage is not None else None)
    if user is None:
        return redirect("accounts:signin")
    form, is_proven = _prove(request, user)
    if not is_proven:
        return _ask(request, user, form, is_sign_in=True)
    sessions.proved_second_step(request, user)
    if held is not None:
        return redirect(_next(request))
    return _go_on(stage)


@never_cache
@login_required(needs_workspace=False)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Page) -> HttpResponse:
    """Let the person show again who they are: by the second step, else by a code from the mail."""
    if not second_step.is_enrolled(request.user):
        return _confirm_by_mail(request)
    form, is_proven = _prove(request, request.user)
    if not is_proven:
        return _ask(request, request.user, form, is_sign_in=False)
    sessions.proved_second_step(request, request.user)
    return redirect(_next(request))


def _prove(request: HttpRequest, user: User) -> tuple[SecondStepForm, bool]:
    """Try what was sent: a passkey's answer, or a code."""
    if request.method != "POST":
        return SecondStepForm(), False
    sent = CredentialForm(request.POST)
    form = SecondStepForm(request.POST)
    try:
        if request.POST.get("credential"):
            form = SecondStepForm()
            form.full_clean()
            if not sent.is_valid():
                raise SecondStepWrong()
            steps.prove_by_passkey(user, sent.cleaned_data["credential"])
            return form, True
        if form.is_valid():
            steps.prove_by_code(user, form.cleaned_data["code"])
            return form, True
    except WRONG as problem:
        form = SecondStepForm({"code": request.POST.get("code", "")})
        form.full_clean()
        form.errors.clear()
        form.add_error("code", problem.words())
    return form, False


def _ask(
    request: HttpRequest, user: User, form: SecondStepForm, *, is_sign_in: bool
) -> HttpResponse:
    kinds = {row.type for row in second_step.methods(user)}
    options: Any = None
    if steps.KIND.WEBAUTHN in kinds:
        options = second_step.json_ready(webauthn.begin_authentication(user))
    context = {
        "form": form,
        "options": options,
        "has_app": steps.KIND.TOTP in kinds,
        "is_sign_in": is_sign_in,
        "here": request.get_full_path(),
    }
    return render(request, "accounts/second_step.html", context)


def _confirm_by_mail(request: Page) -> HttpResponse:
    """Mail a code, and take it in this browser."""
    form = SecondStepForm(request.POST if "code" in request.POST else None)
    browser = sessions.browser_of(request)
    email = request.user.email
    is_sent = request.method == "POST"
    try:
        if "code" in request.POST and form.is_valid():
            services.consume_code(email=email, code=second_step.plain(form.cleaned_data["code"]), browser=browser)  # fmt: skip
            sessions.proved(request)
            return redirect(_next(request))
        if is_sent and "code" not in request.POST:
            services.request_magic_link(email=email, browser=browser, ip=client_ip(request))
    except (*GONE, RateLimited) as problem:
        return _mail_page(request, form, is_sent=is_sent, problem=problem)
    return _mail_page(request, form, is_sent=is_sent)


def _mail_page(
    request: Page, form: SecondStepForm, *, is_sent: bool, problem: Problem | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "is_sent": is_sent,
        "problem": problem.words() if problem else "",
        "here": request.get_full_path(),
    }
    return render(request, "accounts/confirm_mail.html", context)


def _enrolled(request: Page, codes: list[str]) -> HttpResponse:
    """Count this session as proven, end the others, and show what is shown once."""
    sessions.proved_second_step(request, request.user)
    sessions.end_sessions(request.user, but=request.session.session_key or "")
    if codes:
        return _show_codes(request, codes)
    messages.success(request, _("The second step is kept. Other browsers are signed out."))
    return redirect("accounts:security")


def _show_codes(request: Page, codes: list[str]) -> HttpResponse:
    pairs = [f"{code[:4]} {code[4:]}" for code in codes]
    context = {"codes": pairs, "text": "\n".join(pairs)}
    return render(request, "accounts/recovery_codes.html", context)


def _next(request: HttpRequest) -> str:
    return sessions.local_path(request.GET.get("next", "")) or sessions.AFTER_SIGN_IN


def _go_on(stage: LoginStage | None) -> HttpResponse:
    assert stage is not None  # One of the two named the person.
    done: HttpResponse = stage.exit()
    return done
