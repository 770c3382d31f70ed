"""The lock file of error codes: clients decide on them, so a line is added and never changed."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from kernel import errors

FILE = Path(settings.BASE_DIR) / "docs" / "errors.lock"


def text() -> str:
    """Return the lock with new codes added; what it says already stays as it is."""
    declared = {code: str(problem.status) for code, problem in errors.registry().items()}
    return "".join(
        f"{code} {status}\n" for code, status in sorted({**declared, **_known()}.items())
    )


def _known() -> dict[str, str]:
    if not FILE.exists():
        return {}
    lines = FILE.read_text().splitlines()
    return {code: status for code, _, status in (line.partition(" ") for line in lines)}
