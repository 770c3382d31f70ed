"""What operators do to the machinery itself."""

from django.utils.translation import gettext_lazy as _

from kernel import audit

audit.declare(
    {
        "kernel.job_run": _("A periodic task was run out of its turn."),
        "flags.overridden": _("A feature was switched for a workspace."),
    }
)
