"""The lock files: exact, hashed, agreeing with each other, and free of any address."""

import re

from sautikit_site.bootstrap import DEVELOPMENT, ROOT, RUNTIME


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*])?==([^\s;\\]+)", text, re.MULTILINE))


def test_every_asked_for_package_is_pinned_exactly() -> None:
    for name in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / name).read_text().splitlines():
            wanted = line.split("#")[0].strip()
            assert not wanted or wanted.startswith("-r ") or "==" in wanted, (name, line)


def test_every_locked_package_has_a_hash() -> None:
    for name in (RUNTIME, DEVELOPMENT):
        # A package that needs another version on another Python stands twice.
        text = (ROOT / name).read_text()
        packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert {re.split(r"\[|==", each)[0] for each in packages} == set(pins(name))
        assert all("--hash=sha256:" in each for each in packages)


def test_the_locks_agree_and_hold_what_was_asked_for() -> None:
    runtime, development = pins(RUNTIME), pins(DEVELOPMENT)
    assert runtime.items() <= development.items()
    assert pins("requirements.in").items() <= runtime.items()
    assert pins("requirements-dev.in").items() <= development.items()


def test_no_address_is_in_a_lock() -> None:
    for name in (RUNTIME, DEVELOPMENT):
        assert not re.search(r"https?:|file:|index-url|find-links", (ROOT / name).read_text())
