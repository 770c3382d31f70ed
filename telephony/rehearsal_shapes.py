"""What the reply of a rehearsal looks like."""

from __future__ import annotations

from typing import Any

from kernel.shapes import (
    ANYTHING,
    COUNT,
    CURRENCY,
    E164,
    FLAG,
    MINOR,
    TEXT,
    URL,
    Shape,
    listing,
    maybe,
    record,
    said,
    words,
)
from telephony.interpreter.lint import Verdict
from telephony.rehearsal.bill import Bill
from telephony.rehearsal.told import OUTCOMES, Question, Told
from telephony.rehearsal.words import sentence
from telephony.shapes import FAULT, WARNING

FIELDS: Shape = {"type": "object", "additionalProperties": TEXT}
STEP = record(
    "RehearsalStep",
    {
        "at_seconds": said(COUNT, "Seconds since the call began; estimated."),
        "lasts_seconds": said(COUNT, "How long the caller hears it; estimated."),
        "kind": said(TEXT, "As on the time line of a real call, like `voice.say`."),
        "says": said(TEXT, "The step as a sentence."),
        "facts": said(ANYTHING, "What a real call would note."),
    },
)
QUESTION = record(
    "RehearsalQuestion",
    {
        "url": URL,
        "method": words(("GET", "POST")),
        "purpose": said(TEXT, "start, digits, recording, dial, redirect or fallback."),
        "fields": said(FIELDS, "What is posted beside the fields that every callback has."),
    },
)
WAIT = record(
    "RehearsalWait",
    {
        "kind": said(TEXT, "The kind of input that goes on: digits, recorded, dialled or left."),
        "facts": ANYTHING,
    },
)
LINE = record(
    "RehearsalCharge",
    {
        "direction": words(("inbound", "outbound")),
        "e164": E164,
        "seconds": COUNT,
        "rate_per_minute_minor": maybe(MINOR),
        "cost_minor": MINOR,
        "refused": said(maybe(TEXT), "The error code, where no such call can be made."),
    },
)
COST = record(
    "RehearsalCost",
    {
        "cost_minor": said(MINOR, "VAT included, rounded up once for each call."),
        "vat_minor": MINOR,
        "currency": CURRENCY,
        "lines": said(listing(LINE), "The call itself, and each one that was dialled for it."),
    },
)
READ = record(
    "RehearsedDocument",
    {"url": URL, "valid": FLAG, "errors": listing(FAULT), "warnings": listing(WARNING)},
)
REHEARSAL = record(
    "Rehearsal",
    {
        "outcome": said(
            words(OUTCOMES),
            "completed; not_answered: refused or never answered; needs_document: `needs` says for "
            "which address; waiting: `waiting_for` says for what; too_long: it has no end.",
        ),
        "ended_by": said(maybe(TEXT), "document or caller."),
        "failure_code": maybe(TEXT),
        "lasts_seconds": COUNT,
        "connected_seconds": said(COUNT, "Seconds that are paid for."),
        "steps": listing(STEP),
        "needs": maybe(QUESTION),
        "waiting_for": maybe(WAIT),
        "unused_inputs": said(COUNT, "Inputs at the end of the list that nothing waited for."),
        "documents": listing(READ),
        "cost": said(maybe(COST), "Null unless `to` was given."),
    },
)


# The shape is that of the document above.
def as_json(told: Told, verdicts: dict[str, Verdict], bill: Bill | None) -> dict[str, Any]:
    """Return the wire form of a rehearsal."""
    return {
        "outcome": told.outcome,
        "ended_by": told.ended_by or None,
        "failure_code": told.failure_code or None,
        "lasts_seconds": told.lasts_seconds,
        "connected_seconds": told.connected_seconds,
        "steps": [
            {
                "at_seconds": step.at_seconds,
                "lasts_seconds": step.lasts_seconds,
                "kind": step.kind,
                "says": sentence(step),
                "facts": dict(step.facts),
            }
            for step in told.steps
        ],
        "needs": _question(told.needs) if told.needs else None,
        "waiting_for": (
            {"kind": told.waits.kind, "facts": dict(told.waits.facts)} if told.waits else None
        ),
        "unused_inputs": told.unused_inputs,
        "documents": [_read(url, verdict) for url, verdict in verdicts.items()],
        "cost": _cost(bill) if bill else None,
    }


# The shape is that of the document above.
def _question(it: Question) -> dict[str, Any]:
    return {"url": it.url, "method": it.method, "purpose": it.purpose, "fields": dict(it.fields)}


# The shape is that of the document above.
def _read(url: str, verdict: Verdict) -> dict[str, Any]:
    faults = [{"where": it.where, "message": it.message, "mend": it.mend} for it in verdict.errors]
    warnings = [{"where": it.where, "message": it.message} for it in verdict.warnings]
    return {"url": url, "valid": verdict.is_valid, "errors": faults, "warnings": warnings}


# The shape is that of the document above.
def _cost(bill: Bill) -> dict[str, Any]:
    return {
        "cost_minor": bill.cost_minor,
        "vat_minor": bill.vat_minor,
        "currency": bill.currency,
        "lines": [
            {
                "direction": line.direction,
                "e164": line.e164,
                "seconds": line.seconds,
                "rate_per_minute_minor": line.rate_minor_per_minute,
                "cost_minor": line.cost_minor,
                "refused": line.refused or None,
            }
            for line in bill.lines
        ],
    }
