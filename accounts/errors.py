"""The problems of people, sessions, workspaces and API keys."""

from accounts.impersonation_errors import ImpersonationRefused as ImpersonationRefused
from accounts.person_errors import GoogleExchangeFailed as GoogleExchangeFailed
from accounts.person_errors import GoogleNotConfigured as GoogleNotConfigured
from accounts.person_errors import GoogleStateMismatch as GoogleStateMismatch
from accounts.person_errors import GoogleUnverified as GoogleUnverified
from accounts.person_errors import LeaveNeedsOwner as LeaveNeedsOwner
from accounts.person_errors import NothingToUndo as NothingToUndo
from accounts.person_errors import NotTheOwner as NotTheOwner
from accounts.person_errors import SecondStepMissing as SecondStepMissing
from accounts.person_errors import SecondStepRequired as SecondStepRequired
from accounts.person_errors import SecondStepWrong as SecondStepWrong
from accounts.person_errors import WorkspaceClosed as WorkspaceClosed
from kernel.errors import Problem


class SessionInvalid(Problem):
    code = "auth.session_invalid"
    status = 401
    message = "Sign in, or send an API key as a bearer token."
    doc = """No credential came with the request, or the session ended (12 hours without use, 30 days at most).
    Send `Authorization: Bearer <key>`, or sign in again."""


class CrossSite(Problem):
    code = "auth.cross_site"
    status = 403
    message = "This session may only be used from our own pages."
    doc = """A request with the session cookie came from another site, or its body was not application/json.
    Programs use an API key instead of the cookie."""


class NoWorkspace(Problem):
    code = "auth.no_workspace"
    status = 403
    message = "You have no workspace yet. Finish onboarding first."
    doc = (
        "You are signed in but belong to no workspace. Finish onboarding, or accept an invitation."
    )


class WorkspaceForbidden(Problem):
    code = "auth.workspace_forbidden"
    status = 403
    message = "You are not a member of that workspace."
    doc = "The credential does not belong to the workspace it asked for."


class TokenInvalid(Problem):
    code = "auth.token_invalid"
    status = 401
    message = "This link or code is not right. Ask for a new one."
    doc = """The sign-in token or code is not one we sent, or the code was typed in another browser than the one
    that asked, or too many wrong codes were tried. Ask for a new mail; its link works in any browser."""


class TokenExpired(Problem):
    code = "auth.token_expired"
    status = 401
    message = "This link or code is too old. Ask for a new one."
    doc = "Links work for 15 minutes and codes for 10. Ask for a new mail."


class TokenUsed(Problem):
    code = "auth.token_used"
    status = 401
    message = "This link was used already. Ask for a new one."
    doc = "A link signs in once, and using one spends every other link of the same address."


class AlreadyOnboarded(Problem):
    code = "accounts.already_onboarded"
    status = 409
    message = "You already have a workspace."
    doc = "Onboarding makes the first workspace of a person. You belong to one already."


class Suspended(Problem):
    code = "account.suspended"
    status = 403
    message = "This workspace is suspended. Contact support."
    doc = "Everything that changes something is refused while the workspace is suspended; reading still works."


class WriteDenied(Problem):
    code = "accounts.write_denied"
    status = 403
    message = "Your role in this workspace can only read."
    doc = "The viewer role changes nothing. Ask an owner or admin for another role."


class AdminRequired(Problem):
    code = "accounts.admin_required"
    status = 403
    message = "This needs the admin or owner role."
    doc = "The action is kept for the admins and owners of the workspace."


class LastOwner(Problem):
    code = "accounts.last_owner"
    status = 409
    message = "A workspace needs an owner. Make somebody else an owner first."
    doc = """The change would leave the workspace without an owner: the last one cannot be removed, leave, or take
    another role. Give a second member the owner role first."""


class RoleChangeDenied(Problem):
    code = "accounts.role_change_denied"
    status = 403
    message = "Your role does not let you give or take the role {role}."
    doc = """Admins and owners change roles. Only owners make owners and change them, and nobody raises anyone above
    their own role."""


class RemoveDenied(Problem):
    code = "accounts.remove_denied"
    status = 403
    message = "Only an owner removes an owner."
    doc = "Admins remove members, viewers and admins. An owner is removed by an owner."


class MemberNotFound(Problem):
    code = "members.not_found"
    status = 404
    message = "There is no such member in this workspace."
    doc = "The id does not name a membership of this workspace."


class AlreadyMember(Problem):
    code = "members.already_member"
    status = 409
    message = "{email} is a member of this workspace already."
    doc = "The person you invite belongs to the workspace. Change their role instead."


class InvitationNotFound(Problem):
    code = "invitations.not_found"
    status = 404
    message = "This invitation does not exist, was revoked, or was sent anew."
    doc = """The id or link does not name an open invitation. Each mail has a link of its own: sending the invitation
    again ends the links before it. Ask for a new mail."""


class InvitationExpired(Problem):
    code = "invitations.expired"
    status = 410
    message = "This invitation is too old. Ask for it to be sent again."
    doc = "An invitation that nobody accepts ends after 7 days. Whoever invited you can send it again."


class InviteRequiresLogin(Problem):
    code = "invite_requires_login"
    status = 401
    message = "Sign in with the invited address first."
    doc = "An invitation is accepted by the person it was sent to, in a session of theirs; an API key cannot."


class InviteEmailMismatch(Problem):
    code = "auth.invite_email_mismatch"
    status = 403
    message = "This invitation is for {email}. Sign in with that address."
    doc = "An invitation is bound to the address it was sent to. Sign out and sign in with that address."


class InvalidActionKind(Problem):
    code = "audit.invalid_action_kind"
    status = 400
    message = "{kind} is not a kind of action in the audit log."
    doc = "`action_kind` filters by one kind of the fixed list that the reference of `GET /v1/audit` names."


class CurrencyUnsupported(Problem):
    code = "currency.unsupported"
    status = 400
    message = "Only KES in KE is possible today, not {currency} in {country}."
    doc = "A workspace is opened in Kenya with a wallet in Kenyan shillings. Other countries come later."


class ApiKeyInvalid(Problem):
    code = "api_key.invalid"
    status = 401
    message = "This API key is not one of ours. Check that it was copied whole."
    doc = """The bearer token is not a key we issued: a character is missing or wrong, or it belongs to another
    installation. A key is `tsk_live_` or `tsk_test_` and 38 letters and digits."""


class ApiKeyExpired(Problem):
    code = "api_key.expired"
    status = 401
    message = "This API key has expired. Create a new one."
    doc = "The key was made with an expiry and its time has come. Create a new key."


class ApiKeyRevoked(Problem):
    code = "api_key.revoked"
    status = 401
    message = "This API key was revoked. Create a new one."
    doc = """The key was revoked, or the key that made it was, or its maker left the workspace.
    Create a new key."""


class ApiKeyAlreadyRevoked(Problem):
    code = "api_key.already_revoked"
    status = 409
    message = "This API key was revoked before."
    doc = "A key is revoked once. Nothing is left to do."


class ApiKeyNameRequired(Problem):
    code = "api_key.name_required"
    status = 400
    message = "Give the key a label of 1 to 120 characters."
    doc = "Send `label` (or `name`), so that you can tell your keys apart later."


class ApiKeyNotFound(Problem):
    code = "api_key.not_found"
    status = 404
    message = "There is no such API key in this workspace."
    doc = "The id does not name a key of this workspace and mode."


class ScopeDenied(Problem):
    code = "api_key.scope_denied"
    status = 403
    message = "This credential lacks the scope {scope}."
    doc = """The key does not have the scope that the action needs, or tries to give a new key a scope that it
    does not have itself."""


class ScopeInvalid(Problem):
    code = "api_key.scope_invalid"
    status = 400
    message = "{scope} is not a scope."
    doc = "A scope in the list is unknown. The known ones are in the API reference under API keys."


class DeviceCodeUnknown(Problem):
    code = "cli.code_unknown"
    status = 404
    message = "No command line waits with this code. Check it, or start `sautikit login` again."
    doc = """The code on the page is not one that a command line shows now: it was mistyped, it is too old, or it
    was used already. Codes have eight letters and live for ten minutes."""


class DevicePending(Problem):
    code = "cli.authorization_pending"
    status = 400
    message = "Nobody has confirmed the code yet."
    doc = """`authorization_pending` of RFC 8628, section 3.5. Ask again after `interval` seconds, until the person
    has decided or the code is too old."""


class DeviceSlowDown(Problem):
    code = "cli.slow_down"
    status = 400
    message = "You ask too often. Wait five seconds longer between two requests."
    doc = """`slow_down` of RFC 8628, section 3.5. The interval grows by five seconds, for this request and all
    that follow."""


class DeviceDenied(Problem):
    code = "cli.access_denied"
    status = 400
    message = "The person said no."
    doc = """`access_denied` of RFC 8628, section 3.5. Whoever read the code refused it, or may no longer make keys
    in the workspace they chose."""


class DeviceCodeExpired(Problem):
    code = "cli.expired_token"
    status = 400
    message = "The code is too old. Start again."
    doc = """`expired_token` of RFC 8628, section 3.5. Nobody confirmed the code in ten minutes. Ask for a new one."""


class DeviceGrantInvalid(Problem):
    code = "cli.invalid_grant"
    status = 400
    message = "This device code is not one of ours, or it was used already."
    doc = """`invalid_grant` of RFC 6749, section 5.2. A device code gives one key, once. If the reply was lost,
    revoke the key in the console and start again."""


class NotADeviceLogin(Problem):
    code = "cli.not_a_login"
    status = 409
    message = "This key was not made by `sautikit login`."
    doc = """Signing out revokes the key that a login made. Other keys are revoked in the console, or with
    `DELETE /v1/api-keys/{id}`."""
