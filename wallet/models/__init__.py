"""The nouns of the wallet: wallets, the ledger, holds, top-ups, what M-Pesa told us, and alerts."""

from wallet.models.alerts import AlertSubscriber
from wallet.models.documents import BillingProfile, Document, DocumentSeries
from wallet.models.inquiries import Inquiry
from wallet.models.ledger import Entry, Hold, Posting, Wallet
from wallet.models.limits import Basis, Limit
from wallet.models.payments import MpesaAccess, MpesaEvent, MpesaReceipt, TopUp
from wallet.models.refunds import Refund
from wallet.models.seals import Seal, SealedNight
from wallet.models.statements import Finding, Statement, StatementRow
from wallet.models.suspense import Claim, Release

__all__ = [
    "AlertSubscriber",
    "Basis",
    "BillingProfile",
    "Claim",
    "Document",
    "DocumentSeries",
    "Entry",
    "Finding",
    "Hold",
    "Inquiry",
    "Limit",
    "MpesaAccess",
    "MpesaEvent",
    "MpesaReceipt",
    "Posting",
    "Refund",
    "Release",
    "Seal",
    "SealedNight",
    "Statement",
    "StatementRow",
    "TopUp",
    "Wallet",
]
