"""The problems of a person's own account: the second step, Google, leaving, closing."""

from kernel.errors import Problem


class SecondStepRequired(Problem):
    code = "auth.second_step_required"
    status = 403
    message = (
        "This workspace asks its members for a second step. Set one up under Settings, Security."
    )
    doc = """The owner of the workspace wants its members to sign in with more than their mailbox, and this session
    did not. Open Settings, Security in the console and add an authenticator app or a passkey. API keys are not
    asked: they belong to programs."""


class SecondStepWrong(Problem):
    code = "auth.second_step_wrong"
    status = 401
    message = "This code or passkey is not right."
    doc = """The code of the authenticator app is wrong, too old or was used already, the recovery code was used before,
    or the passkey is not one of this account. After five wrong codes the door stays shut for a quarter of an hour."""


class SecondStepMissing(Problem):
    code = "auth.second_step_missing"
    status = 409
    message = "Set up a second step of your own first."
    doc = "An owner who asks the members of a workspace for a second step has one already."


class GoogleNotConfigured(Problem):
    code = "auth.google_not_configured"
    status = 503
    message = "Signing in with Google is not offered here. Ask for a link by mail."
    doc = "This installation has no client id and secret of Google."


class GoogleStateMismatch(Problem):
    code = "auth.google_state_mismatch"
    status = 400
    message = "This answer of Google does not belong to this browser. Start again."
    doc = "Signing in with Google begins and ends in one browser, within ten minutes."


class GoogleExchangeFailed(Problem):
    code = "auth.google_exchange_failed"
    status = 502
    message = "Google did not confirm who you are. Try again, or ask for a link by mail."
    doc = """Google refused, could not be reached, or sent something whose signature, receiver, age or nonce is wrong.
    Nothing was changed."""
    retryable = True


class GoogleUnverified(Problem):
    code = "auth.google_unverified"
    status = 403
    message = "Google has not verified your e-mail address. Ask for a link by mail."
    doc = "Google must know that the address is yours; only then do we let it name you."


class LeaveNeedsOwner(Problem):
    code = "accounts.leave_needs_owner"
    status = 409
    message = "You are the last owner of {names}. Make somebody else an owner, or close it first."
    doc = "An account is deleted once each open workspace has another owner. Hand it over, or close it."


class WorkspaceClosed(Problem):
    code = "account.closed"
    status = 403
    message = "This workspace is closed. Its statements and receipts can still be read."
    doc = """An owner closed the workspace: its numbers went back to the pool and its keys are revoked. What was booked
    stays readable. Open a new workspace to go on."""


class NotTheOwner(Problem):
    code = "accounts.owner_required"
    status = 403
    message = "Only an owner of the workspace may do this."
    doc = "The action is kept for the owners of the workspace."


class NothingToUndo(Problem):
    code = "accounts.nothing_to_undo"
    status = 410
    message = "There is nothing to undo: the account is kept, or it is gone already."
    doc = "The link of the mail calls a deletion off for seven days, once."
