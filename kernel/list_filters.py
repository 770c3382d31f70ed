"""Filters of the operators' lists that never read a whole table to learn what may be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import CheckConstraint, Field, Model, Q, QuerySet
from django.http import HttpRequest

from kernel.literals import one_of

NEWEST = 1_000


class DeclaredFilter(admin.AllValuesFieldListFilter):
    """The values a column may hold; Django's own looks for those it holds, in every row."""

    # Django's is a query, of which it only asks the values.
    lookup_choices: Any
    values: ClassVar[Sequence[str]] = ()

    # The arguments are those of Django's filters.
    def __init__(self, field: Any, *others: Any, **named: Any) -> None:
        super().__init__(field, *others, **named)
        self.lookup_choices = list(self.values)

    # The rows are of the admin's own model.
    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """Say the words themselves, for the index of a few rows."""
        words = [each for each in self.values if each in (self.lookup_val or ())]
        if not words:
            return super().queryset(request, queryset)
        return queryset.filter(one_of(self.field_path, words))


class NewestFilter(admin.AllValuesFieldListFilter):
    """The values among the newest rows, for words that nothing declares."""

    lookup_choices: Any

    # The arguments are those of Django's filters.
    def __init__(
        self, field: Any, request: Any, params: Any, model: type[Model], *rest: Any, **named: Any
    ) -> None:
        super().__init__(field, request, params, model, *rest, **named)
        newest = model._default_manager.order_by("-pk").values_list(field.name, flat=True)
        self.lookup_choices = sorted(set(newest[:NEWEST]))


def choice_of(field: str, values: Sequence[str]) -> tuple[str, type[DeclaredFilter]]:
    """Declare a filter of a column whose words no constraint of its table knows."""
    return field, type("ChoiceFilter", (DeclaredFilter,), {"values": tuple(values)})


MODE = choice_of("mode", ("live", "test"))


# A filter is a name, a pair or a class, as Django takes them.
def declared(model: type[Model], given: Any) -> Any:
    """Return a filter by the constraint of its column; as it was given where there is none."""
    if not isinstance(given, str) or _has_choices(model, given):
        return given
    values = _values(model, given)
    return choice_of(given, values) if values else given


def _has_choices(model: type[Model], name: str) -> bool:
    field = model._meta.get_field(name)
    return not isinstance(field, Field) or bool(field.flatchoices)


def _values(model: type[Model], name: str) -> Sequence[str]:
    """Find the constraint that says no more than which values the column may hold."""
    for each in model._meta.constraints:
        condition = each.condition if isinstance(each, CheckConstraint) else None
        said = condition.children if isinstance(condition, Q) else []
        if len(said) == 1 and isinstance(said[0], tuple) and said[0][0] == f"{name}__in":
            return [str(value) for value in said[0][1]]
    return ()
