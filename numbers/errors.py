"""The problems of numbers."""

from kernel.errors import Problem


class NumberAlreadyClaimed(Problem):
    code = "numbers.already_claimed"
    status = 409
    message = "Someone else claimed {e164} a moment ago. Choose another number."
    doc = "Two workspaces wanted the same number and the other was first. Nothing was charged."


class NumberNotFound(Problem):
    code = "numbers.not_found"
    status = 404
    message = "There is no such number here."
    doc = "The id names no number of your workspace and mode, or nothing in the inventory you may claim."


class NumberNotAssigned(Problem):
    code = "numbers.not_assigned"
    status = 409
    message = "{e164} is not assigned to this workspace any more."
    doc = "The number was released before. Nothing is left to do and nothing was charged."


class NumberSuspended(Problem):
    code = "numbers.suspended"
    status = 409
    message = "{e164} is suspended: it takes and makes no calls."
    doc = """The rental of the month could not be taken from the wallet, or an operator suspended the number.
    Top up; the rental is tried again every day for 7 days."""


class NumberReleaseFailed(Problem):
    code = "numbers.release_failed"
    status = 409
    message = "{e164} changed while it was being released. Try again."
    doc = "Something else changed the number at the same moment. Read it and try again."
    retryable = True


class SipCredentialNotFound(Problem):
    code = "sip_credentials.not_found"
    status = 404
    message = "There is no such SIP credential here."
    doc = "The id names no SIP credential of this number. It may have been deleted."


class SipCredentialsLimit(Problem):
    code = "sip_credentials.limit_reached"
    status = 409
    message = "{e164} has {most} SIP credentials, which is the most."
    doc = "Each phone needs one credential. Delete one that is not used any more, then add another."


class ImportRefused(Problem):
    code = "numbers.import_refused"
    status = 400
    message = "{reason}"
    doc = (
        "The file is no CSV of numbers. Its first line names the columns; e164 is the one it needs."
    )
