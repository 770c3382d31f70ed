"""The addresses of a person's own account."""

from django.urls import path

from accounts import console_account as account
from accounts import console_security as security

console_urls = [
    path("signin/second", security.prove, name="second_step"),
    path("signin/google", account.google_begin, name="google"),
    path("signin/google/callback", account.google_callback, name="google_callback"),
    path("confirm", security.confirm, name="confirm"),
    path("settings/security", security.security, name="security"),
    path("settings/security/app", security.add_app, name="add_app"),
    path("settings/security/passkey", security.add_passkey, name="add_passkey"),
    path("settings/security/codes", security.renew_codes, name="renew_codes"),
    path("settings/security/members", security.ask_members, name="ask_members"),
    path(
        "settings/security/<str:authenticator_id>/remove", security.remove_step, name="remove_step"
    ),
    path("settings/account", account.mine, name="account"),
    path("settings/account/google", account.unlink_google, name="unlink_google"),
    path("settings/account/data", account.download, name="my_data"),
    path("settings/account/delete", account.delete, name="delete_account"),
    path("settings/account/keep", account.keep, name="keep_account"),
    path("settings/close", account.close_workspace, name="close_workspace"),
    path("account/deleted", account.deletion_begun, name="deletion_begun"),
    path("account/undo/<str:token>", account.undo_delete, name="undo_delete"),
]
