"""`manage.py up`: every process of the platform, watched, restarted and stopped in order."""

from __future__ import annotations

from pathlib import Path

from sautikit_site import laptop
from sautikit_site.supervisor.stack import Supervisor


def main(arguments: list[str]) -> int:
    """Run everything until Ctrl-C; the exit code is 1 when it could not start."""
    if arguments:
        print("`up` takes no arguments; settings come from the environment (see .env.example).")
        return 2
    var = laptop.var_folder()
    held = laptop.lock(var)
    if held is None:
        return _already_running(var)
    with held:
        return Supervisor(var).run()


def _already_running(var: Path) -> int:
    told = laptop.running(var)
    if told:
        print(f"Already running at {told['url']} (process {told['pid']}).")
    else:
        print(f"Another command is using {var}; try again when it is done.")
    return 1
