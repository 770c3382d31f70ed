"""Values that stand in a statement: a plan kept for any parameter cannot use an index of a few rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Func


def one_of(column: str, words: Iterable[str]) -> Func:
    """Say that a column holds one of these words, which the code itself names; of none, nothing does."""
    said = ", ".join(f"'{word}'" for word in words) or "NULL"
    return Func(column, template=f"%(expressions)s IN ({said})", output_field=BooleanField())
