"""What people do to webhook endpoints."""

from django.utils.translation import gettext_lazy as _

from kernel import audit

audit.declare(
    {
        "webhook.created": _("An endpoint was added."),
        "webhook.changed": _("An endpoint was changed."),
        "webhook.disabled": _("An endpoint was disabled."),
        "webhook.secret_rotated": _("An endpoint's secret was replaced."),
        "webhook.delivery_retried": _("An operator sent a delivery again."),
        "webhook.deleted": _("An endpoint was removed."),
    }
)
