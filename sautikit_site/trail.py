"""What the site declares: the audit kinds of its commands, and the features that can be switched."""

from kernel import audit, flags

audit.declare({"user.made_operator": "Somebody was made an operator on the command line."})

flags.declare("console.softphone", doc="The phone in the corner of every console page.", is_on=True)
