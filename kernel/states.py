"""State machines as tables; the only place a status is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from kernel import rows


@dataclass(frozen=True, slots=True)
class T:
    """One transition: an event, the states it may leave, the state it reaches."""

    event: str
    sources: tuple[str, ...]
    target: str


class Machine:
    """The life of a row: states, events, and a compare-and-set that moves it."""

    def __init__(
        self, *, initial: str, final: Iterable[str], table: Iterable[T], column: str = "status"
    ) -> None:
        self.initial = initial
        self.final = frozenset(final)
        self.table = tuple(table)
        self.column = column
        named = {initial, *self.final}
        for row in self.table:
            named |= {*row.sources, row.target}
        self.states: tuple[str, ...] = tuple(sorted(named))
        self._by_event: dict[str, list[T]] = {}
        for row in self.table:
            self._by_event.setdefault(row.event, []).append(row)

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(self._by_event)

    def target(self, state: str, event: str) -> str | None:
        """Return the state that `event` leads to from `state`, or None."""
        if event not in self._by_event:
            raise AssertionError(f"{event!r} is not an event of this machine")
        for row in self._by_event[event]:
            if state in row.sources:
                return row.target
        return None

    # Column values are as many-typed as the columns of the model.
    def apply(self, row: models.Model, event: str, **columns: Any) -> bool:
        """Move the row if it is still in a state this event may leave; say whether we moved it.

        A late or repeated event is simply False. The row object is refreshed with what was written.
        """
        if event not in self._by_event:
            raise AssertionError(f"{event!r} is not an event of this machine")
        for transition in self._by_event[event]:
            written = {self.column: transition.target, **columns}
            if rows.move(row, self.column, transition.sources, written):
                setattr(row, self.column, transition.target)
                for name, value in columns.items():
                    setattr(row, name, value)
                return True
        return False

    # As above.
    def apply_later(self, row: models.Model, event: str, **columns: Any) -> None:
        """Move the row if it may still, with the next statement; the row object stays as it is."""
        (transition,) = self._by_event[event]
        written = {self.column: transition.target, **columns}
        rows.move_later(row, self.column, transition.sources, written)

    # As above.
    def apply_locked(self, row: models.Model, event: str, **columns: Any) -> bool:
        """Move a row as `apply` does that was read under a lock which lasts; nobody waits for it."""
        target = self.target(getattr(row, self.column), event)
        if target is None:
            return False
        written = {self.column: target, **columns}
        for name, value in written.items():
            setattr(row, name, value)
        rows.save(row, *written)
        return True

    def constraint(self, name: str) -> models.CheckConstraint:
        """Return the check that keeps the column inside the table's states."""
        return models.CheckConstraint(
            condition=models.Q(**{f"{self.column}__in": self.states}), name=name
        )
