"""A command line that asks to be let in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.states import DEVICE_LOGIN
from kernel import clock, ids


class DeviceLogin(models.Model):
    """A command line that waits for a person to let it in; its codes are stored as keyed hashes."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    device_digest = models.CharField(max_length=64, unique=True)
    user_code_digest = models.CharField(max_length=64, unique=True)
    # What the program says of itself, and where it asked from.
    client_name = models.CharField(max_length=120)
    ip = models.GenericIPAddressField(null=True, blank=True)
    # First what is asked for, then what the person granted.
    mode = models.CharField(max_length=4, choices=(("live", "Live"), ("test", "Test")))
    scopes = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    status = models.CharField(max_length=16, default=DEVICE_LOGIN.initial)
    user = models.ForeignKey(
        "accounts.User",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="device_logins",
    )
    workspace = models.ForeignKey(
        "accounts.Workspace",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="device_logins",
    )
    api_key = models.OneToOneField(
        "accounts.ApiKey",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="device_login",
    )
    # A program that asks too often has to wait longer.
    interval_seconds = models.PositiveSmallIntegerField()
    polled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            DEVICE_LOGIN.constraint("accounts_devicelogin_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.client_name} ({self.status})"

    @property
    def is_late(self) -> bool:
        return self.expires_at <= clock.now()
