"""Seed an installation and walk through it: `python -m sautikit_site.screens` inside its environment."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from kernel import env
from sautikit_site.bootstrap import ROOT

FOLDER = ROOT / "var" / "screens"


def main() -> int:
    """Print a line for each look; exit 0 only when nothing is wrong anywhere."""
    parser = argparse.ArgumentParser(prog="screens")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    options = parser.parse_args()
    django.setup()
    from sautikit_site.screens import seed, visits, walk

    environment = env.child_environment()
    began = time.monotonic()
    superuser = environment["MIGRATION_DATABASE_URL"].replace("//owner@", "//postgres@")
    scene = seed.make(int(environment["SANDBOX_SMTP_PORT"]), superuser)
    planned = [each for each in visits.all_visits(scene) if options.only in each.name]
    print(f"screens: a workspace is seeded ({time.monotonic() - began:.0f} s)", flush=True)
    folder = _emptied(FOLDER, options.only)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**walk.launch_options())
        looks = walk.Walk(browser, environment["PUBLIC_URL"], scene, folder).look(planned)
        seen = [_told(number, len(planned), each) for number, each in enumerate(looks, 1)]
    return _verdict(seen, visits.unvisited())


def _emptied(folder: Path, only: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        if only in old.name:
            old.unlink()
    return folder


# The type lives in a module that needs Django's set-up.
def _told(number: int, count: int, seen):  # type: ignore[no-untyped-def]
    word = "ok" if not seen.problems else "WRONG"
    print(f"screens: {number} of {count} {seen.visit.name} {word}", flush=True)
    for problem in seen.problems:
        print(f"    {problem}", flush=True)
    return seen


def _verdict(seen, unvisited: set[str]) -> int:  # type: ignore[no-untyped-def]
    """Say it all in one last line."""
    for name in sorted(unvisited):
        print(f"screens: nobody visits {name}")
    faults = sum(len(each.faults) for each in seen)
    if faults:
        print(f"screens: {faults} faults, named above")
    errors = sum(len(each.errors) for each in seen)
    reports = sum(len(each.reports) for each in seen)
    screens = sum(each.screens for each in seen)
    pages = len({each.visit.page for each in seen})
    print(f"{screens} screens of {pages} pages, {errors} console errors, {reports} CSP reports")
    return int(bool(faults or errors or reports or unvisited))


if __name__ == "__main__":
    sys.exit(main())
