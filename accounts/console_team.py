"""The HTML door of the team: members, invitations, sessions, further workspaces, the audit log."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit_export, doors, errors, queries, services
from accounts import sessions as cookies
from accounts.doors import login_required
from accounts.forms import InviteForm, NewWorkspaceForm, role_choices
from accounts.requests import Page
from kernel import audit
from kernel.errors import Problem
from kernel.pagination import slice_rows


@never_cache
@login_required(scope={"GET": "members.read", "HEAD": "members.read", "POST": "members.manage"})
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: Page) -> HttpResponse:
    """List the people and the open invitations, and invite somebody."""
    form = InviteForm(request.POST if request.method == "POST" else None, by_role=request.role)
    if request.method == "POST" and form.is_valid():
        try:
            row = services.invite(
                request.workspace, by=request.user, by_role=request.role, actor=request.actor,
                **form.cleaned_data,
            )  # fmt: skip
        except Problem as problem:
            form.add_error("email", problem.words())
        else:
            messages.success(request, _("The invitation to %(email)s is sent.") % vars(row))
            return redirect("accounts:members")
    context = {
        "form": form,
        "members": queries.members(request.workspace.id).order_by("created_at"),
        "invitations": queries.invitations(request.workspace.id).order_by("created_at"),
        "may_manage": "members.manage" in request.scopes,
        "roles": role_choices(request.role),
    }
    return render(request, "accounts/members.html", context)


@login_required(scope="members.manage")
@require_POST
def change_member(request: Page, member_id: str) -> HttpResponse:
    """Give a member another role, or remove them."""
    row = queries.access_member(request.workspace.id, member_id)
    how = {"by_role": request.role, "actor": request.actor}
    try:
        if request.POST.get("action") == "remove":
            services.remove_member(row, **how)
            said = _("%(person)s is no longer a member; the keys they made are revoked.")
        else:
            services.change_role(row, role=_role(request), **how)
            said = _("The role of %(person)s is changed.")
        messages.success(request, said % {"person": row.user.email})
    except Problem as problem:
        messages.error(request, problem.words())
    return redirect("accounts:members")


@login_required
@require_POST
def leave(request: Page) -> HttpResponse:
    """Leave the workspace that is open."""
    try:
        services.leave(request.membership, actor=request.actor)
    except errors.LastOwner as problem:
        messages.error(request, problem.words())
        return redirect("accounts:members")
    messages.success(request, _("You left %(name)s.") % {"name": request.workspace.name})
    return redirect(cookies.AFTER_SIGN_IN)


@login_required(scope="members.manage")
@require_POST
def change_invitation(request: Page, invitation_id: str) -> HttpResponse:
    """Send an invitation again, or take it back."""
    row = queries.access_invitation(request.workspace.id, invitation_id)
    if request.POST.get("action") == "revoke":
        services.revoke_invitation(row, actor=request.actor)
        messages.success(request, _("The invitation to %(email)s is taken back.") % vars(row))
    else:
        services.resend_invitation(row, by_role=request.role, actor=request.actor)
        messages.success(request, _("%(email)s has a new mail; the old link ended.") % vars(row))
    return redirect("accounts:members")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Page, token: str) -> HttpResponse:
    """Show who invites to what; only pressing the button takes the seat."""
    found = services.find_invitation(token)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(doors.sign_in_url(request))
        seat = services.accept_invitation(token, user=request.user)
        request.session[cookies.WORKSPACE] = str(seat.workspace_id)
        messages.success(request, _("Welcome to %(name)s.") % {"name": found.workspace.name})
        return redirect(cookies.AFTER_SIGN_IN)
    signed_in = request.user.is_authenticated
    context = {
        "invitation": found,
        "sign_in_url": doors.sign_in_url(request),
        "is_for_me": signed_in and request.user.email == found.email,
    }
    response = render(request, "accounts/invitation.html", context)
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@never_cache
@login_required(needs_workspace=False)
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: Page) -> HttpResponse:
    """List where the person is signed in, and end one of them."""
    if request.method == "POST":
        row = get_object_or_404(UserSession, user=request.user, pk=request.POST.get("id") or 0)
        if row.session_key == request.session.session_key:
            logout(request)
            return redirect("site:home")
        row.end()
        audit.record("session.ended", actor=request.actor, subject=f"user:{request.user.id}")
        messages.success(request, _("That browser is signed out."))
        return redirect("accounts:sessions")
    rows = UserSession.objects.purge_and_list(request.user)
    context = {
        "sessions": sorted(rows, key=lambda row: row.last_seen_at, reverse=True),
        "current_key": request.session.session_key,
    }
    return render(request, "accounts/sessions.html", context)


@never_cache
@login_required(needs_workspace=False)
@require_http_methods(["GET", "HEAD", "POST"])
def new_workspace(request: Page) -> HttpResponse:
    """Open one more workspace, with wallets of its own, and work in it."""
    posted = request.POST if request.method == "POST" else None
    form = NewWorkspaceForm(posted, initial={"country": "KE", "currency": "KES"})
    if request.method == "POST" and form.is_valid():
        try:
            done = services.open_workspace(user=request.user, **form.cleaned_data)
        except errors.CurrencyUnsupported as problem:
            form.add_error("currency", problem.words())
        else:
            request.session[cookies.WORKSPACE] = str(done.workspace.id)
            context = {"workspace": done.workspace, "signing_secret": done.signing_secret}
            return render(request, "accounts/onboarded.html", context)
    return render(request, "accounts/new_workspace.html", {"form": form})


@never_cache
@login_required(scope="audit.read")
@require_safe
def audit_log(request: Page) -> HttpResponse:
    """List who changed what, filtered by kind; the address is the state."""
    kind = request.GET.get("action_kind", "")
    rows = queries.audit_entries(request.workspace.id, {"action_kind": kind})
    found, cursor = slice_rows(rows, {"cursor": request.GET.get("cursor", "")})
    context = {
        "entries": found,
        "names": queries.actor_names(row.actor for row in found),
        "kinds": audit.kinds(),
        "kind": kind,
        "next_cursor": cursor,
    }
    return render(request, "accounts/audit.html", context)


@never_cache
@login_required(scope="audit.read")
@require_safe
def audit_csv(request: Page) -> HttpResponse:
    """Give the audit log as it is filtered, whole, as CSV."""
    kind = request.GET.get("action_kind", "")
    rows = queries.audit_entries(request.workspace.id, {"action_kind": kind})
    answer: HttpResponse = audit_export.answer(rows, f"audit-{request.workspace.slug}.csv")
    return answer


def _role(request: Page) -> str:
    role = request.POST.get("role", "")
    if role not in dict(role_choices("owner")):
        raise errors.RoleChangeDenied(role=role)
    return role
