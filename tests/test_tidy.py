"""House rules that a reader would otherwise have to remember."""

import ast
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from kernel import errors, events

ROOT = Path(__file__).resolve().parent.parent
APPS = ["kernel", "wallet", "accounts", "numbers", "calls", "telephony", "webhooks", "docs"]
OURS = [*APPS, "sandbox", "sautikit_site", "bench"]
MONEY_APPS = ["wallet", "numbers", "calls"]


def sources(*apps: str) -> list[Path]:
    found = [p for app in apps for p in (ROOT / app).rglob("*.py")]
    return [p for p in found if "migrations" not in p.parts]


def lines(pattern: str, paths: list[Path]) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if wanted.search(line)
    ]


def test_money_is_never_divided_or_made_a_float():
    wrong = []
    for path in sources(*MONEY_APPS):
        for node in ast.walk(ast.parse(path.read_text())):
            divides = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            floats = (
                isinstance(node, ast.Call)
                and isinstance(node.func, (ast.Name, ast.Attribute))
                and getattr(node.func, "id", getattr(node.func, "attr", ""))
                in {"float", "DecimalField", "FloatField"}
            )
            if (divides and not _joins_paths(path)) or floats:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def _joins_paths(path: Path) -> bool:
    return "pathlib" in path.read_text()


def test_the_environment_is_read_in_one_place():
    # The last one writes programs for the pages, and those read their own.
    allowed = {"kernel/env.py", "sautikit_site/bootstrap.py", "docs/snippets.py"}
    found = lines(r"os\.environ(?!\.setdefault)|os\.getenv", sources(*OURS))
    assert [line for line in found if line.split(":")[0] not in allowed] == []


def test_the_outside_is_reached_through_one_client():
    allowed = {"kernel/http.py", "kernel/http_async.py", "sautikit_site/pytest_services.py"}
    pattern = r"^\s*(import|from) (requests|httpx|urllib\.request|http\.client|aiohttp|httpcore)\b"
    found = lines(pattern, sources(*APPS, "sautikit_site"))
    unix_socket = ("telephony/tts/", "telephony/browser/", "sautikit_site/browser_phone.py")
    # Commands that try the platform from outside, at addresses that they themselves opened.
    visitors = ("sautikit_site/throwaway.py", "sautikit_site/samples/programs.py")
    assert [
        line
        for line in found
        if line.split(":")[0] not in allowed and not line.startswith((*unix_socket, *visitors))
    ] == []


def test_a_status_is_written_by_its_machine_only():
    # A stored reply has an HTTP status, which is no state; SQL compares with single quotes.
    others = ("kernel/states.py", "kernel/idempotency.py")
    found = lines(r"\.update\([^)]*\b(status|state)=|\.(status|state) = \"", sources(*APPS))
    assert [line for line in found if not line.startswith(others)] == []


# A row that is deleted under its lock.
WHOLE_LOCKS = {"numbers/services/inventory.py"}


def test_a_lock_does_not_keep_foreign_keys_waiting():
    """Whoever commits checks foreign keys under all its locks: that must never wait for another."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*APPS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "select_for_update"
        and "no_key" not in {each.arg for each in node.keywords}
        and str(path.relative_to(ROOT)) not in WHOLE_LOCKS
    ]
    assert wrong == []


def test_nothing_is_left_unfinished():
    pattern = "TO" + "DO|FIX" + "ME|NotImplemented" + "Error|coming " + "soon|lorem ipsum"
    paths = [*sources(*OURS, "tests"), *(ROOT / "templates").rglob("*.html")]
    assert lines(pattern, [p for p in paths if p != Path(__file__)]) == []


def test_colours_live_in_tokens_and_no_style_attribute_exists():
    sheets = [
        p
        for p in (ROOT / "static" / "css").rglob("*.css")
        if p.name not in ("tokens.css", "app.css")
    ]
    assert lines(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*\{)", sheets) == []
    assert (
        lines(
            r"\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/)",
            [*(ROOT / "templates").rglob("*.html")],
        )
        == []
    )


def test_functions_fit_on_one_screen():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(*OURS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert long == []


def test_files_fit_in_one_head():
    assert [p for p in sources(*OURS) if len(p.read_text().splitlines()) > 400] == []


def test_every_module_says_what_lives_in_it():
    empty = [
        p
        for p in sources(*OURS)
        if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))
    ]
    assert empty == []


@pytest.mark.parametrize("problem", errors.registry().values(), ids=lambda p: p.code)
def test_an_error_code_is_declared_whole(problem):
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", problem.code)
    assert 400 <= problem.status < 600
    assert problem.message
    assert problem.doc


def test_codes_are_never_changed_only_added():
    lock = ROOT / "docs" / "errors.lock"
    known = dict(line.split() for line in lock.read_text().splitlines())
    now = {code: str(p.status) for code, p in errors.registry().items()}
    assert {code: now.get(code) for code in known} == known
    assert sorted(now) == sorted(known), "add the new codes to docs/errors.lock"


def test_every_seed_event_is_declared():
    seed = {
        "call.started", "call.answered", "call.completed", "call.failed", "recording.ready",
        "number.provisioned", "number.released", "wallet.top_up", "wallet.low_balance",
    }  # fmt: skip
    assert seed <= set(events.catalogue())


def test_generated_files_are_current():
    call_command("generate", "--check")
