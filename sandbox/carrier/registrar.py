"""Who may speak to the carrier: the digest of our trunk and of registered SIP phones."""

import time
from dataclasses import dataclass
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipWWWAuthenticate import SipWWWAuthenticate

REALM = "sandbox"
HANDSET_PASSWORD = "sandbox"  # noqa: S105 - public, printed in the README.
EXPIRES_MAX = 3600

# Sippy has no types; what comes out of it is Any until it is read.
Sippy = Any


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a registered phone listens."""

    user: str
    host: str
    port: int
    expires_at: float


class Registrar:
    """Check digests and remember contacts; all but `contact` runs on the SIP thread."""

    def __init__(self, trunk_users: dict[str, str], *, takes_handsets: bool) -> None:
        self.trunk_users, self.takes_handsets = trunk_users, takes_handsets
        self.contacts: dict[str, Contact] = {}

    def user_of(self, request: Sippy) -> str | None:
        """Return the user that a request proves to come from."""
        if request.countHFs("authorization") == 0:
            return None
        proof = request.getHFBody("authorization")
        try:
            password = self.password_of(proof.username)
            is_right = password is not None and proof.verify(password, request.getMethod())
        except (ValueError, IndexError, AttributeError, TypeError):
            return None
        return str(proof.username) if is_right else None

    def password_of(self, user: str) -> str | None:
        """Look a password up; every handset has the same one."""
        if user in self.trunk_users:
            return self.trunk_users[user]
        return HANDSET_PASSWORD if self.takes_handsets and is_handset(f"+{user}") else None

    def challenge(self, request: Sippy) -> Sippy:
        """Ask for a digest; the same words whether the user exists or not."""
        response = request.genResponse(401, "Unauthorized")
        response.appendHeader(SipHeader(body=SipWWWAuthenticate(realm=REALM)))
        return response

    def register(self, request: Sippy) -> Sippy:
        """Remember where a phone listens, or forget it."""
        user = self.user_of(request)
        if user is None:
            return self.challenge(request)
        if user in self.trunk_users or request.getHFBody("to").getUri().url.username != user:
            return request.genResponse(403, "Forbidden")
        response = request.genResponse(200, "OK")
        if request.countHFs("contact") == 0:
            return response
        header = request.getHFBody("contact")
        seconds = self._seconds(request, header)
        if seconds == 0 or header.asterisk:
            self.contacts.pop(user, None)
            return response
        url = header.getUrl()
        # The source address is the one that surely works; the contact may be behind a translator.
        host, port = request.getSource()
        self.contacts[user] = Contact(url.username or user, host, port, time.time() + seconds)
        granted = header.getCopy()
        granted.getUri().setParam("expires", str(seconds))
        response.appendHeader(SipHeader(name="contact", body=granted))
        return response

    def contact(self, e164: str) -> Contact | None:
        """Return where the phone of this number listens, if one is registered."""
        contact = self.contacts.get(e164.removeprefix("+"))
        return contact if contact is not None and contact.expires_at > time.time() else None

    def _seconds(self, request: Sippy, header: Sippy) -> int:
        asked: object = EXPIRES_MAX
        if request.countHFs("expires") > 0:
            asked = request.getHFBody("expires").getNum()
        if not header.asterisk and header.getUri().getParam("expires") is not None:
            asked = header.getUri().getParam("expires")
        return max(0, min(int(str(asked)), EXPIRES_MAX))


def is_handset(e164: str) -> bool:
    """Tell whether this is the number of a Kenyan mobile phone."""
    return len(e164) == 13 and e164.startswith(("+2547", "+2541")) and e164[1:].isdigit()
