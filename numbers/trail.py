"""What is done to numbers and the pool."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from kernel import audit
from numbers.models import Number

SECRET = "voice_signing_secret"  # noqa: S105 - the name of a column

audit.declare(
    {
        "number.claimed": _("A number was claimed."),
        "number.routed": _("A number's targets were changed."),
        "number.barred": _("An operator suspended a number."),
        "number.unbarred": _("An operator lifted the suspension of a number."),
        "number.reassigned": _("An operator gave a number to another workspace."),
        "number.released": _("A number was released."),
        "number.sip_credential_added": _("A SIP credential was added to a number."),
        "number.sip_credential_rotated": _("A SIP credential got another password."),
        "number.sip_credential_removed": _("A SIP credential was removed."),
        "inventory.created": _("An operator added a number to the pool."),
        "inventory.updated": _("An operator changed a number of the pool."),
        "inventory.removed": _("An operator took a number out of the pool."),
        "inventory.reserved": _("An operator set a number aside."),
        "inventory.offered": _("An operator offered a number again."),
        "inventory.quarantined": _("An operator put a number into quarantine."),
        "inventory.import_asked": _("An operator brought a file of numbers."),
        "inventory.imported": _("A file of numbers was stored."),
    }
)


def record(
    number: Number,
    kind: str,
    actor: str,
    *,
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
) -> None:
    """Write who did what to a number; of its secret, only that it changed."""
    audit.record(
        kind,
        actor=actor,
        subject=f"number:{number.e164}",
        workspace_id=number.workspace_id,
        before=_without_secret(before),
        after=_without_secret(after),
    )


def _without_secret(facts: Mapping[str, str] | None) -> dict[str, str] | None:
    if facts is None:
        return None
    return {name: "…" if name == SECRET and value else value for name, value in facts.items()}
