"""The operators' view of people, workspaces and keys."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin_people import PersonRequestAdmin as PersonRequestAdmin
from accounts.errors import ApiKeyAlreadyRevoked
from accounts.models import ApiKey, Impersonation, Invitation, Membership, User, Workspace
from kernel.operators import OperatorAdmin, ReadOnlyAdmin, ReadOnlyInline, operator, reasoned


class MembershipInline(ReadOnlyInline):
    model = Membership
    fields = ("user", "workspace", "role", "created_at")


@admin.register(User)
class UserAdmin(OperatorAdmin):
    audit_noun = "user"
    list_display = ("email", "name", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "last_login")
    readonly_fields = ("last_login",)
    ordering = ("-id",)
    inlines = (MembershipInline,)


class GroupAdmin(OperatorAdmin):
    """What a group of operators may do; registered in place of Django's own page."""

    audit_noun = "group"
    list_display = ("name",)
    fields = ("name", "permissions")
    ordering = ("name",)


@admin.register(Workspace)
class WorkspaceAdmin(ReadOnlyAdmin):
    list_display = ("name", "status", "country", "currency", "mpesa_account_ref", "created_at")
    list_filter = ("status", "country")
    search_fields = ("name", "slug", "mpesa_account_ref", "=id")
    ordering = ("-id",)
    exclude = ("signing_secret",)
    inlines = (MembershipInline,)
    actions = ("suspend", "resume")

    @reasoned(
        description=_("Suspend: refuse every change"),
        permissions=["suspend"],
        consequence=_(
            "Every change is refused with account.suspended, in the API and the console; reading goes"
            " on. Calls that run go on to their end and callers still reach the numbers. The kill"
            " switch ends calls."
        ),
    )
    def suspend(self, request: HttpRequest, rows: QuerySet[Workspace]) -> None:
        moved = [services.suspend_workspace(row, actor=operator(request)) for row in rows]
        messages.success(request, _("%(n)d suspended.") % {"n": sum(moved)})

    @reasoned(description=_("Resume: allow changes again"), permissions=["suspend"])
    def resume(self, request: HttpRequest, rows: QuerySet[Workspace]) -> None:
        moved = [services.resume_workspace(row, actor=operator(request)) for row in rows]
        messages.success(request, _("%(n)d resumed.") % {"n": sum(moved)})

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.change_workspace"))


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "workspace", "role", "state", "invited_by", "sent_at", "expires_at")
    search_fields = ("email", "workspace__name")
    list_select_related = ("workspace", "invited_by")
    ordering = ("-id",)
    exclude = ("token_digest",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    list_display = ("label", "prefix", "workspace", "mode", "state", "last_used_at", "expires_at")
    list_filter = ("mode",)
    search_fields = ("label", "prefix", "workspace__name")
    list_select_related = ("workspace",)
    ordering = ("-id",)
    exclude = ("digest",)
    actions = ("revoke",)

    @reasoned(
        description=_("Revoke, with every key it made"),
        permissions=["revoke"],
        consequence=_("Whoever uses the key gets 401 from now on. This cannot be taken back."),
    )
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        for key in rows:
            try:
                services.revoke_api_key(key, actor=operator(request))
            except ApiKeyAlreadyRevoked:
                messages.info(request, _("%(key)s was revoked before.") % {"key": key})

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.delete_apikey"))


@admin.register(Impersonation)
class ImpersonationAdmin(ReadOnlyAdmin):
    """Which operator looked into which workspace, and why."""

    list_display = ("started_at", "operator", "workspace", "reason", "expires_at", "ended_at")
    list_select_related = ("operator", "workspace")
    ordering: ClassVar = ("-id",)
    actions = ("end",)

    @reasoned(description=_("End now"), permissions=["end"])
    def end(self, request: HttpRequest, rows: QuerySet[Impersonation]) -> None:
        """Take an operator out of a workspace at once."""
        moved = [services.end_impersonation(row, actor=operator(request)) for row in rows]
        messages.success(request, _("%(n)d ended.") % {"n": sum(moved)})

    def has_end_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("accounts.change_workspace"))
