"""The verbs of accounts: the only code that writes its tables."""

from accounts.services.housekeeping import forget_sign_ins
from accounts.services.keys import IssuedKey, create_api_key, revoke_api_key
from accounts.services.sign_in import (
    SignIn,
    consume_code,
    consume_magic_link,
    request_magic_link,
)
from accounts.services.workspaces import (
    Onboarded,
    onboard,
    resume_workspace,
    rotate_signing_secret,
    suspend_workspace,
    update_workspace,
)

__all__ = [
    "IssuedKey",
    "Onboarded",
    "SignIn",
    "consume_code",
    "consume_magic_link",
    "create_api_key",
    "forget_sign_ins",
    "onboard",
    "request_magic_link",
    "resume_workspace",
    "revoke_api_key",
    "rotate_signing_secret",
    "suspend_workspace",
    "update_workspace",
]
