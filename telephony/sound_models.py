"""The servers that a workspace lets `play` fetch sounds from."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

HOST_MAX = 253


class SoundHosts(models.Model):
    """The list of a workspace; without a row it is empty."""

    workspace = models.OneToOneField(
        "accounts.Workspace", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    hosts = ArrayField(models.CharField(max_length=HOST_MAX), default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "sound hosts"

    def __str__(self) -> str:
        return ", ".join(self.hosts)
