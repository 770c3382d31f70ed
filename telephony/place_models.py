"""Where engines run: a name on a machine that stays while engine after engine comes and goes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kernel.ids import uuid7


class EnginePlace(models.Model):
    """One engine process of our own, or one Asterisk node, as its operator knows it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    host = models.CharField(max_length=255)
    name = models.CharField(max_length=64)
    engine = models.ForeignKey(
        "telephony.Engine", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Since when no new call begins here; its calls go on to their end.
    draining_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["host", "name"], name="telephony_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.host}"
