"""The tool chains: here, of the age they should be, and clear about what is missing."""

import shutil

import pytest

from sautikit_site import toolchains
from tests.foreign import NODE_LOCK, SPECTRAL_LOCK


def test_each_tool_says_its_version():
    assert toolchains.oldest_node().run("--version").startswith("v18.")
    assert int(toolchains.node().run("--version")[1:].split(".")[0]) > 18
    assert "PHP 8." in toolchains.php().run("--version")
    assert "go version go1." in toolchains.go().run("version")
    toolchains.nginx().run("-v")


def test_go_fetches_nothing_and_keeps_what_it_compiles_in_the_checkout():
    go = toolchains.go()
    assert go.run("env", "GOPROXY", "GOTOOLCHAIN", "CGO_ENABLED").split() == ["off", "local", "0"]
    assert go.run("env", "GOCACHE").strip() == str(toolchains.CACHE / "go" / "build")


def test_what_is_missing_is_named_with_what_brings_it(monkeypatch):
    monkeypatch.setattr(toolchains, "package", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda *_arguments, **_options: None)
    for tool in (toolchains.node, toolchains.oldest_node, toolchains.go):
        with pytest.raises(toolchains.ToolMissing, match=r"requirements-dev\.txt"):
            tool()
    for tool in (toolchains.php, toolchains.nginx):
        with pytest.raises(toolchains.ToolMissing, match="system_packages"):
            tool()


def test_a_failure_says_what_the_program_said():
    with pytest.raises(toolchains.ToolFailed, match="no luck"):
        toolchains.node().run("-e", "console.error('no luck'); process.exit(3)")


def test_packages_are_fetched_once_for_a_lock():
    first = toolchains.npm_packages(NODE_LOCK)
    assert toolchains.npm_packages(NODE_LOCK) == first
    assert (first / "node_modules" / "standardwebhooks" / "package.json").exists()
    assert not list(first.parent.glob("*.[0-9]*/"))


@pytest.mark.parametrize("lock", [NODE_LOCK, SPECTRAL_LOCK], ids=lambda it: it.parent.name)
def test_the_lock_of_others_packages_has_hashes_and_no_address(lock):
    text = lock.read_text()
    assert text.count('"integrity": "sha512-') == text.count('"node_modules/')
    assert "://" not in text
