"""The addresses of the back office's own pages, below /admin and behind its sign-in."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpResponse
from django.urls import URLPattern, path

from sautikit_site.backoffice import pages


def _behind(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    return admin.site.admin_view(view)


urlpatterns: list[URLPattern] = [
    path("find", _behind(pages.find), name="find"),
    path("story/<str:kind>/<str:key>", _behind(pages.story), name="story"),
    path("system", _behind(pages.system), name="system"),
    path("impersonate/<uuid:key>", _behind(pages.impersonate), name="impersonate"),
    path("impersonation/end", _behind(pages.end_impersonation), name="end_impersonation"),
]
