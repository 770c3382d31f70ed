"""What people and operators do to money and its papers."""

from kernel import audit

audit.declare(
    {
        "wallet.limit_set": "A spending limit was set.",
        "wallet.document_registered": "A paper was registered with the tax authority.",
        "wallet.billing_profile_saved": "The billing profile was changed.",
        "wallet.release_asked": "A release of suspended money was asked for.",
        "wallet.release_refused": "A release was refused.",
        "wallet.release_done": "Suspended money was released.",
        "wallet.statement_imported": "An M-Pesa statement was imported.",
        "wallet.inquiry_repeated": "M-Pesa was asked again about a payment.",
        "wallet.claim_made": "A customer claimed a payment.",
        "wallet.claim_refused": "A claim was refused.",
        "wallet.payment_reversed": "M-Pesa took a payment back.",
        "wallet.refund_asked": "A refund was asked for.",
        "wallet.correction_asked": "A correction was asked for.",
        "wallet.correction_refused": "A correction was refused.",
        "wallet.finding_accepted": "A difference was accepted.",
        "wallet.finding_corrected": "A difference was corrected.",
        "wallet.subscriber_added": "Somebody is told of low balances.",
        "wallet.subscriber_removed": "Somebody is told no more.",
    }
)
