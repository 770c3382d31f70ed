#!/usr/bin/env python3
"""The one entry: prepare the virtual environment, then run a command inside it."""

import sys

from sautikit_site import bootstrap, system_packages


def main() -> int:
    """Run one command; only the standard library is imported before the environment is ready."""
    if sys.argv[1:2] == ["system_packages"]:
        return system_packages.main(sys.argv[2:])
    tests = sys.argv[1:2] == ["test"]
    # What drives a browser or judges pages is no part of the product.
    development = tests or sys.argv[1:2] in (["screens"], ["lighthouse"], ["sdks"])
    if tests and not system_packages.ensure():
        return 2
    bootstrap.enter(development=development)
    from sautikit_site import commands

    return commands.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
