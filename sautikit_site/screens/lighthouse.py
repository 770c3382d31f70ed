"""Lighthouse on three pages of a seeded workspace: `python -m sautikit_site.screens.lighthouse`."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any, Final

import django

from kernel import env
from sautikit_site import toolchains

_LOCK: Final = Path(__file__).with_name("node") / "lighthouse" / "package-lock.json"
PAGES: Final = (
    ("sign-in", "/signin", "guest"),
    ("overview", "/overview", "owner"),
    ("call list", "/calls", "owner"),
)
CATEGORIES: Final = ("performance", "accessibility", "best-practices")
WANTED: Final = 95
_CHROME: Final = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
_SECONDS: Final = 180.0


def main() -> int:
    """Print a line for each page with the median of each category; a report, never a gate."""
    parser = argparse.ArgumentParser(prog="lighthouse")
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    django.setup()
    from sautikit_site.screens import seed

    told = env.child_environment()
    superuser = told["MIGRATION_DATABASE_URL"].replace("//owner@", "//postgres@")
    scene = seed.make(int(told["SANDBOX_SMTP_PORT"]), superuser)
    for name, path, who in PAGES:
        runs = [_run(told["PUBLIC_URL"] + path, scene.sessions[who]) for _ in range(rounds)]
        print(_line(name, runs), flush=True)
        for each in _shortfalls(runs[-1]):
            print(f"    {each}", flush=True)
    return 0


# A report of Lighthouse is JSON of its own shape.
def _run(url: str, session: str) -> dict[str, Any]:
    from sautikit_site.screens import walk

    program = toolchains.npm_packages(_LOCK) / "node_modules" / "lighthouse" / "cli" / "index.js"
    said = toolchains.node().run(
        program, url, "--quiet", "--output=json", f"--chrome-flags={_CHROME}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps({'Cookie': f'{walk.COOKIE}={session}'})}",
        variables={"CHROME_PATH": str(walk.launch_options()["executable_path"])},
        seconds=_SECONDS,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(said)
    return found


def _line(name: str, runs: list[dict[str, Any]]) -> str:
    medians = {each: statistics.median(_scores(runs, each)) for each in CATEGORIES}
    words = ", ".join(f"{each} {score:.0f}" for each, score in medians.items())
    verdict = "ok" if min(medians.values()) >= WANTED else f"below {WANTED}"
    return f"lighthouse: {name}: {words} (median of {len(runs)}); {verdict}"


def _scores(runs: list[dict[str, Any]], category: str) -> list[float]:
    return [100 * (run["categories"][category]["score"] or 0) for run in runs]


def _shortfalls(run: dict[str, Any]) -> list[str]:
    """Name what cost points in one run."""
    audits = run["audits"]
    lost = [
        audits[ref["id"]]
        for category in CATEGORIES
        for ref in run["categories"][category]["auditRefs"]
        if ref["weight"] and (audits[ref["id"]]["score"] or 0) < 0.9
        and audits[ref["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    ]  # fmt: skip
    return [f"{it['id']}: {it['title']} {it.get('displayValue', '')}".rstrip() for it in lost]


if __name__ == "__main__":
    sys.exit(main())
