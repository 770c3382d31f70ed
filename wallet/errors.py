"""The problems of the wallet."""

from uuid import UUID

from kernel.errors import Problem


class InsufficientBalance(Problem):
    code = "wallet.insufficient_balance"
    status = 402
    message = "The wallet holds {balance}; this needs {required}."
    doc = """The money that is free (the balance less what running calls hold) does not cover the
    action, or an earlier payment was reversed and is still owed. Nothing was done and nothing was
    charged. Top up, then send the same request again. Other pages call this
    `wallet.insufficient_funds`; this code is the one that is sent."""


class LimitReached(Problem):
    code = "wallet.limit_reached"
    status = 402
    message = "The day limit of {whose} is {limit}; {spent} of it is spent or held by calls."
    doc = """An owner or admin set the most that calls may cost in a Nairobi day, for the workspace or
    for this API key. What running calls hold counts until they end. No call was placed and nothing
    was charged. Wait for midnight in Nairobi, or raise the limit with `PUT /v1/wallet/limits`."""

    @property
    def limit_id(self) -> UUID:
        """Which limit, for the event that says so."""
        found = self.facts["limit_id"]
        assert isinstance(found, UUID)
        return found


class InvalidAmount(Problem):
    code = "wallet.invalid_amount"
    status = 400
    message = "{reason}"
    doc = """Amounts are whole numbers of the minor unit, above zero (a threshold may be zero).
    A top-up is whole shillings within the limits that the message names."""


class CurrencyMismatch(Problem):
    code = "wallet.currency_mismatch"
    status = 400
    message = "This wallet is in {expected}, not {currency}."
    doc = "The currency of a workspace is fixed when it is made. Send that currency."


class KeyReused(Problem):
    code = "wallet.key_reused"
    status = 409
    message = "The key {key} was used for another movement."
    doc = """A movement of money is known by its key. The same key with the same facts is answered
    with the first movement; with other facts it is refused."""


class WalletNotFound(Problem):
    code = "wallet.not_found"
    status = 404
    message = "This workspace has no wallet in {mode} mode."
    doc = "The wallet is opened with the workspace; finish the onboarding first."


class TopUpNotFound(Problem):
    code = "topups.not_found"
    status = 404
    message = "There is no such top-up in this workspace."
    doc = "The id is unknown, or the top-up belongs to another workspace or mode."


class TopUpProviderFailed(Problem):
    code = "topups.provider_failed"
    status = 502
    message = "M-Pesa does not take payment requests from us right now. Nothing was charged."
    doc = """Our connection to M-Pesa is out of order and we have been alerted. No request was made.
    Pay with Paybill and your account reference meanwhile, or try again in a few minutes."""
    retryable = True


class RefundRefused(Problem):
    code = "wallet.refund_refused"
    status = 409
    message = "{reason}"
    doc = """A payment goes back in full and once, while its money is free in the wallet. Only operators
    meet this."""


class ReleaseRefused(Problem):
    code = "wallet.release_refused"
    status = 409
    message = "{reason}"
    doc = """Money in suspense goes to a workspace by its exact account number, once, with a reason; sums
    above KES 20,000 need a second person. Only operators meet this."""


class SubscriberExists(Problem):
    code = "wallet.subscriber_exists"
    status = 409
    message = "{email} is on the list already."
    doc = """An address is on the list of a workspace and mode once, also while it has not yet agreed.
    To send the question again, remove the address and add it anew."""


class SubscriberNotFound(Problem):
    code = "wallet.subscriber_not_found"
    status = 404
    message = "There is no such recipient of low-balance mails."
    doc = "The id is unknown, was removed, or belongs to another workspace or mode."


class SubscribersFull(Problem):
    code = "wallet.subscribers_full"
    status = 409
    message = "A workspace has at most {limit} recipients of low-balance mails."
    doc = "Remove an address, or use one that forwards to your team."


class AlertLinkInvalid(Problem):
    code = "wallet.alert_link_invalid"
    status = 400
    message = "This link is not valid any more."
    doc = """The token of a low-balance mail is wrong, its address was removed from the list, or it is
    more than seven days old. Add the address again to get a new mail."""


class StatementRefused(Problem):
    code = "wallet.statement_refused"
    status = 400
    message = "{reason}"
    doc = """The file is not the CSV or XLSX export of our Paybill's M-Pesa statement, or it is too
    large. Nothing was imported. Only operators meet this."""


class CorrectionRefused(Problem):
    code = "wallet.correction_refused"
    status = 409
    message = "{reason}"
    doc = """What a statement found is corrected once, by a new posting, with a reason; sums above KES
    20,000 need a second person. Only operators meet this."""


class DocumentNotFound(Problem):
    code = "wallet.document_not_found"
    status = 404
    message = "There is no such document in this workspace."
    doc = """The id is unknown or belongs to another workspace, or the console shows test mode: statements
    and receipts are made for live money only."""
