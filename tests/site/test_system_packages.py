"""What is missing on this machine is named, with the command that fetches it."""

import os
import subprocess
import sys

import pytest

from sautikit_site import system_packages
from sautikit_site.bootstrap import ROOT


def test_an_ordinary_user_is_told_what_is_missing(monkeypatch, capsys) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert system_packages.main(["--check"]) == 2
    said = capsys.readouterr().err
    assert "chromium" in said
    assert "sudo python3 manage.py system_packages" in said


def test_nothing_is_missing_here() -> None:
    assert system_packages.missing() == []
    assert system_packages.main([]) == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root installs what is missing")
def test_the_gate_stops_first_when_something_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "test", "tests/site"],
        cwd=ROOT,
        env={"PATH": "/nowhere", "SAUTIKIT_NO_VENV": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2


def test_a_library_is_here_when_the_loader_finds_it() -> None:
    assert not system_packages.SystemPackage("libc6", "libc.so.6", "").is_missing
    assert system_packages.SystemPackage("libnone", "libnone.so.1", "").is_missing
