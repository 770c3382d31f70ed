"""What people and operators do to a person's account, and to a workspace for good."""

from kernel import audit

audit.declare(
    {
        "workspace.second_step_asked": "An owner asked the members for a second step, or no more.",
        "workspace.closed": "An owner closed the workspace.",
        "user.leaving": "A person asked for the deletion of their account.",
        "user.stays": "The deletion of an account was called off.",
        "user.erased": "A person was erased.",
        "user.exported": "Everything kept of a person was given away.",
        "user.changed": "A person changed their name, language or theme.",
        "phone.erased": "A phone number was erased.",
        "phone.exported": "Everything kept of a phone number was given away.",
        "identity.linked": "A person signs in with Google too.",
        "identity.unlinked": "A person no longer signs in with Google.",
        "second_step.added": "A person added a second step.",
        "second_step.removed": "A person removed a second step.",
        "second_step.codes_renewed": "A person replaced their recovery codes.",
        "second_step.recovery_code_used": "A recovery code was used.",
        "second_step.shut": "Five wrong codes shut the second step for a while.",
        "second_step.reset": "An operator took the second step from a person who lost it.",
    }
)
