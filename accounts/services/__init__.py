"""The verbs of accounts: the only code that writes its tables."""

from accounts.services.housekeeping import forget_sign_ins
from accounts.services.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from accounts.services.keys import IssuedKey, create_api_key, revoke_api_key
from accounts.services.mails import mail_late_topup, mail_reversal
from accounts.services.members import change_role, leave, remove_member
from accounts.services.sign_in import (
    SignIn,
    consume_code,
    consume_magic_link,
    request_magic_link,
)
from accounts.services.workspaces import (
    Onboarded,
    onboard,
    open_workspace,
    resume_workspace,
    rotate_signing_secret,
    suspend_workspace,
    update_workspace,
)

__all__ = [
    "IssuedKey",
    "Onboarded",
    "SignIn",
    "accept_invitation",
    "change_role",
    "consume_code",
    "consume_magic_link",
    "create_api_key",
    "find_invitation",
    "forget_sign_ins",
    "invite",
    "leave",
    "mail_late_topup",
    "mail_reversal",
    "onboard",
    "open_workspace",
    "remove_member",
    "request_magic_link",
    "resend_invitation",
    "resume_workspace",
    "revoke_api_key",
    "revoke_invitation",
    "rotate_signing_secret",
    "suspend_workspace",
    "update_workspace",
]
