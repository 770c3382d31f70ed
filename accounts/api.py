"""The /v1 door of accounts: sign-in, session, onboarding, workspace and API keys."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from rest_framework import serializers
from rest_framework.response import Response

from accounts import errors, queries, services, sessions, shapes
from accounts.authentication import check_same_origin
from accounts.models import ApiKey, Membership, User, Workspace
from accounts.requests import Call
from kernel import clock
from kernel.api import ApiView, parse
from kernel.client_ip import client_ip
from kernel.errors import BadRequest, RateLimited
from kernel.idempotency import idempotent
from kernel.pagination import page
from kernel.shapes import PAGE_PARAMS
from wallet import queries as wallet_queries

NAME_MAX = 120
MODES = ("live", "test")


class MagicLinkView(ApiView):
    """Ask for a sign-in mail; the answer is the same for known and unknown addresses."""

    public = True
    raises = (RateLimited,)

    class Body(serializers.Serializer[Any]):
        email = serializers.EmailField(max_length=254)
        next = serializers.CharField(max_length=500, required=False, allow_blank=True)

    inputs = {"POST": Body}
    outputs = {"POST": {202: shapes.SENT}}

    def post(self, request: Call) -> Response:
        check_same_origin(request)
        body = parse(request, self.Body)
        next_url = body.get("next", "")
        if next_url and not sessions.local_path(next_url):
            raise BadRequest(fields=[("next", "must be a path of this site, such as /overview")])
        services.request_magic_link(
            email=body["email"],
            browser=sessions.browser_of(request._request),
            ip=client_ip(request._request),
            next_url=next_url,
        )
        return Response({"status": "sent"}, status=202)


class VerifyView(ApiView):
    """Spend a link's token, or a code in the browser that asked, and start a session."""

    public = True
    raises = (errors.TokenInvalid, errors.TokenExpired, errors.TokenUsed)

    class Body(serializers.Serializer[Any]):
        token = serializers.CharField(max_length=200, required=False)
        email = serializers.EmailField(max_length=254, required=False)
        code = serializers.CharField(max_length=12, required=False)

    inputs = {"POST": Body}
    outputs = {"POST": {200: shapes.SIGNED_IN}}

    def post(self, request: Call) -> Response:
        check_same_origin(request)
        sign_in = self._consume(request, parse(request, self.Body))
        entered = sessions.enter(request._request, sign_in)
        facts: dict[str, Any] = {"status": "signed_in", "user": person(sign_in.user)}
        user = request._request.user
        # Requests to the API have nobody until somebody is let in.
        if user is None or not user.is_authenticated:
            # The page behind the address asks for it, in this browser.
            where = entered.headers["Location"]
            facts |= {"status": "second_step_required", "workspace_id": None, "next": where}
            return Response(facts)
        membership = queries.active_membership(sign_in.user, None)
        workspace_id = str(membership.workspace_id) if membership else None
        return Response(facts | {"workspace_id": workspace_id, "next": sign_in.next_url or None})

    def _consume(self, request: Call, body: dict[str, str]) -> services.SignIn:
        if "token" in body:
            return services.consume_magic_link(body["token"])
        if "email" not in body or "code" not in body:
            raise BadRequest(fields=[("token", "send token, or email and code")])
        browser = sessions.browser_of(request._request)
        return services.consume_code(email=body["email"], code=body["code"], browser=browser)


class SessionView(ApiView):
    """Who the caller is, where they work, and what they may do there."""

    needs_workspace = False
    raises = (errors.SessionInvalid,)
    outputs = {"GET": {200: shapes.SESSION}}

    def get(self, request: Call) -> Response:
        workspace = request.workspace
        return Response(
            {
                "user": person(request.user),
                "workspace_id": str(workspace.id) if workspace else None,
                "mode": request.mode,
                "role": request.role or None,
                "scopes": sorted(request.scopes),
                "workspaces": [
                    {**tenant(each.workspace), "role": each.role} for each in self._mine(request)
                ],
            }
        )

    def _mine(self, request: Call) -> list[Membership]:
        mine = queries.memberships(request.user)
        # A key belongs to one workspace and tells nothing of its maker's others.
        if request.auth is not None:
            mine = mine.filter(workspace=request.workspace)
        return list(mine)


class SignOutView(ApiView):
    """End the session."""

    needs_workspace = False
    raises = (errors.SessionInvalid, errors.CrossSite)
    outputs = {"POST": {204: None}}

    def post(self, request: Call) -> Response:
        if request.auth is None:
            logout(request._request)
        return Response(status=204)


class SwitchWorkspaceView(ApiView):
    """Point the session at another workspace of the person, or at its other mode."""

    needs_workspace = False
    raises = (errors.WorkspaceForbidden,)

    class Body(serializers.Serializer[Any]):
        workspace_id = serializers.UUIDField()
        mode = serializers.ChoiceField(MODES, required=False)

    inputs = {"POST": Body}
    outputs = {"POST": {200: shapes.SWITCHED}}

    def post(self, request: Call) -> Response:
        if request.auth is not None:
            raise errors.WorkspaceForbidden()
        body = parse(request, self.Body)
        membership = (
            queries.memberships(request.user).filter(workspace_id=body["workspace_id"]).first()
        )
        if membership is None:
            raise errors.WorkspaceForbidden()
        session = request._request.session
        session[sessions.WORKSPACE] = str(membership.workspace_id)
        session[sessions.MODE] = body.get("mode", session.get(sessions.MODE, "live"))
        return Response({**tenant(membership.workspace), "mode": session[sessions.MODE]})


class OnboardingView(ApiView):
    """Open the first workspace of a signed-in person, with its wallets."""

    needs_workspace = False
    raises = (errors.CurrencyUnsupported, errors.AlreadyOnboarded, errors.SessionInvalid)

    class Body(serializers.Serializer[Any]):
        name = serializers.CharField(max_length=NAME_MAX)
        workspace_name = serializers.CharField(max_length=NAME_MAX)
        country = serializers.CharField(max_length=2)
        currency = serializers.CharField(max_length=3)

    inputs = {"POST": Body}
    outputs = {"POST": {201: shapes.ONBOARDED}}

    def post(self, request: Call) -> Response:
        body = parse(request, self.Body)
        done = services.onboard(
            user=request.user,
            name=body["name"],
            workspace_name=body["workspace_name"],
            country=body["country"].upper(),
            currency=body["currency"].upper(),
        )
        balance = wallet_queries.balance(done.workspace.id, "live")
        return Response(
            {
                "workspace_id": str(done.workspace.id),
                "workspace": tenant(done.workspace),
                "wallet": {"balance_minor": balance.balance_minor, "currency": balance.currency},
                "signing_secret": done.signing_secret,
            },
            status=201,
        )


class WorkspaceView(ApiView):
    """Read the workspace, or rename it; its currency is never writable."""

    scope = {"PATCH": "members.manage"}

    class Body(serializers.Serializer[Any]):
        name = serializers.CharField(max_length=NAME_MAX)

    inputs = {"PATCH": Body}
    outputs = {"GET": {200: shapes.WORKSPACE}, "PATCH": {200: shapes.WORKSPACE}}

    def get(self, request: Call) -> Response:
        """Read the workspace."""
        return Response(tenant(request.workspace))

    def patch(self, request: Call) -> Response:
        """Rename the workspace; its country and currency are locked."""
        body = parse(request, self.Body)
        locked = [name for name in ("currency", "country") if name in request.data]
        if locked:
            raise BadRequest(fields=[(name, "is locked after creation") for name in locked])
        workspace = services.update_workspace(
            request.workspace,
            name=body["name"],
            actor=request.actor,
        )
        return Response(tenant(workspace))


class RotateSigningSecretView(ApiView):
    """Replace the secret that signs voice callbacks and per-call targets."""

    scope = "api_keys.manage"
    raises = (errors.Suspended, errors.ScopeDenied, errors.AdminRequired)
    outputs = {"POST": {200: shapes.ROTATED}}

    @idempotent(secret_fields=("signing_secret",))
    def post(self, request: Call) -> Response:
        secret = services.rotate_signing_secret(
            request.workspace,
            actor=request.actor,
        )
        return Response({"signing_secret": secret})


class ApiKeysView(ApiView):
    """List the keys of this workspace and mode, or make one."""

    scope = "api_keys.manage"
    raises = {"POST": (errors.ApiKeyNameRequired, errors.ScopeInvalid, errors.ScopeDenied)}

    class Body(serializers.Serializer[Any]):
        # Length and presence of the label have a Problem of their own.
        label = serializers.CharField(  # type: ignore[assignment]  # The metaclass takes it away.
            required=False, allow_blank=True, default=""
        )
        name = serializers.CharField(required=False, allow_blank=True, default="")
        scopes = serializers.ListField(
            child=serializers.CharField(max_length=40), max_length=100, required=False
        )
        expires_at = serializers.DateTimeField(required=False, allow_null=True)
        mode = serializers.ChoiceField(MODES, required=False)
        marketing = serializers.BooleanField(
            default=False, help_text="Calls of this key begin from 07:00 to 19:00 in Nairobi only."
        )

    inputs = {"POST": Body}
    params = {"GET": PAGE_PARAMS}
    outputs = {"GET": {200: shapes.KEYS}, "POST": {201: shapes.NEW_KEY}}

    def get(self, request: Call) -> Response:
        """List the keys of this workspace and mode, newest first."""
        rows = queries.api_keys(request.workspace.id, request.mode)
        return Response(page(rows, request.query_params, credential))

    @idempotent(secret_fields=("secret",))
    def post(self, request: Call) -> Response:
        """Make a key; its secret is in the reply once."""
        body = parse(request, self.Body)
        issued = services.create_api_key(
            workspace=request.workspace,
            mode=body.get("mode", request.mode),
            label=body["label"] or body["name"],
            scopes=body.get("scopes"),
            expires_at=body.get("expires_at"),
            is_marketing=body["marketing"],
            created_by=request.user,
            maker=request.auth,
            maker_scopes=request.scopes,
            actor=request.actor,
        )
        return Response({**credential(issued.key), "secret": issued.secret}, status=201)


class ApiKeyView(ApiView):
    """Revoke one key and every key it made."""

    scope = "api_keys.manage"
    raises = (errors.ApiKeyNotFound, errors.ApiKeyAlreadyRevoked, errors.Suspended)
    outputs = {"DELETE": {204: None}}

    def delete(self, request: Call, key_id: str) -> Response:
        key = queries.access_api_key(request.workspace.id, request.mode, key_id)
        services.revoke_api_key(key, actor=request.actor)
        return Response(status=204)


def person(user: User) -> dict[str, str]:
    """Write a person for a client."""
    return {"id": str(user.id), "email": user.email, "name": user.name}


def tenant(workspace: Workspace) -> dict[str, str | None]:
    """Write a workspace for a client."""
    return {
        "id": str(workspace.id),
        "name": workspace.name,
        "slug": workspace.slug,
        "country": workspace.country,
        "currency": workspace.currency,
        "mpesa_account_ref": workspace.mpesa_account_ref,
        "status": workspace.status,
        "created_at": clock.rfc3339(workspace.created_at),
    }


def credential(key: ApiKey) -> dict[str, str | bool | list[str] | None]:
    """Write a key for a client, without its secret."""
    return {
        "id": str(key.id),
        "label": key.label,
        "prefix": key.prefix,
        "mode": key.mode,
        "scopes": key.scopes,
        "marketing": key.is_marketing,
        "status": key.state,
        "created_by": str(key.created_by_id),
        "created_at": clock.rfc3339(key.created_at),
        "last_used_at": clock.rfc3339(key.last_used_at),
        "expires_at": clock.rfc3339(key.expires_at),
        "revoked_at": clock.rfc3339(key.revoked_at),
    }
