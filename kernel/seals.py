"""Check the seals of the operators' audit rows: each is the hash of its row and of the seal before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

BATCH = 1000

# The text is the trigger's of migration 0004, written again: whoever edits that one changes no past.
_LINES = """
    SELECT s.number, s.digest, e.id, e.action_kind, e.subject, jsonb_build_array(
               s.number, e.id, e.workspace_id, e.actor, e.action_kind, e.subject, e.before, e.after,
               e.reason, e.request_id, extract(epoch FROM e.created_at)::text)::text
      FROM kernel_auditseal s LEFT JOIN kernel_auditentry e ON e.id = s.entry_id
     WHERE s.number > %s ORDER BY s.number LIMIT %s
"""
_UNSEALED = """
    SELECT e.id, e.action_kind, e.subject FROM kernel_auditentry e
     WHERE e.actor LIKE 'operator:%%'
       AND NOT EXISTS (SELECT 1 FROM kernel_auditseal s WHERE s.entry_id = e.id)
     ORDER BY e.created_at LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal: who keeps it elsewhere can prove later that nothing before it changed."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    digest: bytes
    entry_id: UUID | None
    action_kind: str | None
    subject: str | None
    text: str

    def __str__(self) -> str:
        return f"audit row {self.entry_id} ({self.action_kind} {self.subject})"


def first_broken_row(*, known: Head | None = None) -> str | None:
    """Recompute every seal; return the first row that is not as it was sealed, in words.

    `known` is a head that somebody kept: it must still stand where it stood.
    """
    before, expected, has_known = b"", 1, known is None
    for line in _lines():
        if line.number != expected:
            return f"seal {expected} is missing: a row was removed"
        if line.entry_id is None:
            return f"seal {line.number}: its row was removed"
        before = hashlib.sha256(before + line.text.encode()).digest()
        if before != bytes(line.digest):
            return f"{line}: it is not what was sealed as number {line.number}"
        has_known = has_known or (known == Head(line.number, before.hex()))
        expected += 1
    if known is not None and not has_known:
        return f"seal {known.number} is no longer {known.digest}: the log was cut or written anew"
    return _unsealed()


def head() -> Head | None:
    """Return the last seal, or None before an operator did anything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, digest FROM kernel_auditseal ORDER BY number DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(row[0], bytes(row[1]).hex()) if row else None


def _unsealed() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_UNSEALED, [])
        row = cursor.fetchone()
    return f"audit row {row[0]} ({row[1]} {row[2]}): it was written past the seals" if row else None


def _lines() -> Iterator[_Line]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LINES, [after, BATCH])
            rows = [_Line(*row) for row in cursor.fetchall()]
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].number
