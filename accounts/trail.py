"""What people and operators do to workspaces, members and keys."""

from accounts import person_trail as person_trail
from kernel import audit

audit.declare(
    {
        "workspace.created": "A workspace was opened.",
        "workspace.updated": "A workspace was renamed or changed.",
        "workspace.signing_secret_rotated": "The signing secret was replaced.",
        "workspace.suspended": "An operator suspended the workspace.",
        "workspace.resumed": "An operator resumed the workspace.",
        "workspace.impersonation_started": "An operator began to read in the workspace.",
        "workspace.impersonation_ended": "An operator left the workspace.",
        "user.created": "An operator made a person.",
        "user.updated": "An operator changed a person.",
        "group.created": "A group of operators was made.",
        "group.updated": "A group of operators was changed.",
        "membership.created": "An operator made a membership.",
        "membership.updated": "An operator changed a membership.",
        "member.role_changed": "A member got another role.",
        "member.removed": "A member was removed.",
        "member.left": "A member left.",
        "invitation.sent": "Somebody was invited.",
        "invitation.revoked": "An invitation was taken back.",
        "invitation.accepted": "An invitation was accepted.",
        "api_key.created": "An API key was made.",
        "api_key.revoked": "An API key was revoked.",
        "cli.login_approved": "A command line was let in.",
        "cli.login_denied": "A command line was turned away.",
        "session.ended": "A person ended one of their sessions.",
    }
)
