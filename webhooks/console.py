"""The HTML door of webhooks."""

from __future__ import annotations

from django.urls import URLPattern

urls: list[URLPattern] = []
