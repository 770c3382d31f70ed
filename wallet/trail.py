"""What people and operators do to money and its papers."""

from django.utils.translation import gettext_lazy as _

from kernel import audit

audit.declare(
    {
        "wallet.limit_set": _("A spending limit was set."),
        "wallet.document_registered": _("A paper was registered with the tax authority."),
        "wallet.billing_profile_saved": _("The billing profile was changed."),
        "wallet.release_asked": _("A release of suspended money was asked for."),
        "wallet.release_refused": _("A release was refused."),
        "wallet.release_done": _("Suspended money was released."),
        "wallet.statement_imported": _("An M-Pesa statement was imported."),
        "wallet.inquiry_repeated": _("M-Pesa was asked again about a payment."),
        "wallet.claim_made": _("A customer claimed a payment."),
        "wallet.claim_refused": _("A claim was refused."),
        "wallet.payment_reversed": _("M-Pesa took a payment back."),
        "wallet.refund_asked": _("A refund was asked for."),
        "wallet.correction_asked": _("A correction was asked for."),
        "wallet.correction_refused": _("A correction was refused."),
        "wallet.finding_accepted": _("A difference was accepted."),
        "wallet.finding_corrected": _("A difference was corrected."),
        "wallet.subscriber_added": _("Somebody is told of low balances."),
        "wallet.subscriber_removed": _("Somebody is told no more."),
    }
)
