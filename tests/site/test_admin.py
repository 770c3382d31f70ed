"""The back office opens: every list and the add-less ledger, for an operator only."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

import sautikit_site.urls  # noqa: F401  The admin is filled when addresses load.
from accounts.models import User
from tests import world

pytestmark = pytest.mark.django_db

NOUNS = [
    "accounts.User", "accounts.Workspace", "accounts.ApiKey", "numbers.Inventory", "numbers.Number",
    "calls.Call", "wallet.Wallet", "wallet.Posting", "wallet.TopUp", "wallet.MpesaReceipt",
    "webhooks.Endpoint", "webhooks.Delivery",
]  # fmt: skip


@pytest.fixture
def operator():
    world.acme()
    User.objects.create_superuser(email="operator@sautikit.example", password="only-for-tests")
    browser = Client()
    assert browser.login(email="operator@sautikit.example", password="only-for-tests")
    return browser


def test_the_nouns_an_operator_needs_are_registered():
    registered = {model._meta.label for model in admin.site._registry}
    assert set(NOUNS) <= registered, sorted(set(NOUNS) - registered)


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda m: m._meta.label)
def test_every_list_opens_for_an_operator(operator, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    assert operator.get(reverse(name)).status_code == 200


@pytest.mark.parametrize(
    "label", ["wallet.Posting", "wallet.Entry", "wallet.MpesaReceipt", "calls.Call"]
)
def test_the_ledger_and_calls_cannot_be_written_by_hand(operator, label):
    registered = {model._meta.label: model for model in admin.site._registry}
    model = registered.get(label)
    if model is None:
        # Entries are shown inside their posting and have no page that could change them.
        assert label == "wallet.Entry"
        return
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_add"
    assert operator.get(reverse(name)).status_code == 403


def test_a_customer_is_not_let_in():
    browser = Client()
    browser.force_login(world.amina(), backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/admin/").status_code == 302
