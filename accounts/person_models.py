"""What is kept of a person beside the account: browsers, other ways in, wrong codes, requests."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.states import PERSON_REQUEST
from kernel import clock, ids

THEMES = ("auto", "light", "dark")


class Browser(models.Model):
    """A browser a person has signed in with; its cookie is stored as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="browsers")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="accounts_browser_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class Identity(models.Model):
    """A person as another provider knows them; it signs in whoever it names."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    email = models.EmailField(max_length=254)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_identity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} at {self.issuer}"


class SecondStepMiss(models.Model):
    """A wrong code at the second step; too many in a row close that door for a while."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now, db_index=True)


class PersonRequest(models.Model):
    """Something asked for about a person or a phone number, why, and what was done."""

    EXPORT_PERSON = "export_person"
    EXPORT_PHONE = "export_phone"
    ERASE_PERSON = "erase_person"
    ERASE_PHONE = "erase_phone"
    RESET_SECOND_STEP = "reset_second_step"
    KINDS: ClassVar[list[tuple[str, str]]] = [
        (EXPORT_PERSON, "Give a person all that is kept of them"),
        (EXPORT_PHONE, "Give all that is kept of a phone number"),
        (ERASE_PERSON, "Erase a person"),
        (ERASE_PHONE, "Erase a phone number"),
        (RESET_SECOND_STEP, "Take the second step from a person who lost it"),
    ]

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=KINDS)
    # The person; or the number, which becomes its pseudonym once it is erased.
    user = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    phone = models.CharField(max_length=16, blank=True)
    actor = models.CharField(max_length=120)
    reason = models.TextField()
    status = models.CharField(max_length=12, default=PERSON_REQUEST.initial)
    # A person who leaves may think again until then, with the link of this digest.
    due_at = models.DateTimeField(default=clock.now)
    undo_digest = models.CharField(max_length=64, blank=True)
    # How many rows of what were given or erased.
    report = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "request about a person"
        verbose_name_plural = "requests about people"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            PERSON_REQUEST.constraint("accounts_personrequest_status_known"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=False) ^ ~models.Q(phone=""),
                name="accounts_personrequest_of_one",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(kind="erase_person", status="pending"),
                name="accounts_personrequest_leaves_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.status})"
