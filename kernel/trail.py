"""What operators do to the machinery itself."""

from kernel import audit

audit.declare(
    {
        "kernel.job_run": "A periodic task was run out of its turn.",
        "flags.overridden": "A feature was switched for a workspace.",
    }
)
