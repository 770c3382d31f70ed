"""Why something ended, in words for people; programs read the codes."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Hang-up causes, reasons of failure, and what ended a recording or a wait for keys.
WORDS: dict[str, str | Promise] = {
    "normal_clearing": _("somebody hung up"),
    "allotted_timeout": _("the paid time was over"),
    "user_busy": _("the line was busy"),
    "busy": _("the line was busy"),
    "call_rejected": _("the call was declined"),
    "rejected": _("the call was declined"),
    "no_answer": _("nobody answered"),
    "originator_cancel": _("the caller gave up"),
    "canceled": _("the caller gave up"),
    "unallocated_number": _("the number does not exist"),
    "invalid_number": _("the number does not exist"),
    "recovery_on_timer_expire": _("the network never answered"),
    "network_out_of_order": _("the network failed"),
    "network": _("the network failed"),
    "destination_out_of_order": _("our engine was lost"),
    "engine_lost": _("our engine was lost"),
    "voice_callback_unreachable": _("your server gave no document"),
    "voice_document_invalid": _("your document could not be read"),
    "key": _("ended by a key"),
    "silence": _("ended by silence"),
    "max": _("as long as allowed"),
    "full": _("all keys were pressed"),
    "timeout": _("the time was over"),
    "stopped": _("it was stopped"),
    "hangup": _("somebody hung up"),
    "replaced": _("other actions took its place"),
}


def words(code: str | None) -> str:
    """Say what a code means; one that nobody described stands for itself."""
    return str(WORDS.get(code or "", (code or "").replace("_", " ")))


# The name of a version of a price, as `Rate.name` writes it for programs.
RATE = re.compile(r"(\w+) (\S+) v(\d+)( of this workspace)?")
PRICED = {"outbound": _("outbound"), "inbound": _("inbound"), "supervision": _("supervision")}


def rate_words(name: str | None) -> str:
    """Say `outbound +254 v1` to a person; anything else stays what it is."""
    found = RATE.fullmatch(name or "")
    if not found:
        return name or ""
    direction, prefix, version, is_own = found.groups()
    facts = {"direction": PRICED.get(direction, direction), "prefix": prefix, "version": version}
    if is_own:
        return gettext("%(direction)s %(prefix)s, version %(version)s of this workspace") % facts
    return gettext("%(direction)s %(prefix)s, version %(version)s") % facts
