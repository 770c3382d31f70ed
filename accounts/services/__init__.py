"""The verbs of accounts: the only code that writes its tables."""

from accounts.services.devices import (
    StartedLogin,
    approve_device_login,
    deny_device_login,
    find_device_login,
    redeem_device_login,
    shown_code,
    sign_out_device,
    start_device_login,
)
from accounts.services.housekeeping import forget_sign_ins
from accounts.services.impersonation import begin_impersonation, end_impersonation
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
    "StartedLogin",
    "accept_invitation",
    "approve_device_login",
    "begin_impersonation",
    "change_role",
    "consume_code",
    "consume_magic_link",
    "create_api_key",
    "deny_device_login",
    "end_impersonation",
    "find_device_login",
    "find_invitation",
    "forget_sign_ins",
    "invite",
    "leave",
    "mail_late_topup",
    "mail_reversal",
    "onboard",
    "open_workspace",
    "redeem_device_login",
    "remove_member",
    "request_magic_link",
    "resend_invitation",
    "resume_workspace",
    "revoke_api_key",
    "revoke_invitation",
    "rotate_signing_secret",
    "shown_code",
    "sign_out_device",
    "start_device_login",
    "suspend_workspace",
    "update_workspace",
]
