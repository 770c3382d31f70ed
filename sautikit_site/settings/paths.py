"""Where this checkout and its files are."""

from __future__ import annotations

from pathlib import Path

from kernel import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / env.text("VAR_DIR", "var", doc="Where files of this installation live.")
