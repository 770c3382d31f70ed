"""The back office in a few words: an operator's browser, an action of a list with its reason."""

from django.contrib import admin
from django.test import Client
from django.urls import reverse

import sautikit_site.urls  # noqa: F401  The admin is filled when addresses load.
from accounts.models import User
from kernel.models import AuditEntry

PASSWORD = "only-for-tests"
REASON = "Asked for in ticket 4711"


def browser(name="operator"):
    """Give a signed-in browser of an operator who may do everything."""
    email = f"{name}@sautikit.example"
    if not User.objects.filter(email=email).exists():
        User.objects.create_superuser(email=email, password=PASSWORD)
    client = Client()
    assert client.login(email=email, password=PASSWORD)
    return client


def page(row, what="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=[row.pk])


def listing(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def act(client, action, *rows, reason=REASON, **extra):
    """Run an action of a list on rows; gives the answer after its redirect."""
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows], **extra}
    if reason is not None:
        form["reason"] = reason
    return client.post(listing(type(rows[0])), form, follow=True)


def last_audit(**facts):
    return AuditEntry.objects.filter(**facts).order_by("-created_at", "-id").first()


def admins():
    """Every page of the back office with its model."""
    return sorted(admin.site._registry.items(), key=lambda each: each[0]._meta.label)
