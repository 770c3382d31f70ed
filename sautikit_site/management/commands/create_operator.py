"""Make somebody an operator of the back office; the first one, or one who lost the password."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from kernel import audit


class Command(BaseCommand):
    help = "Make somebody an operator and print a password once; without --group they may do all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="It stays in the audit log.")
        parser.add_argument("--group", help="The group whose permissions they get, and no more.")

    # The options are argparse's.
    def handle(self, *_args: object, **options: Any) -> None:
        email = str(options["email"]).strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is no e-mail address.") from None
        group = _group(options["group"]) if options["group"] else None
        password = secrets.token_urlsafe(18)
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).filter(email=email).first()
            before = (
                {"is_staff": user.is_staff, "is_superuser": user.is_superuser} if user else None
            )
            user = user or User(email=email)
            user.is_staff, user.is_active, user.is_superuser = True, True, group is None
            user.set_password(password)
            user.save()
            user.groups.set([group] if group else [])
            audit.record(
                "user.made_operator",
                actor=f"{audit.OPERATOR}command line",
                subject=f"user:{user.pk}",
                before=before,
                after={"is_superuser": user.is_superuser, "group": options["group"] or ""},
                reason=options["reason"],
            )
        self.stdout.write(f"{email} may sign in at /admin/ with this password: {password}")


def _group(name: str) -> Group:
    found = Group.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"There is no group {name}. Known: {known or 'none yet'}.")
    return found
