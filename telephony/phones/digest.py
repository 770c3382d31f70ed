"""Digest authentication as RFC 7616 has it for MD5: challenges, proofs, and nonces that die."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

NONCE_SECONDS = 120
NONCES_MAX = 20_000
PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')

Verdict = Literal["good", "stale", "wrong"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a phone sent to show that it knows its password."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    qop: str
    nc: str
    cnonce: str

    @classmethod
    def read(cls, header: str) -> Proof | None:
        """Read an Authorization header; None when it is no digest."""
        scheme, _, rest = header.strip().partition(" ")
        if scheme.lower() != "digest":
            return None
        found = {name.lower(): quoted or plain for name, quoted, plain in PARAMETER.findall(rest)}
        if found.get("algorithm", "MD5").upper() != "MD5":
            return None
        fields = {name: found.get(name, "") for name in cls.__slots__}
        return cls(**fields)

    def answers(self, ha1: str, method: str) -> bool:
        """Say whether it was made with the password behind this HA1."""
        ha2 = _md5(f"{method}:{self.uri}")
        middle = f"{self.nonce}:{self.nc}:{self.cnonce}:{self.qop}" if self.qop else self.nonce
        wanted = _md5(f"{ha1}:{middle}:{ha2}")
        return hmac.compare_digest(wanted.encode(), self.response.lower().encode())


class Nonces:
    """Makes nonces for a source that die by themselves, and counts how each is used."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: OrderedDict[str, int] = OrderedDict()

    def make(self, host: str) -> str:
        """Return a nonce for one source."""
        stamp = f"{int(time.time()):x}{secrets.token_hex(4)}"
        return f"{stamp}{self._mark(stamp, host)}"

    def is_ours(self, nonce: str, host: str) -> bool:
        """Say whether we gave this nonce to this source, however long ago."""
        return hmac.compare_digest(self._mark(nonce[:-32], host).encode(), nonce[-32:].encode())

    def spend(self, proof: Proof) -> bool:
        """Use a nonce once more; False when it is too old, or its count does not rise."""
        made_at = int(proof.nonce[:-40] or "0", 16)
        if made_at < time.time() - NONCE_SECONDS:
            return False
        count = int(proof.nc, 16) if re.fullmatch(r"[0-9a-fA-F]{1,8}", proof.nc) else 1
        if count <= self._used.get(proof.nonce, 0):
            return False
        self._used[proof.nonce] = count
        if len(self._used) > NONCES_MAX:
            self._used.popitem(last=False)
        return True

    def _mark(self, stamp: str, host: str) -> str:
        return hmac.digest(self._key, f"{stamp} {host}".encode(), "sha256").hex()[:32]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
