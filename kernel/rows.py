"""Hot statements: what the ORM would compile each time is compiled once and run many times.

A query of a wide model costs the ORM ten times what PostgreSQL and psycopg take for it. These forms
keep the models as the one place that knows columns; only who runs for every call needs them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault, Expression
from django.db.models.query import get_related_populators

Row = TypeVar("Row", bound=models.Model)

# What the fields of Django hand to psycopg as it is, after a walk of four functions.
AS_THEY_ARE: dict[type, type] = {
    models.CharField: str,
    models.TextField: str,
    models.UUIDField: UUID,
    models.ForeignKey: UUID,
    models.OneToOneField: UUID,
    models.BooleanField: bool,
    models.DateTimeField: datetime,
}


class Slot(Expression):
    """Where a value goes that is known when the statement runs."""

    def __init__(self, position: int) -> None:
        super().__init__(output_field=models.Field())
        self.position = position

    # Django calls it with a compiler and a connection; the slot itself stands for the value.
    def as_sql(self, *_args: Any, **_options: Any) -> Any:
        return "%s", [self]


@models.Field.register_lookup
@models.ForeignKey.register_lookup
class AnyOf(models.Lookup):
    """`column__any_of=slot`: one of the values of a list, however many it has."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, values = self.process_lhs(compiler, connection)
        right, more = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*values, *more]


class Lookup(Generic[Row]):
    """A query that is built once, from slots, and asked with other values each time.

    Values are what psycopg takes for the column: UUID, str, int, datetime.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]]) -> None:
        self._build = build
        self._plan: _Plan | None = None

    def get(self, *values: object) -> Row:
        """Return the one row; raises the model's DoesNotExist without it."""
        found = self.first(*values)
        if found is None:
            raise self._planned().missing
        return found

    def first(self, *values: object) -> Row | None:
        """Return the first row, or None."""
        return next(self.each(*values), None)

    def each(self, *values: object) -> Iterator[Row]:
        """Give every row."""
        plan = self._planned()
        assert connection.in_atomic_block or not plan.locks, "a lock is taken in a transaction"
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, plan.filled(values))
            return map(plan.row, cursor.fetchall())

    def soon(self, *values: object) -> Soon[Row]:
        """Ask with the next statement of the transaction; the rows are read when they are needed."""
        plan = self._planned()
        assert connection.in_atomic_block or not plan.locks, "a lock is taken in a transaction"
        return Soon(plan, soon(plan.sql, plan.filled(values)))

    def _planned(self) -> _Plan:
        if self._plan is None:
            slots = map(Slot, range(len(inspect.signature(self._build).parameters)))
            self._plan = _Plan(self._build(*slots))
        return self._plan


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a new row that the database finds: an expression, and what stands in it."""

    text: str
    # What psycopg takes.
    values: Sequence[Any]


class Soon(Generic[Row]):
    """What a lookup that was asked with other statements has found."""

    # A cursor, and what makes objects of its rows.
    def __init__(self, plan: Any, cursor: Any) -> None:
        self._plan = plan
        self._cursor = cursor

    def get(self) -> Row:
        """Return the one row; raises the model's DoesNotExist without it."""
        found = self.first()
        if found is None:
            raise self._plan.missing
        return found

    def first(self) -> Row | None:
        """Return the first row, or None."""
        return next(self.each(), None)

    def each(self) -> Iterator[Row]:
        """Give every row."""
        return map(self._plan.row, self._cursor.fetchall())


class _Plan:
    """What the ORM says of a query: its text, and how a row of it becomes objects."""

    def __init__(self, query: models.QuerySet[Any]) -> None:
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, params = compiler.as_sql()
        self.params: Sequence[Any] = params
        self.locks = bool(query.query.select_for_update)
        self.missing: type[ObjectDoesNotExist] = query.model.DoesNotExist
        select, info = compiler.select, compiler.klass_info
        self._model, fields = info["model"], info["select_fields"]
        self._columns = slice(fields[0], fields[-1] + 1)
        self._names = [it[0].target.attname for it in select[self._columns]]
        # The stubs are of the next Django.
        self._related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        converters = compiler.get_converters([it[0] for it in select])
        self._converters = [(at, *it) for at, it in converters.items()]

    # Parameters are whatever the columns take.
    def filled(self, values: Sequence[Any]) -> list[Any]:
        return [values[it.position] if isinstance(it, Slot) else it for it in self.params]

    # A row is whatever its columns hold.
    def row(self, values: Sequence[Any]) -> Any:
        row = list(values)
        for at, converters, expression in self._converters:
            for converter in converters:
                row[at] = converter(row[at], expression, connection)
        made = _made(self._model, self._names, row[self._columns])
        for related in self._related:
            related.populate(row, made)
        return made


# The cursor is a cursor of Django's.
def read(model: type[Row], cursor: Any) -> Iterator[Row]:
    """Make objects of the rows that a statement of one's own returned, whatever their order of columns."""
    places = {column.name: at for at, column in enumerate(cursor.description)}
    # A model takes its values in its own order.
    fields = [field for field in model._meta.concrete_fields if field.column in places]
    names = [field.attname for field in fields]
    for values in cursor.fetchall():
        plain = [_read(field, values[places[field.column]]) for field in fields]
        yield _made(model, names, plain)


# Values are what the columns take.
def later(text: str, values: Any) -> None:
    """Run a statement with the next one of this transaction, or with its COMMIT; nobody waits for it.

    Outside of a transaction it runs now. Its error comes from the statement that it goes with.
    """
    soon(text, values)


# Values are what the columns take; what is returned is a cursor.
def soon(text: str, values: Any) -> Any:
    """Ask with the next statement of this transaction; the cursor's rows may be read afterwards.

    Outside of a transaction it asks now.
    """
    return connection.soon(text, values)  # type: ignore[attr-defined]  # Of our own engine.


def insert(row: Row, *, waits: bool = True) -> Row:
    """Store a new row as `save(force_insert=True)` does, without signals; returns it.

    It goes with the next statement, unless the database gives the row its number and the caller
    `waits` for that.
    """
    meta = row._meta
    is_numbered = row.pk is None
    fields = [it for it in meta.local_concrete_fields if not (is_numbered and it.primary_key)]
    values = [field.pre_save(row, add=True) for field in fields]
    places = tuple(_place(value) for value in values)
    gives_number = is_numbered and waits
    text = _insert_text(type(row), tuple(fields), places, gives_number)
    own: list[Any] = []
    for field, value, place in zip(fields, values, places, strict=True):
        if isinstance(value, Value):
            own += value.values
        elif place != "DEFAULT":
            own.append(_stored(field, value))
    if gives_number:
        with connection.cursor() as cursor:
            cursor.execute(text, own)
            (row.pk,) = cursor.fetchone()
    else:
        later(text, own)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def known(model: type[Row], key: object) -> Row:
    """Return a row that is there, nothing of it read yet: a column is read when it is asked for."""
    return _made(model, [model._meta.pk.attname], [key])


def save(row: models.Model, *names: str) -> None:
    """Store these fields of a row as `save(update_fields=names)` does, without signals.

    It goes with the next statement.
    """
    fields = [_field(type(row), name) for name in names]
    values = [_stored(field, field.pre_save(row, add=False)) for field in fields]
    later(_update_text(type(row), names), [*values, row.pk])


# Columns are as many-typed as the model's.
def move(row: models.Model, column: str, sources: Sequence[str], columns: dict[str, Any]) -> bool:
    """Write columns of a row if its `column` holds one of `sources`; say whether it did."""
    with connection.cursor() as cursor:
        cursor.execute(*_move(row, column, sources, columns))
        return bool(cursor.rowcount)


# As above.
def move_later(
    row: models.Model, column: str, sources: Sequence[str], columns: dict[str, Any]
) -> None:
    """Write columns as `move` does, with the next statement: nobody waits for whether it did."""
    later(*_move(row, column, sources, columns))


# As above.
def _move(
    row: models.Model, column: str, sources: Sequence[str], columns: dict[str, Any]
) -> tuple[str, list[Any]]:
    values = [_stored(_field(type(row), name), value) for name, value in columns.items()]
    text = _update_text(type(row), tuple(columns)) + f' AND "{column}" = ANY(%s)'
    return text, [*values, row.pk, list(sources)]


def _read(field: Any, value: Any) -> Any:
    """Return a value of a column as the model has it."""
    if value is None or not hasattr(field, "from_db_value"):
        return value
    return field.from_db_value(value, None, connection)


# As above.
def _made(model: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row:
    """Return a stored row as `Model.from_db` does, which sets column by column and tells two signals.

    A column that is not named is read when it is asked for.
    """
    row = model.__new__(model)
    row.__dict__.update(zip(names, values, strict=True))
    row._state = ModelState()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def _place(value: object) -> str:
    if isinstance(value, Value):
        return value.text
    return "DEFAULT" if isinstance(value, DatabaseDefault) else "%s"


def _field(model: type[models.Model], name: str) -> Any:
    """Return a column's field; `rate` and `rate_id` are the same one."""
    return model._meta.get_field(name)


def _stored(field: Any, value: Any) -> Any:
    """Return a value of a field as psycopg takes it; of another row it is the key."""
    if value is None or type(value) is AS_THEY_ARE.get(type(field)):
        return value
    return field.get_db_prep_save(
        value.pk if isinstance(value, models.Model) else value, connection
    )


@lru_cache(maxsize=256)
def _insert_text(
    model: type[models.Model], fields: tuple[Any, ...], places: tuple[str, ...], gives_number: bool
) -> str:
    names = ", ".join(f'"{field.column}"' for field in fields)
    returning = f' RETURNING "{model._meta.pk.column}"' if gives_number else ""
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(places)}){returning}'  # noqa: S608


@lru_cache(maxsize=256)
def _update_text(model: type[models.Model], names: tuple[str, ...]) -> str:
    meta = model._meta
    places = ", ".join(f'"{_field(model, name).column}" = %s' for name in names)
    return f'UPDATE "{meta.db_table}" SET {places} WHERE "{meta.pk.column}" = %s'  # noqa: S608 - our names
