"""The /v1 door of the team: members, invitations and the audit log."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts import errors, queries, services, shapes
from accounts.api import person
from accounts.models import Invitation, Membership
from accounts.requests import Call
from accounts.roles import ROLES
from kernel import clock
from kernel.api import ApiView, parse
from kernel.idempotency import idempotent
from kernel.models import AuditEntry
from kernel.pagination import page
from kernel.shapes import PAGE_PARAMS


class MembersView(ApiView):
    """List the people of this workspace, newest first."""

    scope = "members.read"
    params = {"GET": PAGE_PARAMS}
    outputs = {"GET": {200: shapes.MEMBERS}}

    def get(self, request: Call) -> Response:
        rows = queries.members(request.workspace.id)
        return Response(page(rows, request.query_params, member))


class MemberView(ApiView):
    """Change what a member may do, or remove them with every key they made."""

    scope = "members.manage"
    raises = {
        "PATCH": (errors.MemberNotFound, errors.RoleChangeDenied, errors.LastOwner),
        "DELETE": (errors.MemberNotFound, errors.RemoveDenied, errors.LastOwner),
    }

    class Body(serializers.Serializer[Any]):
        role = serializers.ChoiceField(ROLES)

    inputs = {"PATCH": Body}
    outputs = {"PATCH": {200: shapes.MEMBER}, "DELETE": {204: None}}

    def patch(self, request: Call, member_id: str) -> Response:
        """Give a member another role."""
        row = services.change_role(
            queries.access_member(request.workspace.id, member_id),
            role=parse(request, self.Body)["role"],
            by_role=request.role,
            actor=request.actor,
        )
        return Response(member(row))

    def delete(self, request: Call, member_id: str) -> Response:
        """Remove a member; their keys are revoked."""
        row = queries.access_member(request.workspace.id, member_id)
        services.remove_member(row, by_role=request.role, actor=request.actor)
        return Response(status=204)


class InvitationsView(ApiView):
    """List the open invitations, or invite somebody by e-mail."""

    scope = {"GET": "members.read", "POST": "members.manage"}
    raises = {"POST": (errors.AlreadyMember, errors.RoleChangeDenied)}

    class Body(serializers.Serializer[Any]):
        email = serializers.EmailField(max_length=254)
        role = serializers.ChoiceField(ROLES, default="member")

    inputs = {"POST": Body}
    params = {"GET": PAGE_PARAMS}
    outputs = {"GET": {200: shapes.INVITATIONS}, "POST": {201: shapes.INVITATION}}

    def get(self, request: Call) -> Response:
        """List the open invitations, newest first."""
        rows = queries.invitations(request.workspace.id)
        return Response(page(rows, request.query_params, offer))

    @idempotent()
    def post(self, request: Call) -> Response:
        """Mail an invitation; an open one of the same address is sent anew."""
        body = parse(request, self.Body)
        row = services.invite(
            request.workspace,
            email=body["email"],
            role=body["role"],
            by=request.user,
            by_role=request.role,
            actor=request.actor,
        )
        return Response(offer(row), status=201)


class InvitationView(ApiView):
    """Take an invitation back."""

    scope = "members.manage"
    raises = (errors.InvitationNotFound,)
    outputs = {"DELETE": {204: None}}

    def delete(self, request: Call, invitation_id: str) -> Response:
        row = queries.access_invitation(request.workspace.id, invitation_id)
        services.revoke_invitation(row, actor=request.actor)
        return Response(status=204)


class ResendInvitationView(ApiView):
    """Mail an invitation again with a new link and seven more days."""

    scope = "members.manage"
    raises = (errors.InvitationNotFound, errors.RoleChangeDenied)
    outputs = {"POST": {200: shapes.INVITATION}}

    @idempotent()
    def post(self, request: Call, invitation_id: str) -> Response:
        row = queries.access_invitation(request.workspace.id, invitation_id)
        row = services.resend_invitation(row, by_role=request.role, actor=request.actor)
        return Response(offer(row))


class AcceptInvitationView(ApiView):
    """Take the seat an invitation offers, in a session of the invited address."""

    needs_workspace = False
    unsigned = errors.InviteRequiresLogin
    raises = (
        errors.InviteRequiresLogin,
        errors.InviteEmailMismatch,
        errors.InvitationNotFound,
        errors.InvitationExpired,
        errors.CrossSite,
    )

    class Body(serializers.Serializer[Any]):
        token = serializers.CharField(max_length=200)

    inputs = {"POST": Body}
    outputs = {"POST": {200: shapes.SEAT}}

    def post(self, request: Call) -> Response:
        token = parse(request, self.Body)["token"]
        if request.auth is not None:
            raise errors.InviteRequiresLogin()
        seat = services.accept_invitation(token, user=request.user)
        return Response({"workspace_id": str(seat.workspace_id), "role": seat.role})


class AuditView(ApiView):
    """Read who changed what in this workspace, newest first."""

    scope = "audit.read"
    raises = (errors.InvalidActionKind,)
    params = {"GET": shapes.AUDIT_PARAMS}
    outputs = {"GET": {200: shapes.AUDIT_ENTRIES}}

    def get(self, request: Call) -> Response:
        rows = queries.audit_entries(request.workspace.id, request.query_params)
        return Response(page(rows, request.query_params, entry))


# The rows below are written for clients as the JSON that shapes declares.
def member(row: Membership) -> dict[str, Any]:
    """Write a member for a client."""
    return {
        "id": str(row.id),
        "user": person(row.user),
        "role": row.role,
        "created_at": clock.rfc3339(row.created_at),
    }


def offer(row: Invitation) -> dict[str, Any]:
    """Write an invitation for a client, without its link."""
    return {
        "id": str(row.id),
        "email": row.email,
        "role": row.role,
        "status": row.state,
        "invited_by": row.invited_by.email if row.invited_by else None,
        "created_at": clock.rfc3339(row.created_at),
        "sent_at": clock.rfc3339(row.sent_at),
        "expires_at": clock.rfc3339(row.expires_at),
    }


def entry(row: AuditEntry) -> dict[str, Any]:
    """Write a row of the audit log for a client."""
    return {
        "id": str(row.id),
        "action_kind": row.action_kind,
        "actor": row.actor,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "created_at": clock.rfc3339(row.created_at),
    }
