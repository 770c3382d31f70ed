"""Every address: the API under /v1, the console, the hooks of M-Pesa, the sandbox and the admin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import include, path
from django.views.generic import RedirectView

import accounts.urls
import calls.urls
import docs.urls
import numbers.urls
import sautikit_site.backoffice.urls
import telephony.urls
import wallet.urls
import webhooks.urls
from accounts.admin import GroupAdmin
from kernel.api import NotFoundView
from kernel.operators import keep_only_ours
from sautikit_site import health, pages
from sautikit_site.styleguide import styleguide

# Not when Django starts: only the process that has these addresses needs the admin.
admin.autodiscover()
keep_only_ours(admin.site)
admin.site.register(Group, GroupAdmin)

handler404 = "sautikit_site.pages.not_found"
handler500 = "sautikit_site.pages.server_error"

_api: list[Any] = [
    *accounts.urls.api_urls,
    *wallet.urls.api_urls,
    *numbers.urls.api_urls,
    *calls.urls.api_urls,
    *telephony.urls.api_urls,
    *webhooks.urls.api_urls,
    *docs.urls.api_urls,
    path("<path:unknown>", NotFoundView.as_view()),
]

# A living page of the components; installations of customers have none.
_for_makers = [path("styleguide", styleguide, name="styleguide")] if settings.SANDBOX else []

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("favicon.ico", pages.favicon),
    path("v1/", include(_api)),
    path("h/", include(wallet.urls.hook_urls)),
    path("admin/", include((sautikit_site.backoffice.urls, "backoffice"))),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include((accounts.urls.console_urls, "accounts"))),
    path("", include((wallet.urls.console_urls, "wallet"))),
    path("", include((numbers.urls.console_urls, "numbers"))),
    path("", include((calls.urls.console_urls, "calls"))),
    path("", include((calls.urls.limits_urls, "wallet_limits"))),
    path("", include((telephony.urls.console_urls, "telephony"))),
    path("", include((webhooks.urls.console_urls, "webhooks"))),
    path("", include((docs.urls.console_urls, "docs"))),
    path("", include(([*pages.console_urls, *_for_makers], "site"))),
]

if settings.SANDBOX:
    urlpatterns += [
        path("sandbox", RedirectView.as_view(url="/sandbox/")),
        path("sandbox/", include(("sandbox.urls", "sandbox"))),
    ]
