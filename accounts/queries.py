"""Reads of accounts that more than one door needs."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext

from accounts.errors import (
    ApiKeyNotFound,
    InvalidActionKind,
    InvitationNotFound,
    MemberNotFound,
)
from accounts.models import ApiKey, Invitation, Membership, User, Workspace
from kernel import audit, clock, ids
from kernel.errors import BadRequest
from kernel.models import AuditEntry
from kernel.phrases import Phrase
from wallet.models import Wallet
from wallet.mpesa.reference import normalise_reference
from wallet.queries import BALANCE_COLUMNS, Balance


def active_membership(user: User, workspace_id: str | None) -> Membership | None:
    """Find the membership a session works in: the chosen workspace, else the person's first."""
    mine = Membership.objects.select_related("workspace").filter(user=user).order_by("created_at")
    if workspace_id and ids.is_uuid(workspace_id):
        chosen = mine.filter(workspace_id=workspace_id).first()
        if chosen is not None:
            return chosen
    return mine.first()


def memberships(user: User) -> QuerySet[Membership]:
    """List every workspace of a person, oldest first."""
    return Membership.objects.select_related("workspace").filter(user=user).order_by("created_at")


def members(workspace_id: UUID) -> QuerySet[Membership]:
    """List the members of a workspace."""
    return Membership.objects.select_related("user").filter(workspace_id=workspace_id)


def access_member(workspace_id: UUID, membership_id: str) -> Membership:
    """Fetch one membership of a workspace. Raises MemberNotFound."""
    known = ids.is_uuid(membership_id)
    row = members(workspace_id).filter(id=membership_id).first() if known else None
    if row is None:
        raise MemberNotFound()
    return row


def invitations(workspace_id: UUID) -> QuerySet[Invitation]:
    """List the invitations of a workspace that nobody accepted and nobody took back."""
    rows = Invitation.objects.select_related("invited_by", "workspace")
    return rows.filter(workspace_id=workspace_id, accepted_at=None, revoked_at=None)


def invitations_of(email: str) -> QuerySet[Invitation]:
    """List the open invitations of an address."""
    rows = Invitation.objects.select_related("workspace").filter(email=email)
    return rows.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())


def access_invitation(workspace_id: UUID, invitation_id: str) -> Invitation:
    """Fetch one open invitation of a workspace. Raises InvitationNotFound."""
    known = ids.is_uuid(invitation_id)
    row = invitations(workspace_id).filter(id=invitation_id).first() if known else None
    if row is None:
        raise InvitationNotFound()
    return row


def audit_entries(workspace_id: UUID, query: Mapping[str, str]) -> QuerySet[AuditEntry]:
    """List the audit log by `action_kind`, `actor`, `from` and `to`.

    Raises InvalidActionKind, and BadRequest for a time that is none.
    """
    rows = AuditEntry.objects.filter(workspace_id=workspace_id)
    if kind := query.get("action_kind"):
        if kind not in audit.kinds():
            raise InvalidActionKind(kind=kind)
        rows = rows.filter(action_kind=kind)
    if actor := query.get("actor"):
        rows = rows.filter(actor=actor)
    for name, lookup in (("from", "created_at__gte"), ("to", "created_at__lt")):
        if text := query.get(name):
            moment = clock.moment_of(text)
            if moment is None:
                raise BadRequest(fields=[(name, Phrase("must be an RFC 3339 time"))])
            rows = rows.filter(**{lookup: moment})
    return rows


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """Name the people and keys behind `user:` and `key:` actors of the audit log. Two queries.

    An operator is not named to a customer: which of them it was stands in the log of the back office.
    """
    actors = set(actors)
    wanted = {actor for actor in actors if ids.is_uuid(actor.partition(":")[2])}
    users = [actor[5:] for actor in wanted if actor.startswith("user:")]
    keys = [actor[4:] for actor in wanted if actor.startswith("key:")]
    people = User.objects.filter(id__in=users).values_list("id", "email")
    labels = ApiKey.objects.filter(id__in=keys).values_list("id", "label")
    ours = {actor for actor in actors if actor.startswith(audit.OPERATOR)}
    return (
        {f"user:{key}": name for key, name in people}
        | {f"key:{key}": name for key, name in labels}
        | dict.fromkeys(ours, gettext("Sautikit operator"))
    )


def workspace_named(text: str) -> Workspace | None:
    """Find a workspace by slug, id or account number, as an operator types it."""
    text = text.strip()
    if ids.is_uuid(text):
        return Workspace.objects.filter(id=text).first()
    found = Q(slug=text.lower()) | Q(mpesa_account_ref=normalise_reference(text) or "-")
    return Workspace.objects.filter(found).first()


def owner_emails(workspace_id: UUID) -> list[str]:
    """List the addresses that are told when money or numbers are at stake."""
    owners = Membership.objects.filter(workspace_id=workspace_id, role="owner")
    return list(owners.order_by("created_at").values_list("user__email", flat=True))


def api_keys(workspace_id: UUID, mode: str) -> QuerySet[ApiKey]:
    """List the keys of a workspace and mode."""
    return ApiKey.objects.select_related("created_by").filter(workspace_id=workspace_id, mode=mode)


def access_api_key(workspace_id: UUID, mode: str, key_id: str) -> ApiKey:
    """Fetch one key of a workspace and mode. Raises ApiKeyNotFound."""
    key = api_keys(workspace_id, mode).filter(id=key_id).first() if ids.is_uuid(key_id) else None
    if key is None:
        raise ApiKeyNotFound()
    return key


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key with its workspace and its maker, the maker's role now, and what the wallet holds.

    The role is None when the maker left the workspace.
    """

    key: ApiKey
    role: str | None
    balance: Balance | None


def key_by_digest(digest: str) -> FoundKey | None:
    """Find a key by its hash, in one statement with everything its request needs.

    Every request with a key asks this, so the statement is written once instead of being composed
    by the ORM each time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_key_statement(), [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    columns = iter(row)
    key, key.workspace, key.created_by = (_read(model, columns) for model in _KEY_MODELS)
    role, *money = columns
    return FoundKey(key, role, Balance(*money) if money[0] is not None else None)


_KEY_MODELS: Final = (ApiKey, Workspace, User)


@functools.cache
def _key_statement() -> str:
    """Write the statement out of the models, so that a new column needs no change here."""
    key, workspace, user, membership, wallet = (
        model._meta.db_table for model in (*_KEY_MODELS, Membership, Wallet)
    )
    columns = [
        f"{model._meta.db_table}.{field.column}"
        for model in _KEY_MODELS
        for field in model._meta.concrete_fields
    ]
    columns += [f"{membership}.role", *(f"{wallet}.{name}" for name in BALANCE_COLUMNS)]
    return (
        f"SELECT {', '.join(columns)} FROM {key} "  # noqa: S608  Our names.
        f"JOIN {workspace} ON {workspace}.id = {key}.workspace_id "
        f"JOIN {user} ON {user}.id = {key}.created_by_id "
        f"LEFT JOIN {membership} ON {membership}.user_id = {key}.created_by_id "
        f"AND {membership}.workspace_id = {key}.workspace_id "
        f"LEFT JOIN {wallet} ON {wallet}.workspace_id = {key}.workspace_id "
        f"AND {wallet}.mode = {key}.mode WHERE {key}.digest = %s"
    )


@functools.cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


# The values of a row are those of its model.
def _read(model: type[Model], values: Iterator[Any]) -> Any:
    names = _names(model)
    return model.from_db(DEFAULT_DB_ALIAS, names, list(itertools.islice(values, len(names))))


def workspace_api_keys(workspace_id: UUID) -> QuerySet[ApiKey]:
    """List the keys of both modes, living ones first, for people to look after."""
    keys = ApiKey.objects.select_related("created_by").filter(workspace_id=workspace_id)
    return keys.order_by(F("revoked_at").asc(nulls_first=True), "-created_at")
