"""Encryption of files at rest: AES-256-GCM in chunks, so that a part can be read without the rest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"SKR1"
SALT_BYTES = 16
HEADER_BYTES = len(MAGIC) + SALT_BYTES
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


class Unreadable(Exception):
    """The file is not what was sealed, or the secret is another one."""


def seal(source: BinaryIO, *, secret: str, owner: str, name: str) -> Iterator[bytes]:
    """Yield the sealed form of a file; `owner` separates keys, `name` binds the file to its row."""
    salt = os.urandom(SALT_BYTES)
    cipher = AESGCM(_key(secret, owner, salt))
    yield MAGIC + salt
    index = 0
    while chunk := source.read(CHUNK_BYTES):
        yield cipher.encrypt(_nonce(index), chunk, _bound(name, index))
        index += 1


def unseal(
    sealed: BinaryIO, *, secret: str, owner: str, name: str, start: int, stop: int
) -> Iterator[bytes]:
    """Yield the bytes from `start` up to `stop` of what was sealed; raises Unreadable."""
    header = sealed.read(HEADER_BYTES)
    if not header.startswith(MAGIC):
        raise Unreadable(f"{name} does not begin as a sealed file")
    cipher = AESGCM(_key(secret, owner, header[len(MAGIC) :]))
    for index in range(start // CHUNK_BYTES, -(-stop // CHUNK_BYTES)):
        sealed.seek(HEADER_BYTES + index * (CHUNK_BYTES + TAG_BYTES))
        try:
            chunk = cipher.decrypt(
                _nonce(index), sealed.read(CHUNK_BYTES + TAG_BYTES), _bound(name, index)
            )
        except (InvalidTag, ValueError):
            raise Unreadable(f"chunk {index} of {name}") from None
        begin = index * CHUNK_BYTES
        yield chunk[max(0, start - begin) : stop - begin]


def _key(secret: str, owner: str, salt: bytes) -> bytes:
    """Derive a key for one file: the salt is new each time, so a plain counter may be its nonce."""
    return HKDF(SHA256(), 32, salt, f"recording\x1f{owner}".encode()).derive(secret.encode())


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


def _bound(name: str, index: int) -> bytes:
    return f"{name}\x1f{index}".encode()
