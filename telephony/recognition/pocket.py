"""The default recogniser: PocketSphinx with the English model of its wheel, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from calls.ports import Heard, NotRecognised

# A minute of speech takes about half a minute; a busy machine may take several.
SECONDS_MAX = 1800


class PocketSphinx:
    """Works offline and understands English only, far less well than a service does."""

    name = "pocketsphinx"

    def recognise(self, path: Path) -> Heard:
        command = [sys.executable, "-m", "telephony.recognition", str(path)]
        try:
            done = subprocess.run(
                command,
                cwd=settings.BASE_DIR,
                capture_output=True,
                timeout=SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotRecognised("it took too long", may_pass=False) from None
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
            raise NotRecognised(reason[:200] or "the recogniser stopped", may_pass=True)
        found = json.loads(done.stdout)
        return Heard(text=found["text"], confidence_percent=found["confidence_percent"])
