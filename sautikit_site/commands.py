"""Which command goes where: our own first, everything else is Django's."""

from __future__ import annotations

from sautikit_site.bootstrap import environ


def run(arguments: list[str]) -> int:
    """Run one command line inside the prepared environment and return its exit code."""
    environ.setdefault("DJANGO_SETTINGS_MODULE", "sautikit_site.settings")
    command = arguments[1] if len(arguments) > 1 else "help"
    if command == "up":
        from sautikit_site import supervisor

        return supervisor.main(arguments[2:])
    if command == "test":
        from sautikit_site import gate

        return gate.main(arguments[2:])
    return _django(command, arguments)


def _django(command: str, arguments: list[str]) -> int:
    from django.core.management import BaseCommand, execute_from_command_line

    from sautikit_site import attach, celery

    if environ.get("SAUTIKIT_SUPERVISED") == "1":
        # The gate checks the project; a process that starts (again) should not wait for that.
        BaseCommand.requires_system_checks = []
    with attach.servers_for(command):
        # Without this a command that rings for work would look for a broker of Celery's own.
        celery.app.set_default()
        execute_from_command_line(arguments)
    return 0
