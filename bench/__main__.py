"""Run benches inside a throw-away installation: `python -m bench NAME… --rounds N --json FILE`."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

import django

from bench.rounds import Figure
from kernel import env

NAMES = ("api", "calls", "growth", "listen", "pages", "wallet", "webhooks")


def main() -> int:
    """Print a line per figure; exit 1 when one is below its floor on a machine that was steady."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("names", nargs="+", choices=NAMES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--backlog", type=int, default=100_000, help="webhooks: deliveries to drain"
    )
    options = parser.parse_args()
    django.setup()
    figures: list[Figure] = []
    for name in options.names:
        bench = importlib.import_module(f"bench.{name}")
        more = {"backlog": options.backlog} if name == "webhooks" else {}
        for figure in bench.run(env.child_environment(), options.rounds, **more):
            print(figure.line(), flush=True)
            figures.append(figure)
    if options.json:
        options.json.write_text(json.dumps([figure.as_dict() for figure in figures], indent=2))
    return _verdict(figures)


def _verdict(figures: list[Figure]) -> int:
    measured = [figure for figure in figures if figure.floor is not None]
    held = sum(figure.holds for figure in measured)
    print(f"bench: {held} of {len(measured)} figures at or above their floor")
    if not all(figure.holds for figure in figures if figure.floor is None):
        print("bench: too noisy, so the floors gate nothing this time; the answers were right")
        return 0
    return 0 if held == len(measured) else 1


if __name__ == "__main__":
    sys.exit(main())
