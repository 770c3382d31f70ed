"""The live process."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sautikit_site.settings")

from sautikit_site.live import application

__all__ = ["application"]
