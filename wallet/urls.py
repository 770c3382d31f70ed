"""The addresses of the wallet: the API, the callback door and the console."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from wallet import (
    api,
    api_alerts,
    console,
    console_alerts,
    console_claims,
    console_documents,
    hooks,
)

api_urls: list[URLPattern] = [
    path("wallet", api.WalletView.as_view()),
    path("wallet/balance", api.BalanceView.as_view()),
    path("wallet/threshold", api.ThresholdView.as_view()),
    path("wallet/statements", api.StatementView.as_view()),
    path("wallet/alert/subscribers", api_alerts.SubscribersView.as_view()),
    path("wallet/alert/subscribers/<uuid:subscriber_id>", api_alerts.SubscriberView.as_view()),
    path("wallet/alert/confirm", api_alerts.ConfirmSubscriberView.as_view()),
    path("topups", api.TopUpsView.as_view()),
    path("topups/<uuid:topup_id>", api.TopUpView.as_view()),
]
hook_urls: list[URLPattern] = [
    re_path(r"^c/(?P<secret>[0-9A-Za-z_-]{16,128})/val$", hooks.c2b_validation),
    re_path(r"^c/(?P<secret>[0-9A-Za-z_-]{16,128})/conf$", hooks.c2b_confirmation),
    re_path(r"^(?P<token>[0-9a-f]{32})/s$", hooks.stk_callback),
    re_path(r"^(?P<token>[0-9a-f]{32})/r$", hooks.office_result),
]
console_urls: list[URLPattern] = [
    *console.urls,
    *console_alerts.urls,
    *console_claims.urls,
    *console_documents.urls,
]
