"""`manage.py voice lint FILE`: say what is wrong with voice documents, without any server."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from telephony.interpreter.lint import Verdict, lint
from telephony.interpreter.mending.mend import mended


class Command(BaseCommand):
    help = "Judge voice documents, JSON or XML, as a call would."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        judge = verbs.add_parser("lint", help="say what is wrong, where, and how to mend it")
        judge.add_argument("files", nargs="+", metavar="FILE", help="a document; - reads the input")
        judge.add_argument(
            "--workspace", metavar="SLUG", help="judge the hosts of sounds too, as its calls would"
        )

    # Django hands over the command line's options.
    def handle(
        self, *_args: Any, files: list[str], workspace: str | None = None, **_options: Any
    ) -> None:
        """Print one line for each finding; a document that cannot run fails the command."""
        verdicts = [self._judge(name, workspace) for name in files]
        bad = sum(not verdict.is_valid for verdict in verdicts)
        if bad:
            raise CommandError(f"{bad} of {len(files)} documents cannot run.")

    def _judge(self, name: str, workspace: str | None) -> Verdict:
        raw = _read(name)
        verdict = _of_workspace(raw, workspace) if workspace else lint(raw)
        for fault in verdict.errors:
            self.stdout.write(f"{name}: error: {fault}")
        for remark in verdict.warnings:
            self.stdout.write(f"{name}: warning: {remark.where}: {remark.message}")
        if meant := mended(raw):
            self.stdout.write(f"{name}: mended: {meant}")
        if verdict.is_valid:
            self.stdout.write(f"{name}: valid, {verdict.actions} actions")
        return verdict


def _of_workspace(raw: bytes, slug: str) -> Verdict:
    """Judge as the calls of a workspace would; this alone needs the database."""
    from accounts.models import Workspace
    from telephony.sound_hosts import with_hosts

    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no workspace {slug}.")
    return with_hosts(lint(raw), raw, workspace_id=found.id)


def _read(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        raise CommandError(f"{name}: {problem.strerror}") from None
