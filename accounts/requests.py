"""What the middleware and the authentication class put on a request, for the type checker."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request

from accounts.models import ApiKey, Impersonation, Membership, User, Workspace
from kernel.doors import Door
from wallet.queries import Balance


class Page(HttpRequest):
    """A console request behind its door; `workspace` is there unless the door lets all in."""

    # The door has turned strangers away.
    user: User
    workspace: Workspace
    membership: Membership
    mode: str
    role: str
    scopes: frozenset[str]
    actor: str
    check_door: Callable[[Door], HttpResponse | None]
    # Set while an operator looks into somebody else's workspace.
    impersonation: Impersonation | None


class Call(Request):
    """A /v1 request with its credential; `auth` is None for the console's session."""

    # The authentication class has refused strangers.
    user: User
    auth: ApiKey | None
    # As it was when the key was found; only for reading it back to the client.
    balance: Balance | None
    workspace: Workspace
    mode: str
    role: str
    scopes: frozenset[str]
    actor: str
