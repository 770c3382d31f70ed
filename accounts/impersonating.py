"""The session of an operator who looks into a workspace: it reads, and the banner says so."""

from __future__ import annotations

from typing import Any, Final

from accounts.impersonation_models import Impersonation
from accounts.models import Membership
from accounts.roles import VIEWER
from kernel import audit, clock, ids

SESSION_KEY: Final = "impersonation"
ROLE: Final = "viewer"
# What was said in a call is nobody's business but the customer's.
SCOPES: Final = VIEWER - {"recordings.read"}


def enter(request: Any) -> bool:
    """Put the workspace an operator looks into on the request; False when they look into none."""
    visit = current(request)
    if visit is None:
        return False
    request.impersonation = visit
    request.actor = f"{audit.OPERATOR}{request.user.pk}"
    request.membership = Membership(user=request.user, workspace=visit.workspace, role=ROLE)
    request.workspace = visit.workspace
    request.role = ROLE
    request.scopes = SCOPES
    audit.set_reason(visit.reason)
    return True


def current(request: Any) -> Impersonation | None:
    """Return the visit that this session is on, unless it is over."""
    key = request.session.get(SESSION_KEY, "")
    if not key or not ids.is_uuid(key) or not request.user.is_staff:
        return None
    rows = Impersonation.objects.select_related("workspace").filter(
        pk=key, operator=request.user, ended_at=None, expires_at__gt=clock.now()
    )
    return rows.first()
