"""What a second step is made of: codes that change, codes on paper, passkeys; none of it writes."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from kernel import clock, signing

PERIOD_SECONDS = 30
# How many steps a phone's clock may be behind or ahead of ours.
DRIFT_STEPS = 1
MAIN_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Adapter(DefaultMFAAdapter):
    """Seals what allauth stores of a second step, and says who we are."""

    def encrypt(self, text: str) -> str:
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Sautikit"

    def _get_site_name(self) -> str:
        return "Sautikit"


def is_enrolled(user: User) -> bool:
    """Tell whether a person signs in with a second step."""
    rows = Authenticator.objects.filter(user_id=user.pk, type__in=MAIN_TYPES)
    return bool(rows.exists())


def methods(user: User) -> list[Authenticator]:
    """List the second steps of a person, oldest first."""
    rows = Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk")
    return list(rows)


def counter_of(secret: str, code: str, *, after: int) -> int | None:
    """Find the step whose code this is, later than the last one that was used."""
    now = int(clock.now().timestamp()) // PERIOD_SECONDS
    for counter in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        right = format_hotp_value(hotp_value(secret, counter))
        if counter > after and signing.same(right, code):
            return counter
    return None


def address_of(user: User, secret: str) -> str:
    """Write what an authenticator app reads from the picture."""
    address: str = Adapter().build_totp_url(user, secret)
    return address


def describe(row: Authenticator) -> str:
    """Name a second step for people."""
    if row.type == Authenticator.Type.WEBAUTHN:
        name: str = row.data.get("name", "")
        return name or _("Passkey")
    return _("Authenticator app") if row.type == Authenticator.Type.TOTP else _("Recovery codes")


def plain(code: str) -> str:
    """Drop what people put between the digits."""
    return "".join(character for character in code if character.isdigit())


# What the browser reads is whatever WebAuthn says.
def json_ready(value: Any) -> Any:
    """Turn the options of a ceremony into what JSON can carry."""
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).decode().rstrip("=")
    if hasattr(value, "items"):
        return {key: json_ready(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_ready(each) for each in value]
    return value


def _vault() -> Fernet:
    key = hashlib.sha256(f"second-step:{settings.PEPPER}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
