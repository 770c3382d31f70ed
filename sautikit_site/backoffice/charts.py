"""Columns drawn as SVG in whole units, honest about nothing at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 700
HEIGHT: Final = 120
GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a column, from the ground up."""

    kind: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """One interval with its values."""

    x: int
    width: int
    label: str
    values: tuple[int, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn series; `top` is the sum at its upper edge, zero when there is nothing."""

    columns: tuple[Column, ...]
    top: int

    @property
    def is_empty(self) -> bool:
        return self.top == 0


def columns(series: Sequence[tuple[str, tuple[int, ...]]]) -> Chart:
    """Lay out columns of stacked values; what is below zero takes no room, its number says it."""
    top = max((sum(max(value, 0) for value in values) for _, values in series), default=0)
    step = WIDTH // max(len(series), 1)
    return Chart(
        columns=tuple(
            Column(
                x=place * step,
                width=max(step - GAP, 1),
                label=label,
                values=values,
                pieces=_pieces(values, top),
            )
            for place, (label, values) in enumerate(series)
        ),
        top=top,
    )


def _pieces(values: tuple[int, ...], top: int) -> tuple[Piece, ...]:
    found, y = [], HEIGHT
    for kind, value in enumerate(values):
        if value > 0:
            height = max(2, HEIGHT * value // top)
            y -= height
            found.append(Piece(kind, max(y, 0), height))
    return tuple(found)
