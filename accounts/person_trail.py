"""What people and operators do to a person's account, and to a workspace for good."""

from django.utils.translation import gettext_lazy as _

from kernel import audit

audit.declare(
    {
        "workspace.second_step_asked": _(
            "An owner asked the members for a second step, or no more."
        ),
        "workspace.closed": _("An owner closed the workspace."),
        "user.leaving": _("A person asked for the deletion of their account."),
        "user.stays": _("The deletion of an account was called off."),
        "user.erased": _("A person was erased."),
        "user.exported": _("Everything kept of a person was given away."),
        "user.changed": _("A person changed their name, language or theme."),
        "phone.erased": _("A phone number was erased."),
        "phone.exported": _("Everything kept of a phone number was given away."),
        "identity.linked": _("A person signs in with Google too."),
        "identity.unlinked": _("A person no longer signs in with Google."),
        "second_step.added": _("A person added a second step."),
        "second_step.removed": _("A person removed a second step."),
        "second_step.codes_renewed": _("A person replaced their recovery codes."),
        "second_step.recovery_code_used": _("A recovery code was used."),
        "second_step.shut": _("Five wrong codes shut the second step for a while."),
        "second_step.reset": _("An operator took the second step from a person who lost it."),
    }
)
