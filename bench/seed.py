"""What a bench works on: funded workspaces with a number and a key each."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.management import call_command

from accounts import services as accounts
from accounts.models import User
from accounts.roles import role_scopes
from numbers import services as numbers
from numbers.models import Inventory
from wallet import services as wallet

PLENTY_MINOR = 10**12


@dataclass(frozen=True, slots=True)
class Tenant:
    """One workspace that can call."""

    workspace_id: UUID
    number: str
    key: str


_made: list[Tenant] = []


def tenants(count: int) -> list[Tenant]:
    """Return so many workspaces with money, a number and a live key; benches of one run share them."""
    if not _made:
        call_command("seed_sandbox", verbosity=0)
    missing = max(0, count - len(_made))
    offered = Inventory.objects.filter(state="available").order_by("e164")[:missing]
    for row in list(offered):
        _made.append(_tenant(len(_made), row))
    return _made[:count]


def _tenant(number: int, row: Inventory) -> Tenant:
    user = User.objects.create(email=f"bench-{number}@example.com", name="Bench")
    made = accounts.onboard(
        user=user, name="Bench", workspace_name=f"Bench {number}", country="KE", currency="KES"
    )
    workspace = made.workspace
    wallet.credit(
        workspace_id=workspace.id, mode="live", net_minor=PLENTY_MINOR, vat_minor=0, kind="adjustment",
        key="bench", description="Bench money",
    )  # fmt: skip
    numbers.claim_number(workspace_id=workspace.id, mode="live", inventory=row)
    issued = accounts.create_api_key(
        workspace=workspace, mode="live", label="bench", created_by=user,
        maker_scopes=role_scopes("owner"), actor="bench",
    )  # fmt: skip
    assert settings.API_KEY_BURST > 1000, "a bench measures the door, not its limit"
    return Tenant(workspace.id, row.e164, issued.secret)
