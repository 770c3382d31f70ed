"""Sound files that customers keep with us for `play`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from kernel import clock
from kernel.ids import uuid7

# How long its address plays a file; that of one in a number's routing is made anew in time.
LINK = timedelta(days=7)


def link_ends() -> datetime:
    """Return when an address that is made now ends."""
    return clock.now() + LINK


class Upload(models.Model):
    """One sound file, sealed; it is deleted once its last address has ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=4)
    # One of kernel.sound.KINDS.
    kind = models.CharField(max_length=4)
    size_bytes = models.PositiveIntegerField()
    # Its name in the storage.
    file = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(default=link_ends, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(mode__in=("live", "test")), name="calls_upload_mode"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}.{self.kind}"
