"""How the back office looks and what its side bar offers."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _item(title: Any, icon: str, name: str, query: str = "") -> dict[str, Any]:
    """Return an entry of the side bar, shown to who may see its list."""
    app, _, model = name.removeprefix("admin:").removesuffix("_changelist").partition("_")
    found: dict[str, Any] = {"title": title, "icon": icon, "link": reverse_lazy(name)}
    if query:
        found["link"] = lambda _request, link=found["link"]: f"{link}{query}"
    if name.endswith("_changelist"):
        found["permission"] = lambda request: request.user.has_perm(f"{app}.view_{model}")
    return found


def _list(title: Any, icon: str, model: str, query: str = "") -> dict[str, Any]:
    return _item(title, icon, f"admin:{model}_changelist", query)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Sautikit",
    "SITE_HEADER": "Sautikit",
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": "/overview",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "sautikit_site.backoffice.dashboard.environment",
    "DASHBOARD_CALLBACK": "sautikit_site.backoffice.dashboard.context",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("icons/mark.svg"),
        }
    ],
    "SCRIPTS": [lambda _request: static("js/admin.js")],
    "STYLES": [lambda _request: static("css/admin.css")],
    "COLORS": {
        "primary": {
            "50": "oklch(97.1% 0.016 166.1)",
            "100": "oklch(94% 0.034 166.1)",
            "200": "oklch(88.2% 0.067 166.1)",
            "300": "oklch(80.8% 0.105 166.1)",
            "400": "oklch(71.9% 0.129 161.5)",
            "500": "oklch(62% 0.118 164.5)",
            "600": "oklch(51.5% 0.099 166.1)",
            "700": "oklch(45.7% 0.088 166.1)",
            "800": "oklch(38.6% 0.073 166.1)",
            "900": "oklch(32.6% 0.06 166.1)",
            "950": "oklch(22.9% 0.041 166.1)",
        }
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": True,
        "navigation": [
            {
                "title": _("Now"),
                "items": [
                    _item(_("Dashboard"), "monitoring", "admin:index"),
                    _list(_("Live calls"), "call", "calls_call", "?live=1"),
                    _list(_("Deliveries"), "webhook", "webhooks_delivery"),
                    _item(_("System health"), "vital_signs", "backoffice:system"),
                ],
            },
            {
                "title": _("Customers"),
                "items": [
                    _list(_("Workspaces"), "apartment", "accounts_workspace"),
                    _list(_("People"), "group", "accounts_user"),
                    _list(_("API keys"), "key", "accounts_apikey"),
                    _list(_("Call policies"), "shield", "calls_callpolicy"),
                    _list(_("Features"), "toggle_on", "kernel_flagoverride"),
                    _list(_("Do not call"), "phone_disabled", "calls_donotcall"),
                ],
            },
            {
                "title": _("Money"),
                "items": [
                    _list(_("Ledger"), "account_balance", "wallet_posting"),
                    _list(_("Top-ups"), "payments", "wallet_topup"),
                    _list(_("Receipts"), "receipt_long", "wallet_mpesareceipt"),
                    _list(_("Suspense"), "help", "wallet_mpesareceipt", "?status=suspense"),
                    _list(_("Releases"), "outbound", "wallet_release"),
                    _list(_("Refunds"), "undo", "wallet_refund"),
                    _list(_("Reconciliation"), "balance", "wallet_statement"),
                    _list(_("Papers"), "description", "wallet_document"),
                    _list(_("Prices"), "sell", "calls_rate"),
                ],
            },
            {
                "title": _("Numbers"),
                "items": [
                    _list(_("Inventory"), "dialpad", "numbers_inventory"),
                    _list(_("Imports"), "upload_file", "numbers_inventoryimport"),
                    _list(_("Held numbers"), "sim_card", "numbers_number"),
                ],
            },
            {
                "title": _("Log"),
                "items": [
                    _list(_("Audit log"), "history", "kernel_auditentry"),
                    _list(_("Visits"), "visibility", "accounts_impersonation"),
                    _list(_("Periodic tasks"), "schedule", "kernel_job"),
                ],
            },
        ],
    },
}
