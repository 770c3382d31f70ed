"""What people and operators do to workspaces, members and keys."""

from django.utils.translation import gettext_lazy as _

from accounts import person_trail as person_trail
from kernel import audit

audit.declare(
    {
        "workspace.created": _("A workspace was opened."),
        "workspace.updated": _("A workspace was renamed or changed."),
        "workspace.signing_secret_rotated": _("The signing secret was replaced."),
        "workspace.suspended": _("An operator suspended the workspace."),
        "workspace.resumed": _("An operator resumed the workspace."),
        "workspace.impersonation_started": _("An operator began to read in the workspace."),
        "workspace.impersonation_ended": _("An operator left the workspace."),
        "user.created": _("An operator made a person."),
        "user.updated": _("An operator changed a person."),
        "group.created": _("A group of operators was made."),
        "group.updated": _("A group of operators was changed."),
        "membership.created": _("An operator made a membership."),
        "membership.updated": _("An operator changed a membership."),
        "member.role_changed": _("A member got another role."),
        "member.removed": _("A member was removed."),
        "member.left": _("A member left."),
        "invitation.sent": _("Somebody was invited."),
        "invitation.revoked": _("An invitation was taken back."),
        "invitation.accepted": _("An invitation was accepted."),
        "api_key.created": _("An API key was made."),
        "api_key.revoked": _("An API key was revoked."),
        "cli.login_approved": _("A command line was let in."),
        "cli.login_denied": _("A command line was turned away."),
        "session.ended": _("A person ended one of their sessions."),
    }
)
