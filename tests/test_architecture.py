"""Imports go left only, and only into public modules; the rules of docs/architecture.md."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["kernel", "wallet", "accounts", "numbers", "calls", "telephony", "webhooks", "docs"]
PUBLIC = {"models", "services", "queries", "errors", "events", "states", "ports"}
# Leaf helpers that declare tables or are pure; they import no Django models or doors.
LEAVES = {
    ("wallet", "mpesa"),
    ("wallet", "chart"),
    ("accounts", "roles"),
    ("accounts", "doors"),
    ("accounts", "requests"),
    ("numbers", "rental"),
    ("calls", "labels"),
    ("telephony", "grammar"),
}


def sources(app: str) -> list[Path]:
    return [p for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]


def imported(path: Path) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            base = tuple((node.module or "").split("."))
            found |= {(*base, alias.name) for alias in node.names}
    return found


@pytest.mark.parametrize("app", ORDER)
def test_an_app_imports_only_apps_to_its_left_and_only_their_public_modules(app):
    left = set(ORDER[: ORDER.index(app)])
    wrong = []
    for path in sources(app):
        for name in imported(path):
            other = name[0]
            if other in {*ORDER, "sandbox", "sautikit_site"} and other != app:
                module = name[1] if len(name) > 1 else ""
                is_public = other == "kernel" or module in PUBLIC or (other, module) in LEAVES
                if other not in left or not is_public:
                    wrong.append(f"{path.relative_to(ROOT)} imports {'.'.join(name)}")
    assert wrong == []


def test_the_sandbox_imports_the_kernel_only_and_nothing_imports_the_sandbox():
    ours = [name for path in sources("sandbox") for name in imported(path)]
    assert {name[0] for name in ours} & {*ORDER, "sautikit_site"} <= {"kernel"}
    for app in ORDER:
        assert not [p for p in sources(app) if any(n[0] == "sandbox" for n in imported(p))]


@pytest.mark.parametrize(
    "part", ["telephony/engine", "telephony/streaming", "telephony/interpreter", "telephony/verbs"]
)
def test_the_engine_and_the_interpreter_know_no_django(part):
    for path in sources(part):
        assert not any(name[0] in {"django", "rest_framework"} for name in imported(path)), path


def test_money_http_ids_and_signing_import_no_django():
    for name in ("money", "http", "ids", "signing"):
        assert not any(n[0] == "django" for n in imported(ROOT / "kernel" / f"{name}.py"))


def test_the_folder_numbers_never_shadows_the_standard_module():
    assert not (ROOT / "numbers" / "__init__.py").exists()
    code = "import decimal, numbers; assert isinstance(decimal.Decimal(1), numbers.Number)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
