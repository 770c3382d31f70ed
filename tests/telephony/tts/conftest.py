"""One real speech process for the tests of this folder."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from kernel import env


@pytest.fixture(scope="session")
def speech_process(tmp_path_factory) -> Iterator[subprocess.Popen[bytes]]:
    ready = tmp_path_factory.mktemp("tts") / "ready"
    process = subprocess.Popen(
        [sys.executable, "-m", "telephony.tts"],
        env=env.child_environment(
            SAUTIKIT_READY_FILE=str(ready), DJANGO_SETTINGS_MODULE="sautikit_site.settings"
        ),
        cwd=settings.BASE_DIR,
    )
    try:
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert process.poll() is None, "the speech process ended before it was ready"
            assert time.monotonic() < deadline, "the speech process was not ready in time"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        assert process.wait(10) == 0, "it stops cleanly"
        assert not Path(settings.TTS_SOCKET).exists()
