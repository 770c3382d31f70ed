"""The folder `numbers` and the standard module of that name live together."""

import subprocess
import sys

from sautikit_site.bootstrap import ROOT


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_folder_is_not_a_package() -> None:
    assert not (ROOT / "numbers" / "__init__.py").exists()


def test_the_standard_module_wins_at_the_root() -> None:
    code = (
        "import decimal, fractions, numbers; print(isinstance(decimal.Decimal(1), numbers.Number))"
    )
    assert run(code) == "True"


def test_our_modules_are_found_beside_it() -> None:
    code = "import sautikit_site, importlib.util as u; print(bool(u.find_spec('numbers.apps')))"
    assert run(code) == "True"
