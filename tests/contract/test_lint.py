"""Spectral finds nothing in the OpenAPI document, with every rule that it has for OpenAPI."""

import subprocess

import pytest

from docs import document
from sautikit_site import toolchains
from tests.foreign import SPECTRAL_LOCK, SPECTRAL_RULES


@pytest.mark.timeout(600)
def test_spectral_finds_nothing():
    packages = toolchains.npm_packages(SPECTRAL_LOCK) / "node_modules"
    program = packages / "@stoplight" / "spectral-cli" / "dist" / "index.js"
    node = toolchains.oldest_node()
    done = subprocess.run(
        [*node.command, program, "lint", document.FILE, "--ruleset", SPECTRAL_RULES,
         "--fail-severity", "hint", "--format", "text"],
        env=node.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
