#!/usr/bin/env python3
"""The one entry: prepare the virtual environment, then run a command inside it."""

import sys

from sautikit_site import bootstrap


def main() -> int:
    """Run one command; only the standard library is imported before the environment is ready."""
    if sys.argv[1:2] == ["system_packages"]:
        from sautikit_site import system_packages

        return system_packages.main(sys.argv[2:])
    bootstrap.enter(development=sys.argv[1:2] == ["test"])
    from sautikit_site import commands

    return commands.run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
