"""What the command line and the MCP server offer: said by the Python package, kept as a file."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

FILE = Path(settings.BASE_DIR) / "docs" / "commands.json"
PACKAGE = Path(settings.BASE_DIR) / "sdks" / "python"
# The package runs where Django is not, so that it is asked as a program.
ASK = (sys.executable, "-m", "sautikit.cli.tree")


def text() -> str:
    """Return what the package says of itself now."""
    said = subprocess.run(ASK, cwd=PACKAGE, capture_output=True, text=True, check=True)
    return said.stdout


# The pages read it as it is.
@functools.cache
def read() -> dict[str, Any]:
    """Return the commands, what each of them takes, the exit codes and the tools."""
    told: dict[str, Any] = json.loads(FILE.read_text())
    return told
