"""The nouns of accounts: people, workspaces, memberships, sign-in links and API keys."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.device_models import DeviceLogin as DeviceLogin
from accounts.impersonation_models import Impersonation as Impersonation
from accounts.person_models import THEMES
from accounts.person_models import Browser as Browser
from accounts.person_models import Identity as Identity
from accounts.person_models import PersonRequest as PersonRequest
from accounts.person_models import SecondStepMiss as SecondStepMiss
from accounts.states import WORKSPACE
from kernel import clock, ids

MODES = (("live", "Live"), ("test", "Test"))
TIME_ZONES = (
    ("nairobi", _("Nairobi time")),
    ("utc", _("UTC")),
    ("browser", _("the time zone of each browser")),
)
CLOCKS = ((24, _("24 hours, 18:30")), (12, _("12 hours, 6:30 p.m.")))


class UserManager(BaseUserManager["User"]):
    """Makes people; nobody has a password unless an operator sets one for the admin."""

    def create_user(self, email: str, name: str = "", **columns: Any) -> User:
        user = self.model(email=email.strip().lower(), name=name, **columns)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(
        self,
        email: str,
        password: str | None = None,
        **columns: Any,
    ) -> User:
        user = self.create_user(email, is_staff=True, is_superuser=True, **columns)
        if password:
            user.set_password(password)
            user.save(using=self._db, update_fields=["password"])
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Empty: as the browser asks.
    language = models.CharField(max_length=2, blank=True, default="", db_default="")
    theme = models.CharField(
        max_length=5, choices=[(each, each) for each in THEMES], default="auto", db_default="auto"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_user_email_lower"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Workspace(models.Model):
    """A tenant: the owner of a wallet, numbers, keys and calls."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    STATUSES = tuple((status, status.capitalize()) for status in WORKSPACE.states)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3, editable=False)
    mpesa_account_ref = models.CharField(max_length=16, unique=True, editable=False)
    signing_secret = models.CharField(max_length=80, editable=False)
    status = models.CharField(max_length=16, choices=STATUSES, default=ACTIVE)
    # How its members read times.
    time_zone = models.CharField(
        max_length=8, choices=TIME_ZONES, default="nairobi", db_default="nairobi"
    )
    clock_hours = models.PositiveSmallIntegerField(choices=CLOCKS, default=24, db_default=24)
    # Its members sign in with more than their mailbox.
    requires_second_step = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            WORKSPACE.constraint("accounts_workspace_status_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_suspended(self) -> bool:
        """Whether every change is refused, by an operator or because its owner closed it."""
        return self.status != self.ACTIVE

    @property
    def is_closed(self) -> bool:
        return self.status == self.CLOSED


class Membership(models.Model):
    """What one person is in one workspace."""

    ROLES = tuple((role, roles.WORDS[role]) for role in roles.ROLES)

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=ROLES, default="member")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "workspace"], name="accounts_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=roles.ROLES), name="accounts_membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    @property
    def scopes(self) -> frozenset[str]:
        return roles.role_scopes(self.role)


class Invitation(models.Model):
    """A seat offered to an e-mail address; its link is only in the mail."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Membership.ROLES, default="member")
    # A new mail has a new link; the one before no longer works.
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="accounts_invitation_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=roles.ROLES), name="accounts_invitation_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace}"

    @property
    def state(self) -> str:
        """Say in one word what has become of it."""
        if self.accepted_at is not None:
            return "accepted"
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= clock.now() else "pending"


class MagicLink(models.Model):
    """One sign-in mail: a link for any browser and a code for the browser that asked."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    email = models.EmailField(max_length=254, db_index=True)
    token_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64)
    browser_digest = models.CharField(max_length=64, db_index=True)
    # Every code that was alive when a wrong one was typed loses a try …
    code_tries = models.PositiveSmallIntegerField(default=0)
    # … and the newest of them remembers the miss, so that a day's misses can be added up.
    code_misses = models.PositiveSmallIntegerField(default=0)
    next_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now, db_index=True)
    expires_at = models.DateTimeField()
    code_expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.email} {self.created_at:%Y-%m-%d %H:%M}"


class ApiKey(models.Model):
    """A bearer credential of one workspace and mode; only a keyed hash of it is stored."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    mode = models.CharField(max_length=4, choices=MODES)
    prefix = models.CharField(max_length=24)
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=120)
    # Null means: whatever the maker's role may do, less what keys never get unasked.
    scopes = ArrayField(models.CharField(max_length=40), null=True, blank=True)
    # Its calls begin from 07:00 to 19:00 in Nairobi only.
    is_marketing = models.BooleanField(default=False, db_default=False)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="children"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["workspace", "mode", "created_at"], name="accounts_apikey_list"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(mode__in=("live", "test")), name="accounts_apikey_mode_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """Say in one word whether the key still opens anything."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= clock.now():
            return "expired"
        return "active"
