"""What people and operators do to calls, recordings, prices and do-not-call lists."""

from kernel import audit

audit.declare(
    {
        "recordings.read": "A recording was opened.",
        "recordings.delete": "A recording was deleted.",
        "recordings.policy_set": "How long recordings stay, or what is said before one, was set.",
        "uploads.added": "A sound file for play was uploaded.",
        "calls.exported": "A list of calls was exported.",
        "rates.published": "A price was published.",
        "calls.hung_up": "An operator hung up a running call.",
        "calls.stopped": "All calls of a workspace were stopped.",
        "calls.resumed": "A stopped workspace may call again.",
        "calls.policy_set": "An operator changed what a workspace may call.",
        "calls.warning_set": "The spoken warning before the money ends was switched.",
        "storage.tier_changed": "The storage tier was changed.",
        "do_not_call.listed": "A number was put on the do-not-call list.",
        "do_not_call.unlisted": "A number was taken off the do-not-call list.",
    }
)
