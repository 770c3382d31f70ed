"""The HTML door: who may open a console page, declared on the view and decided by accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, overload

from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])
Scope = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Door:
    """What a page asks of its visitor: a scope (one, or one by method), a workspace, a role."""

    scope: Scope = ""
    needs_workspace: bool = True
    # For what no scope is enough: the one role that may.
    role: str = ""

    def required_scope(self, method: str) -> str:
        if isinstance(self.scope, str):
            return self.scope
        return self.scope.get(method, "")


@overload
def login_required(view: View, /) -> View: ...
@overload
def login_required(
    *, scope: Scope = ..., needs_workspace: bool = ..., role: str = ...
) -> Callable[[View], View]: ...


# The overloads above are the types; this one body serves both spellings.
def login_required(
    view: Any = None, *, scope: Scope = "", needs_workspace: bool = True, role: str = ""
) -> Any:
    """Let only signed-in members in: `@login_required` or `@login_required(scope="calls.read")`.

    The middleware of accounts puts `check_door` on every request; without it a page fails closed.
    """
    door = Door(scope, needs_workspace, role)

    def decorate(inner: View) -> View:
        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal: HttpResponse | None = request.check_door(door)  # type: ignore[attr-defined]
            return refusal or inner(request, *args, **kwargs)

        # The matrix of roles and routes reads what every page asks.
        guarded.door = door  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]  # wraps keeps the signature

    return decorate if view is None else decorate(view)
