"""Who is told by mail when the money runs low."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kernel import clock, ids
from wallet.models.ledger import MODE_KNOWN, MODES
from wallet.states import SUBSCRIBER


class AlertSubscriber(models.Model):
    """An address that wants low-balance mails; nothing but the question is sent until it agrees."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    mode = models.CharField(max_length=4, choices=MODES)
    # In lower case: one mailbox is one subscriber.
    email = models.EmailField(max_length=254)
    status = models.CharField(
        max_length=12,
        choices=[(state, state) for state in SUBSCRIBER.states],
        default=SUBSCRIBER.initial,
    )
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True)
    # The last event this address was told of, so that none is told twice.
    told_event_id = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["workspace", "mode", "email"], name="wallet_subscriber_once"
            ),
            SUBSCRIBER.constraint("wallet_subscriber_status_known"),
            models.CheckConstraint(condition=MODE_KNOWN, name="wallet_subscriber_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.status}"
