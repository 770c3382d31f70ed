"""What the wallet needs done by an app it does not know: work whose handler lives further right."""

# The ref is a receipt number: tell the owners that its payment went back.
TELL_OWNERS_OF_REVERSAL = "accounts.mail_reversal"
