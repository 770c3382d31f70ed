"""The app configuration of docs."""

from django.apps import AppConfig


class DocsConfig(AppConfig):
    """The developer pages."""

    name = "docs"
