"""`python -m sautikit` is the command line."""

import sys

from sautikit.cli import main

if __name__ == "__main__":
    sys.exit(main())
