"""`manage.py asterisk_config`: the files of a node from our settings, to look at or to install."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from telephony.asterisk.files import NodeMisdescribed, Places, files


class Command(BaseCommand):
    help = "Write the Asterisk configuration of a node of ASTERISK_NODES into a folder."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the node, as ASTERISK_NODES names it")
        parser.add_argument("--out", type=Path, help="the folder; without it the files are printed")
        parser.add_argument(
            "--modules", type=Path, default=Places().modules, help="where its modules are"
        )

    # Django hands over the command line's options.
    def handle(self, *args: Any, **options: Any) -> None:
        nodes = {str(node.get("name")): node for node in settings.ASTERISK_NODES}
        if options["name"] not in nodes:
            raise CommandError(f"ASTERISK_NODES names {', '.join(nodes) or 'no node'}.")
        places = Places(modules=options["modules"])
        try:
            made = files(nodes[options["name"]], settings.SIP_TRUNKS, places)
        except (NodeMisdescribed, KeyError) as problem:
            raise CommandError(f"The settings do not describe it: {problem}") from None
        for name, text in made.items():
            if options["out"] is None:
                self.stdout.write(f"; --- {name}\n{text}")
            else:
                _write(options["out"] / name, text)
        if options["out"] is not None:
            self.stdout.write(f"{len(made)} files in {options['out']}")


def _write(path: Path, text: str) -> None:
    """Write a file that may hold passwords: its group reads it, others do not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    unfinished.replace(path)
