"""The billing profile: whose name and PIN the papers of a workspace carry."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from kernel import audit, clock
from kernel.errors import BadRequest
from kernel.phrases import Phrase
from wallet.models import BillingProfile
from wallet.tax import normalise_pin


@transaction.atomic
def save_profile(
    *,
    workspace_id: UUID,
    legal_name: str,
    kra_pin: str,
    address: str,
    email: str,
    actor: str,
) -> BillingProfile:
    """Keep who is billed; papers issued before stay as they are. Raises BadRequest."""
    try:
        pin = normalise_pin(kra_pin) if kra_pin.strip() else ""
    except ValueError:
        reason = Phrase("is not a KRA PIN, such as P051234567X")
        raise BadRequest(fields=[("kra_pin", reason)]) from None
    columns = {
        "legal_name": legal_name.strip(),
        "kra_pin": pin,
        "address": address.strip(),
        "email": email.strip().lower(),
        "updated_at": clock.now(),
    }
    row, _ = BillingProfile.objects.update_or_create(workspace_id=workspace_id, defaults=columns)
    audit.record(
        "wallet.billing_profile_saved",
        actor=actor,
        subject=workspace_id,
        workspace_id=workspace_id,
        after={"legal_name": row.legal_name, "kra_pin": row.kra_pin},
    )
    return row
