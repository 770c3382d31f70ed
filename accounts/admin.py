"""The operators' view of people, workspaces and keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from accounts import services
from accounts.errors import ApiKeyAlreadyRevoked
from accounts.models import ApiKey, Membership, User, Workspace
from kernel import audit


def operator(request: HttpRequest) -> str:
    """Name the operator for the audit trail."""
    return f"operator:{request.user.pk}"


class AuditedAdmin(ModelAdmin):
    """An admin whose every change leaves an audit row."""

    # The form is the one the admin built for the model.
    def save_model(
        self, request: HttpRequest, obj: User | Membership, form: forms.ModelForm[Any], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        kind = f"{obj._meta.model_name}.{'updated' if change else 'created'}"
        after = {name: str(form.cleaned_data.get(name)) for name in form.changed_data}
        audit.record(kind, actor=operator(request), subject=f"{obj}", after=after)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    can_delete = False
    readonly_fields = ("user", "workspace", "created_at")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(AuditedAdmin):
    list_display = ("email", "name", "is_active", "is_staff", "created_at", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "is_superuser", "groups", "last_login")
    readonly_fields = ("last_login",)
    filter_horizontal = ("groups",)
    inlines = (MembershipInline,)


@admin.register(Workspace)
class WorkspaceAdmin(ModelAdmin):
    list_display = ("name", "status", "country", "currency", "mpesa_account_ref", "created_at")
    list_filter = ("status", "country")
    search_fields = ("name", "slug", "mpesa_account_ref", "id")
    readonly_fields = (
        "id", "name", "slug", "status", "country", "currency", "mpesa_account_ref", "created_at",
    )  # fmt: skip
    inlines = (MembershipInline,)
    actions = ("suspend", "resume")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Suspend: refuse every change"))
    def suspend(self, request: HttpRequest, rows: QuerySet[Workspace]) -> None:
        moved = [services.suspend_workspace(row, actor=operator(request)) for row in rows]
        messages.success(request, _("%(n)d suspended.") % {"n": sum(moved)})

    @admin.action(description=_("Resume: allow changes again"))
    def resume(self, request: HttpRequest, rows: QuerySet[Workspace]) -> None:
        moved = [services.resume_workspace(row, actor=operator(request)) for row in rows]
        messages.success(request, _("%(n)d resumed.") % {"n": sum(moved)})


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = ("label", "prefix", "workspace", "mode", "state", "last_used_at", "expires_at")
    list_filter = ("mode",)
    search_fields = ("label", "prefix", "workspace__name")
    exclude = ("digest",)
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description=_("Revoke, with every key it made"), permissions=["view"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        if not request.user.has_perm("accounts.delete_apikey"):
            messages.error(request, _("You may not revoke keys."))
            return
        for key in rows:
            try:
                services.revoke_api_key(key, actor=operator(request))
            except ApiKeyAlreadyRevoked:
                messages.info(request, _("%(key)s was revoked before.") % {"key": key})
