"""Which phones there are, where each is, and whether a request comes from one of them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from sippy.SipHeader import SipHeader
from sippy.SipRequest import SipRequest

from telephony.phones.digest import Nonces, Proof
from telephony.phones.guard import Guard

EXPIRES_LEAST_SECONDS = 60
EXPIRES_MAX_SECONDS = 3600
# Phones of an idle office wake each other up seldom; NAT forgets sooner.
EXPIRES_GRANTED_SECONDS = 300
UNKNOWN = "0" * 32


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a registered phone listens, as its REGISTER came to us."""

    user: str
    host: str
    port: int
    user_agent: str
    until: float
    # Of the password it registered with.
    ha1: str


class Registrar:
    """Knows the credentials and the contacts; SIP threads ask it, a thread beside refreshes it."""

    def __init__(self, realm: str, guard: Guard) -> None:
        self._realm = realm
        self._guard = guard
        self._nonces = Nonces()
        self._lock = threading.Lock()
        self._passwords: dict[str, str] = {}
        self._contacts: dict[str, Contact] = {}
        self._changed: set[str] = set()

    @property
    def is_open(self) -> bool:
        """Whether there is any phone to hear."""
        return bool(self._passwords)

    def load(self, passwords: dict[str, str], contacts: dict[str, Contact]) -> None:
        """Take the credentials of now; whose password changed, or who is gone, is signed out."""
        with self._lock:
            for username in [it for it in self._contacts if it not in passwords]:
                del self._contacts[username]
            for username, known in self._passwords.items():
                if passwords.get(username, known) != known:
                    self._contacts.pop(username, None)
            for username, contact in contacts.items():
                if username not in self._passwords:
                    self._contacts.setdefault(username, contact)
            self._passwords = passwords

    def take_changes(self) -> dict[str, Contact | None]:
        """Return what became of the phones since the last look."""
        with self._lock:
            changed, self._changed = self._changed, set()
            return {username: self._contacts.get(username) for username in changed}

    def contact(self, username: str) -> Contact | None:
        """Return where a phone is, if it is registered."""
        found = self._contacts.get(username)
        return found if found is not None and found.until > time.time() else None

    def user_of(self, request: SipRequest) -> str | None:
        """Return who proves to have sent a request; a wrong proof counts against its source."""
        if request.countHFs("authorization") == 0:
            return None
        host = request.getSource()[0]
        proof = Proof.read(str(request.getHFBody("authorization")))
        if proof is None or not self._nonces.is_ours(proof.nonce, host):
            # A nonce of before our own restart is nobody's guess.
            return None
        known = self._passwords.get(proof.username)
        is_right = proof.answers(known or UNKNOWN, request.getMethod())
        if known is None or not is_right or proof.realm != self._realm:
            self._guard.fail(host)
            return None
        return proof.username if self._nonces.spend(proof) else None

    def challenge(self, request: SipRequest) -> Any:
        """Ask for a proof, in the same words whether the user exists or not."""
        host = request.getSource()[0]
        proof = None
        if request.countHFs("authorization"):
            proof = Proof.read(str(request.getHFBody("authorization")))
        is_stale = proof is not None and self._is_stale(proof, request)
        words = f'Digest realm="{self._realm}", nonce="{self._nonces.make(host)}", '
        words += 'algorithm=MD5, qop="auth"' + (", stale=true" if is_stale else "")
        response = request.genResponse(401, "Unauthorized")
        response.appendHeader(SipHeader(f"WWW-Authenticate: {words}"))
        return response

    def register(self, request: SipRequest, username: str) -> Any:
        """Remember where a phone listens, or forget it."""
        if request.getHFBody("to").getUri().url.username != username:
            return request.genResponse(403, "Forbidden")
        response = request.genResponse(200, "OK")
        if request.countHFs("contact") == 0:
            return response
        header = request.getHFBody("contact")
        seconds = 0 if header.asterisk else _seconds(request, header)
        host, port = request.getSource()
        with self._lock:
            self._changed.add(username)
            if seconds == 0:
                self._contacts.pop(username, None)
                return response
            self._contacts[username] = Contact(
                user=str(header.getUrl().username or username),
                host=str(host),
                port=int(port),
                user_agent=_agent(request),
                until=time.time() + seconds,
                ha1=self._passwords.get(username, ""),
            )
        granted = header.getCopy()
        granted.getUri().setParam("expires", str(seconds))
        response.appendHeader(SipHeader(name="contact", body=granted))
        return response

    def _is_stale(self, proof: Proof, request: SipRequest) -> bool:
        """Say whether only the nonce was wrong: the phone asks nobody for its password again."""
        known = self._passwords.get(proof.username)
        return known is not None and proof.answers(known, request.getMethod())


def _seconds(request: SipRequest, header: Any) -> int:
    asked: object = EXPIRES_GRANTED_SECONDS
    if request.countHFs("expires") > 0:
        asked = request.getHFBody("expires").getNum()
    if header.getUri().getParam("expires") is not None:
        asked = header.getUri().getParam("expires")
    try:
        seconds = int(str(asked))
    except ValueError:
        seconds = EXPIRES_GRANTED_SECONDS
    return 0 if seconds <= 0 else max(EXPIRES_LEAST_SECONDS, min(seconds, EXPIRES_MAX_SECONDS))


def _agent(request: SipRequest) -> str:
    if request.countHFs("user-agent") == 0:
        return ""
    text = str(request.getHFBody("user-agent"))
    return "".join(each for each in text if each.isprintable())[:100]
