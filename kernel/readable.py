"""How operators read a column, in a list or on its own page: money as KES 3.00, codes as words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, Field, Model

from kernel.money import Money

_NONE = "-"
_MINOR = re.compile(r"(_minor|minor_per_minute)$")


# The columns of a list are what Django takes for one.
def columns(model: type[Model], names: Iterable[Any]) -> list[Any]:
    """Return the columns with those replaced that would show minor units or codes."""
    return [_column(model, name) for name in names]


def _column(model: type[Model], name: Any) -> Any:
    if not isinstance(name, str):
        return name
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if not isinstance(field, Field):
        return name
    if is_money(name):
        return _shown(name, title_of(field), _money)
    if type(field) is CharField and not field.choices and name in _CODES:
        return _shown(name, str(field.verbose_name), _words)
    return name


def is_money(name: str) -> bool:
    """Say whether a column counts minor units."""
    return _MINOR.search(name) is not None


# The field holds whatever it holds.
def title_of(field: Field[Any, Any]) -> str:
    """Name a column of money without the unit that people do not read it in."""
    return " ".join(str(field.verbose_name).replace("minor", "").split())


# Only words that the code itself chooses; a name or a reference keeps its signs.
_CODES = {"status", "state", "kind", "direction", "outcome", "first_source", "failure_reason"}


# One column is one object: an admin compares what it shows with what it only shows.
@cache
def _shown(name: str, title: str, spell: Callable[[Any, Any], str]) -> Callable[[Any], Any]:
    @admin.display(description=title[:1].upper() + title[1:], ordering=name)
    def column(row: Any) -> str:
        return spell(row, getattr(row, name))

    column.__name__ = name
    return column


def _money(row: Any, minor: int | None) -> str:
    return _NONE if minor is None else str(Money(minor, _currency(row)))


def _currency(row: Any) -> str:
    """Return the currency of a row or of one that it hangs on, as far as that one is read already."""
    near = [row, *filter(None, row._state.fields_cache.values())]
    return next(filter(None, (getattr(each, "currency", "") for each in near)), "KES")


def _words(_row: Any, code: str | None) -> str:
    return code.replace("_", " ") if code else _NONE
