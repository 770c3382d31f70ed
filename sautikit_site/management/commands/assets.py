"""Join the style sheets and scripts into the two files that pages load."""

from __future__ import annotations

import typing

from django.core.management.base import BaseCommand

from sautikit_site import assets


class Command(BaseCommand):
    help = "Write static/css/app.css and static/js/app.js from the small files beside them."
    requires_system_checks: typing.ClassVar[list[str]] = []

    def handle(self, *args: object, **options: object) -> None:
        assets.write()
