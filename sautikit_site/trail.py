"""What the site declares: the audit kinds of its commands, and the features that can be switched."""

from django.utils.translation import gettext_lazy as _

from kernel import audit, flags

audit.declare({"user.made_operator": _("Somebody was made an operator on the command line.")})

flags.declare("console.softphone", doc="The phone in the corner of every console page.", is_on=True)
