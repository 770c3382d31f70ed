"""Feature flags: declared in code with a sentence and a default, overridden for single workspaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from kernel import audit
from kernel.models import FlagOverride


@dataclass(frozen=True, slots=True)
class Flag:
    """A feature that can be on or off; code asks for it by name."""

    name: str
    doc: str
    is_on: bool


_flags: dict[str, Flag] = {}


def declare(name: str, *, doc: str, is_on: bool) -> Flag:
    """Declare a flag where its feature lives."""
    if name in _flags:
        raise ValueError(f"flag {name} is declared twice")
    _flags[name] = Flag(name, doc, is_on)
    return _flags[name]


def flags() -> Mapping[str, Flag]:
    """Return every declared flag by name."""
    return dict(sorted(_flags.items()))


def is_on(name: str, workspace_id: UUID) -> bool:
    """Tell whether a workspace has a feature. One query; LookupError for a name nobody declared."""
    default = _flags[name].is_on
    rows = FlagOverride.objects.filter(flag=name, workspace_id=workspace_id)
    found = rows.values_list("is_on", flat=True).first()
    return default if found is None else found


@transaction.atomic
def override(name: str, *, workspace_id: UUID, is_on: bool | None, actor: str) -> None:
    """Switch a feature for one workspace; None goes back to the default. May run twice."""
    default = _flags[name].is_on
    rows = FlagOverride.objects.filter(flag=name, workspace_id=workspace_id)
    before = rows.select_for_update(no_key=True).values_list("is_on", flat=True).first()
    if before == is_on:
        return
    if is_on is None:
        rows.delete()
    else:
        FlagOverride.objects.update_or_create(
            flag=name, workspace_id=workspace_id, defaults={"is_on": is_on}
        )
    audit.record(
        "flags.overridden",
        actor=actor,
        subject=f"flag:{name}",
        workspace_id=workspace_id,
        before={"is_on": default if before is None else before},
        after={"is_on": default if is_on is None else is_on, "is_default": is_on is None},
    )
