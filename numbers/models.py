"""The nouns of numbers: what the pool offers, who holds what, and which days are paid."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel import clock, ids
from numbers.import_models import InventoryImport as InventoryImport
from numbers.states import HELD, INVENTORY, NUMBER

INVENTORY_MODES = (("live", "Live"), ("test", "Test"), ("both", "Both"))
MODES = (("live", "Live"), ("test", "Test"))


def _labels(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(word, word.capitalize()) for word in words]


def voice_only() -> list[str]:
    """Give the capabilities of a number that can do nothing but talk."""
    return ["voice"]


class Inventory(models.Model):
    """A number the platform can rent out, with what its list said when it was loaded.

    Only the rent is charged from here; what a minute costs is the price list's (numbers.prices).
    """

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    e164 = models.CharField(max_length=16, unique=True)
    country = models.CharField(max_length=2, default="KE")
    capabilities = ArrayField(models.CharField(max_length=16), default=voice_only)
    monthly_price_minor = models.BigIntegerField()
    inbound_per_min_minor = models.BigIntegerField(default=0)
    outbound_per_min_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="KES")
    # Test money never rents a real number: a row says which mode may claim it.
    mode = models.CharField(max_length=4, choices=INVENTORY_MODES, default="live")
    state = models.CharField(max_length=16, choices=_labels(INVENTORY.states), default="available")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name_plural = "inventory"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "country", "e164"], name="numbers_inventory_offer"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            INVENTORY.constraint("numbers_inventory_state_known"),
            models.CheckConstraint(
                condition=models.Q(mode__in=("live", "test", "both")),
                name="numbers_inventory_mode_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    monthly_price_minor__gte=0,
                    inbound_per_min_minor__gte=0,
                    outbound_per_min_minor__gte=0,
                ),
                name="numbers_inventory_prices_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.e164


class Number(models.Model):
    """A number a workspace holds, or held, at the price of the day it was claimed."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, related_name="numbers"
    )
    mode = models.CharField(max_length=4, choices=MODES)
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="numbers")
    e164 = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    capabilities = ArrayField(models.CharField(max_length=16), default=voice_only)
    monthly_price_minor = models.BigIntegerField()
    inbound_per_min_minor = models.BigIntegerField()
    outbound_per_min_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, choices=_labels(NUMBER.states), default="active")
    voice_callback_url = models.URLField(max_length=2000, blank=True)
    voice_fallback_url = models.URLField(max_length=2000, blank=True)
    events_url = models.URLField(max_length=2000, blank=True)
    # The browser client that rings when nobody answers with a voice document.
    ring_client = models.CharField(max_length=64, blank=True, default="")
    # Who is called then, and what callers who reach nobody hear before they leave a message.
    forward_to = models.CharField(max_length=100, blank=True, default="")
    voicemail_greeting = models.TextField(max_length=500, blank=True, default="")
    voicemail_email = models.EmailField(blank=True, default="")
    voice_signing_secret = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    claimed_at = models.DateTimeField(default=clock.now)
    suspended_at = models.DateTimeField(null=True, blank=True)
    # An operator suspended it: rent that is paid does not bring it back.
    is_barred = models.BooleanField(default=False, db_default=False, editable=False)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace", "mode", "created_at"], name="numbers_number_list"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["e164"],
                condition=models.Q(status__in=HELD),
                name="numbers_number_one_holder",
            ),
            NUMBER.constraint("numbers_number_status_known"),
            models.CheckConstraint(
                condition=models.Q(mode__in=("live", "test")), name="numbers_number_mode_known"
            ),
        ]

    def __str__(self) -> str:
        return self.e164


class Rental(models.Model):
    """One month's debit for one number: the days it covers and what they cost."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="rentals")
    month = models.CharField(max_length=7)
    first_on = models.DateField()
    last_on = models.DateField()
    days_in_month = models.PositiveSmallIntegerField()
    monthly_price_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    refund_net_minor = models.BigIntegerField(default=0)
    refund_vat_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number", "month"], name="numbers_rental_once"),
            models.CheckConstraint(
                condition=models.Q(
                    refund_net_minor__gte=0,
                    refund_vat_minor__gte=0,
                    refund_net_minor__lte=models.F("net_minor"),
                    refund_vat_minor__lte=models.F("vat_minor"),
                ),
                name="numbers_rental_refund_within_debit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.month}"


class SipCredential(models.Model):
    """What a desk phone registers with to be this number; the password is kept as its HA1 only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="sip_credentials")
    label = models.CharField(max_length=64, blank=True)
    username = models.CharField(max_length=40, unique=True)
    realm = models.CharField(max_length=255)
    ha1 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    rotated_at = models.DateTimeField(null=True, blank=True)
    # Where the phone said it is, and until when that holds.
    contact = models.CharField(max_length=255, blank=True)
    user_agent = models.CharField(max_length=100, blank=True)
    registered_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "SIP credential"
        verbose_name_plural = "SIP credentials"

    def __str__(self) -> str:
        return self.username

    @property
    def is_registered(self) -> bool:
        """Whether a phone is there now."""
        return self.registered_until is not None and self.registered_until > clock.now()
