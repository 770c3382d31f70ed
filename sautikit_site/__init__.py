"""Make the app folder ``numbers`` importable beside the standard module of that name.

The folder has no ``__init__.py``, so the standard module always wins and never breaks; giving
that module a search path makes ``numbers.models`` and its siblings ours (decision 0001).
"""

from pathlib import Path

import numbers

numbers.__path__ = [str(Path(__file__).resolve().parent.parent / "numbers")]
