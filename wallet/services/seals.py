"""Sealing the ledger: each night a hash over every new entry, so that an edit of the past shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from wallet.models import Seal, SealedNight

BATCH = 1000

# An entry as text that never depends on the session: all it says and all that its posting says.
_ENTRIES = """
    SELECT e.id, e.wallet_id, p.id, jsonb_build_array(
               e.id, e.wallet_id, e.amount_minor, e.balance_after_minor, p.id, p.workspace_id,
               p.mode, p.kind, p.source_ref, p.currency, p.net_minor, p.vat_minor, p.description,
               p.call_id, p.number_id, p.topup_id, extract(epoch FROM p.created_at)::text,
               (SELECT jsonb_agg(jsonb_build_array(o.account, o.amount_minor) ORDER BY o.account)
                  FROM wallet_entry o WHERE o.posting_id = p.id))::text,
           s.digest, s.night_id
      FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
      LEFT JOIN wallet_seal s ON s.entry_id = e.id
     WHERE e.wallet_id = %s AND (s.entry_id IS NULL OR %s) AND e.id > %s
     ORDER BY e.id LIMIT %s
"""
_OPEN_WALLETS = """
    SELECT DISTINCT e.wallet_id FROM wallet_entry e
     WHERE e.wallet_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM wallet_seal s WHERE s.entry_id = e.id)
"""
_LAST_SEAL = """
    SELECT e.id, s.digest FROM wallet_seal s JOIN wallet_entry e ON e.id = s.entry_id
     WHERE e.wallet_id = %s ORDER BY e.id DESC LIMIT 1
"""
_HEADS = """
    SELECT DISTINCT ON (e.wallet_id) e.wallet_id, s.digest
      FROM wallet_seal s JOIN wallet_entry e ON e.id = s.entry_id
     WHERE s.night_id <= %s ORDER BY e.wallet_id, e.id DESC
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('wallet.seal_ledger', 0))"


@dataclass(frozen=True, slots=True)
class _Line:
    entry_id: int
    wallet_id: UUID
    posting_id: UUID
    text: str
    digest: bytes | None
    night_id: int | None

    def seal_after(self, before: bytes) -> bytes:
        return hashlib.sha256(before + self.text.encode()).digest()


@transaction.atomic
def seal_ledger() -> SealedNight:
    """Seal every entry that has no seal, and write the root of all wallets. One run at a time."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        cursor.execute(_OPEN_WALLETS)
        wallets = [row[0] for row in cursor.fetchall()]
    last = SealedNight.objects.order_by("-id").first()
    night_id = last.id + 1 if last else 1
    sealed = sum(_seal_wallet(wallet_id, night_id) for wallet_id in wallets)
    # Written last, because a night is never changed; its seals wait for it until the commit.
    return SealedNight.objects.create(
        id=night_id, wallets_count=len(wallets), entries_count=sealed, root=root_of(night_id)
    )


def root_of(night_id: int) -> str:
    """Return the hash over the last seal of every wallet, as it was in that night."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [night_id])
        heads = cursor.fetchall()
    whole = hashlib.sha256()
    for wallet_id, digest in heads:
        whole.update(wallet_id.bytes + bytes(digest))
    return whole.hexdigest()


def first_broken_seal() -> str | None:
    """Recompute every seal and every root; return the first that is wrong, in words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM wallet_wallet ORDER BY id")
        wallets = [row[0] for row in cursor.fetchall()]
    for wallet_id in wallets:
        if broken := _first_broken_of(wallet_id):
            return broken
    for night in SealedNight.objects.order_by("id"):
        if root_of(night.id) != night.root:
            return f"night {night.id}: its seals no longer make the root {night.root}"
    return None


def _seal_wallet(wallet_id: UUID, night_id: int) -> int:
    last_id, before = _last_seal(wallet_id)
    fresh: list[Seal] = []
    for line in _lines(wallet_id, after_id=last_id, sealed_too=False):
        before = line.seal_after(before)
        fresh.append(Seal(entry_id=line.entry_id, night_id=night_id, digest=before))
    Seal.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


def _last_seal(wallet_id: UUID) -> tuple[int, bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST_SEAL, [wallet_id])
        row = cursor.fetchone()
    return (row[0], bytes(row[1])) if row else (0, b"")


def _first_broken_of(wallet_id: UUID) -> str | None:
    before, is_open = b"", False
    for line in _lines(wallet_id, after_id=0, sealed_too=True):
        where = f"entry {line.entry_id} (posting {line.posting_id}) of wallet {wallet_id}"
        if line.digest is None:
            is_open = True
            continue
        before = line.seal_after(before)
        if is_open or before != bytes(line.digest):
            return f"{where}: it is not what was sealed in night {line.night_id}"
    return None


def _lines(wallet_id: UUID, *, after_id: int, sealed_too: bool) -> Iterator[_Line]:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ENTRIES, [wallet_id, sealed_too, after_id, BATCH])
            rows = [_Line(*row) for row in cursor.fetchall()]
        yield from rows
        if len(rows) < BATCH:
            return
        after_id = rows[-1].entry_id
