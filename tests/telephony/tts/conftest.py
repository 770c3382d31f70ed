"""One real speech process for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from kernel import env
from sautikit_site.crew import working


@pytest.fixture(scope="session")
def speech_process() -> Iterator[None]:
    told = env.child_environment(DJANGO_SETTINGS_MODULE="sautikit_site.settings")
    with working(told, "tts") as crew:
        yield
    assert crew.running["tts"].returncode == 0, "it stops cleanly"
    assert not Path(settings.TTS_SOCKET).exists()
