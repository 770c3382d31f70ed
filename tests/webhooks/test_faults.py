"""A short run of `manage.py faults webhooks`: everything that may die is killed once."""

import subprocess
import sys

import pytest

from sautikit_site.bootstrap import ROOT, environ
from sautikit_site.throwaway import OWN


@pytest.mark.timeout(300)
@pytest.mark.xdist_group("servers")
def test_killing_what_may_die_loses_no_webhook():
    kept = {key: value for key, value in environ.items() if key not in OWN}
    done = subprocess.run(
        [
            sys.executable, "manage.py", "faults", "webhooks", "--seed", "7",
            "--seconds", "12", "--rate", "40", "--strikes", "4",
        ],
        cwd=ROOT,
        env={**kept, "SAUTIKIT_NO_VENV": "1"},
        capture_output=True,
        text=True,
        timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every promise held" in done.stdout
