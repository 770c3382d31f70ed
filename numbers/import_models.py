"""Files of numbers for the pool: what each line came to, and how far the work is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kernel import clock, ids
from numbers.states import IMPORT


class InventoryImport(models.Model):
    """One CSV file, checked (a rehearsal) or stored; a line that is wrong stops no other line."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(max_length=200)
    raw = models.BinaryField()
    is_rehearsal = models.BooleanField()
    status = models.CharField(max_length=8, default=IMPORT.initial)
    lines_total = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    # The first of the wrong lines: [line number, what is wrong].
    problems = models.JSONField(default=list)
    reason = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=100)
    asked_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            IMPORT.constraint("numbers_import_status_known")
        ]

    def __str__(self) -> str:
        return self.name
