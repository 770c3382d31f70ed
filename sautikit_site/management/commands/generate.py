"""Write the generated files, or say which of them are out of date."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from docs import commands, document, lock
from docs.sdk import go, model, node, php, python
from kernel import env
from sautikit_site import assets


class Command(BaseCommand):
    help = (
        "Write .env.example, the served style sheet and script, the OpenAPI document, the list of "
        "commands and the SDKs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail if stale")

    def handle(self, *_args: object, check: bool = False, **_options: object) -> None:
        """Compare every generated file with what the code declares."""
        wanted = generated()
        stray = [it for folder in php.GENERATED for it in folder.glob("*") if it not in wanted]
        stale = [path for path, text in wanted.items() if _text(path) != text] + stray
        if check and stale:
            names = ", ".join(str(path.relative_to(settings.BASE_DIR)) for path in stale)
            raise CommandError(f"Out of date: {names}. Run `python3 manage.py generate`.")
        for path in stale:
            if path in wanted:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(wanted[path])
            else:
                path.unlink()
        self.stdout.write(f"generate: {len(wanted)} files, {len(stale)} changed")


def generated() -> dict[Path, str]:
    """Return every generated file with the text it must hold."""
    base = Path(settings.BASE_DIR)
    described = document.document()
    surface = model.surface(described)
    return {
        base / ".env.example": env.example(),
        document.FILE: document.text(),
        lock.FILE: lock.text(),
        commands.FILE: commands.text(),
        **node.files(described),
        **python.files(surface),
        **php.files(surface),
        **go.files(surface),
        **assets.build(),
    }


def _text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
