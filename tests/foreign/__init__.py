"""What others wrote and our tests run: locks only, the files are fetched by hash."""

from pathlib import Path

NODE_LOCK = Path(__file__).parent / "node" / "package-lock.json"
SPECTRAL_LOCK = Path(__file__).parent / "spectral" / "package-lock.json"
SPECTRAL_RULES = Path(__file__).parent / "spectral" / "ruleset.yaml"
