"""What people and operators do to calls, recordings, prices and do-not-call lists."""

from django.utils.translation import gettext_lazy as _

from kernel import audit

audit.declare(
    {
        "recordings.read": _("A recording was opened."),
        "recordings.delete": _("A recording was deleted."),
        "recordings.policy_set": _(
            "How long recordings stay, or what is said before one, was set."
        ),
        "uploads.added": _("A sound file for play was uploaded."),
        "calls.exported": _("A list of calls was exported."),
        "rates.published": _("A price was published."),
        "calls.hung_up": _("An operator hung up a running call."),
        "calls.stopped": _("All calls of a workspace were stopped."),
        "calls.resumed": _("A stopped workspace may call again."),
        "calls.policy_set": _("An operator changed what a workspace may call."),
        "calls.warning_set": _("The spoken warning before the money ends was switched."),
        "storage.tier_changed": _("The storage tier was changed."),
        "do_not_call.listed": _("A number was put on the do-not-call list."),
        "do_not_call.unlisted": _("A number was taken off the do-not-call list."),
    }
)
