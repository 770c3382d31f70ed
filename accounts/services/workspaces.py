"""Workspaces: open one, rename it, renew its signing secret, suspend and resume it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from accounts.errors import AlreadyOnboarded, CurrencyUnsupported
from accounts.models import Membership, User, Workspace
from accounts.states import WORKSPACE
from kernel import audit, ids
from wallet import services as wallet
from wallet.mpesa import reference

COUNTRY_CURRENCY = {"KE": "KES"}
MODES = ("live", "test")


@dataclass(frozen=True, slots=True)
class Onboarded:
    """A new workspace with the secret that is shown this once."""

    workspace: Workspace
    membership: Membership
    signing_secret: str


def onboard(
    *, user: User, name: str, workspace_name: str, country: str, currency: str
) -> Onboarded:
    """Open a person's first workspace with its wallets. Locks the person.

    Raises CurrencyUnsupported and AlreadyOnboarded.
    """
    _check_currency(country, currency)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(id=user.id)
        if user.memberships.exists():
            raise AlreadyOnboarded()
        user.name = name
        user.save(update_fields=["name"])
        return _open(user, workspace_name, country, currency)


def open_workspace(*, user: User, workspace_name: str, country: str, currency: str) -> Onboarded:
    """Open one more workspace of a person, with wallets of its own. Raises CurrencyUnsupported."""
    _check_currency(country, currency)
    with transaction.atomic():
        return _open(user, workspace_name, country, currency)


def update_workspace(
    workspace: Workspace,
    *,
    name: str,
    time_zone: str = "",
    clock_hours: int | None = None,
    actor: str,
) -> Workspace:
    """Rename a workspace, or change how it reads times; the slug stays, because links carry it.

    What is left empty stays. Locks the workspace.
    """
    wanted: dict[str, str | int | None]
    wanted = {"name": name, "time_zone": time_zone, "clock_hours": clock_hours}
    with transaction.atomic():
        row = Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)
        before = {each: getattr(row, each) for each, value in wanted.items() if value}
        after = {each: value for each, value in wanted.items() if value}
        for each, value in after.items():
            setattr(row, each, value)
        row.save(update_fields=[*after, "updated_at"])
        changed = [each for each in after if before[each] != after[each]]
        _record(
            row,
            "workspace.updated",
            actor,
            before={each: before[each] for each in changed},
            after={each: after[each] for each in changed},
        )
    return row


def rotate_signing_secret(workspace: Workspace, *, actor: str) -> str:
    """Replace the secret that signs calls to targets without an endpoint; return the new one."""
    secret = ids.webhook_secret()
    with transaction.atomic():
        Workspace.objects.filter(id=workspace.id).update(signing_secret=secret)
        _record(workspace, "workspace.signing_secret_rotated", actor)
    return secret


def suspend_workspace(workspace: Workspace, *, actor: str, reason: str = "") -> bool:
    """Refuse every change in a workspace from now on; False when it was suspended already."""
    return _move(workspace, "suspend", "workspace.suspended", actor, reason)


def resume_workspace(workspace: Workspace, *, actor: str, reason: str = "") -> bool:
    """Allow changes again; False when the workspace was not suspended."""
    return _move(workspace, "resume", "workspace.resumed", actor, reason)


def _check_currency(country: str, currency: str) -> None:
    if COUNTRY_CURRENCY.get(country) != currency:
        raise CurrencyUnsupported(currency=currency, country=country)


def _open(user: User, workspace_name: str, country: str, currency: str) -> Onboarded:
    secret = ids.webhook_secret()
    workspace = Workspace.objects.create(
        name=workspace_name,
        slug=_free_slug(workspace_name),
        country=country,
        currency=currency,
        mpesa_account_ref=_free_reference(),
        signing_secret=secret,
    )
    membership = Membership.objects.create(user=user, workspace=workspace, role="owner")
    for mode in MODES:
        wallet.open_wallet(workspace_id=workspace.id, mode=mode, currency=currency)
    _record(workspace, "workspace.created", f"user:{user.id}", after={"name": workspace_name})
    return Onboarded(workspace, membership, secret)


def _free_reference() -> str:
    while True:
        found = reference.new_reference()
        if not Workspace.objects.filter(mpesa_account_ref=found).exists():
            return found


def _free_slug(name: str) -> str:
    base = slugify(name)[:60] or "workspace"
    if not Workspace.objects.filter(slug=base).exists():
        return base
    return f"{base}-{ids.random_base62(8).lower()}"


def _move(workspace: Workspace, event: str, kind: str, actor: str, reason: str) -> bool:
    with transaction.atomic():
        moved = WORKSPACE.apply(workspace, event)
        if moved:
            _record(workspace, kind, actor, reason=reason)
    return moved


def _record(
    workspace: Workspace,
    kind: str,
    actor: str,
    *,
    before: dict[str, str | int] | None = None,
    after: dict[str, str | int] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        kind,
        actor=actor,
        subject=f"workspace:{workspace.id}",
        workspace_id=workspace.id,
        before=before,
        after=after,
        reason=reason,
    )
