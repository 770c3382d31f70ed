"""Values between Python and PostgreSQL: psycopg's adapters, found once for each connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import psycopg
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg._queries import _query2pg_nocache
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

# A longer text, or one with more values, was made for one occasion.
KEPT_LENGTH, KEPT_VALUES = 4096, 50


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its values as PostgreSQL takes them."""

    query: bytes
    # What libpq takes.
    params: Sequence[Any]
    types: tuple[int, ...]
    formats: Any


class Values:
    """The adapters of one connection; they are used by one thread at a time."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        connection.adapters.register_loader("timestamptz", _Moment)
        self._adapters = Transformer(connection)

    # Parameters are what psycopg takes.
    def statement(self, text: str, params: Any) -> Statement:
        """Return a statement with its values. Raises psycopg's errors for what does not fit."""
        is_usual = len(text) <= KEPT_LENGTH and len(params) <= KEPT_VALUES
        query, formats, names = _numbered(text) if is_usual else _numbered.__wrapped__(text)
        if names is not None:
            try:
                params = [params[name] for name in names]
            except KeyError as problem:
                raise psycopg.ProgrammingError(f"query parameter missing: {problem}") from None
        elif len(params) != len(formats):
            raise psycopg.ProgrammingError(
                f"the query has {len(formats)} placeholders but {len(params)} parameters were passed"
            )
        adapters = self._adapters
        values = adapters.dump_sequence(params, formats)
        return Statement(query, values, adapters.types or (), adapters.formats)

    # A row is as many-typed as its columns.
    def rows(self, result: PGresult, first: int, behind: int) -> list[tuple[Any, ...]]:
        """Return rows of a result, counted from 0."""
        self._adapters.set_pgresult(result)
        return self._adapters.load_rows(first, behind, tuple)


@lru_cache(maxsize=1024)
def _numbered(text: str) -> tuple[bytes, Any, list[str] | None]:
    """Return a text with `$1` for each place, the wanted formats, and the names in their order."""
    query, formats, names, _parts = _query2pg_nocache(text.encode(), "utf-8")
    return query, formats, names


class _Moment(BaseTzLoader):
    """A timestamp of a session in UTC, as every one of ours is: ISO 8601, which Python reads itself."""

    timezone = UTC

    # A buffer of libpq.
    def load(self, data: Any) -> Any:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            # Infinity, or a year that Python does not have: psycopg knows what to say.
            return super().load(data)
