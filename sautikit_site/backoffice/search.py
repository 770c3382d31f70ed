"""The one search: whatever a customer reads out leads to its story, or to what they may have meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from accounts.models import ApiKey, Invitation, User, Workspace
from accounts.request_models import ApiRequest
from calls.models import Call, Leg, Rate, Recording
from kernel import ids
from kernel.models import AuditEntry, Event
from numbers.models import Inventory, Number
from sautikit_site.backoffice.story import story_url
from wallet.models import (
    Claim,
    Document,
    Finding,
    Hold,
    Inquiry,
    MpesaReceipt,
    Posting,
    Release,
    StatementRow,
    TopUp,
)
from wallet.mpesa.reference import near_references, normalise_reference
from webhooks.models import Delivery, Endpoint

RECEIPT: Final = re.compile(r"[A-Z0-9]{10}")
DOCUMENT: Final = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*-\d{1,9}")
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
NAMES_MAX: Final = 2000
HITS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was meant, or may have been."""

    kind: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: hits, or suggestions when there is none."""

    hits: list[Hit]
    suggestions: list[Hit]


def find(text: str) -> Found:
    """Find what is named by a reference of any kind; else suggest what is near."""
    text = " ".join(text.split())[:200]
    if not text:
        return Found([], [])
    hits = _once(_exact(text))
    return Found(hits, [] if hits else _once(_near(text)))


def _once(hits: Iterator[Hit]) -> list[Hit]:
    return list({hit.url: hit for hit in hits}.values())[:HITS_MAX]


def _hit(kind: str, key: object, label: str) -> Hit:
    return Hit(kind, label, story_url(kind, key))


def _exact(text: str) -> Iterator[Hit]:
    if ids.is_uuid(text):
        yield from _by_uuid(UUID(text))
        return
    yield from _by_pattern(text)
    yield from _workspaces(
        Q(slug=text.lower()) | Q(name__iexact=text)
        | Q(mpesa_account_ref=normalise_reference(text) or "-")
    )  # fmt: skip


def _by_pattern(text: str) -> Iterator[Hit]:
    """Read what a text looks like; each look is one or two lookups by an index."""
    loud = text.upper()
    ways: tuple[tuple[bool, Callable[[], Iterator[Hit]]], ...] = (
        (loud.startswith("HD_"), lambda: _calls(Q(session_id__in=[text, f"HD_{text[3:]}"]))),
        (text.startswith("req_"), lambda: _requests(text)),
        ("@" in text, lambda: _people(text.lower())),
        (text.startswith("tsk_"), lambda: _keys(Q(prefix=text) | Q(prefix=text[:13]))),
        (loud.startswith("WS_CO_"), lambda: _topups(Q(checkout_request_id=text))),
        (bool(RECEIPT.fullmatch(loud)), lambda: _receipts(loud)),
        (bool(DOCUMENT.fullmatch(loud)), lambda: _documents(loud)),
        (bool(e164_of(text)), lambda: _phones(e164_of(text))),
        (bool(re.fullmatch(r"\+\d{1,6}", text)), lambda: _rates(text)),
    )
    for looks, look_up in ways:
        if looks:
            yield from look_up()


def e164_of(text: str) -> str:
    """Read a phone number as Kenyans write it; empty when it is none."""
    digits = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"0[17]\d{8}|0[2-6]\d{7,8}", digits):
        return f"+254{digits[1:]}"
    if re.fullmatch(r"254\d{9}", digits):
        return f"+{digits}"
    return digits if re.fullmatch(r"\+\d{8,15}", digits) else ""


def _calls(wanted: Q) -> Iterator[Hit]:
    for call in Call.objects.filter(wanted)[:HITS_MAX]:
        yield _hit("call", call.pk, f"{call.session_id}, {call.status}")


def _requests(text: str) -> Iterator[Hit]:
    row = ApiRequest.objects.filter(request_id=text).first()
    if row is not None or AuditEntry.objects.filter(request_id=text).exists():
        yield _hit("request", text, f"{row.method} {row.path}" if row else text)


def _people(email: str) -> Iterator[Hit]:
    is_known = User.objects.filter(email=email).exists()
    if is_known or Invitation.objects.filter(email=email).exists():
        yield _hit("person", email, email)


def _keys(wanted: Q) -> Iterator[Hit]:
    for key in ApiKey.objects.filter(wanted)[:HITS_MAX]:
        yield _hit("key", key.pk, f"“{key.label}” {key.prefix}…")


def _topups(wanted: Q) -> Iterator[Hit]:
    for topup in TopUp.objects.filter(wanted)[:HITS_MAX]:
        yield _hit("topup", topup.pk, str(topup))


def _receipts(receipt_no: str) -> Iterator[Hit]:
    """Find a receipt wherever somebody named it: M-Pesa, a top-up, a claim, a statement."""
    named = Q(receipt_no=receipt_no)
    models: tuple[type[Model], ...] = (MpesaReceipt, Claim, Inquiry, StatementRow, Finding)
    if (
        any(_exists(model, named) for model in models)
        or TopUp.objects.filter(provider_reference=receipt_no).exists()
    ):
        yield _hit("receipt", receipt_no, f"Receipt {receipt_no}")


def _exists(model: type[Model], wanted: Q) -> bool:
    return bool(model._default_manager.filter(wanted).exists())


def _documents(text: str) -> Iterator[Hit]:
    series, _, serial = text.rpartition("-")
    for row in Document.objects.filter(series=series, serial=int(serial)):
        yield _hit("document", row.number, f"{row.get_kind_display()} {row.number}")


def _phones(e164: str) -> Iterator[Hit]:
    """Find a number of ours, and a phone outside; one can be both."""
    if Inventory.objects.filter(e164=e164).exists() or Number.objects.filter(e164=e164).exists():
        yield _hit("number", e164, f"Our number {e164}")
    is_outside = (
        Call.objects.filter(remote_e164=e164).exists()
        or TopUp.objects.filter(phone_e164=e164).exists()
        or MpesaReceipt.objects.filter(payer_e164=e164).exists()
    )
    if is_outside:
        yield _hit("phone", e164, f"Phone {e164}")


def _rates(prefix: str) -> Iterator[Hit]:
    if Rate.objects.filter(prefix=prefix).exists():
        yield _hit("rate", prefix, f"Price of {prefix}")


def _workspaces(wanted: Q) -> Iterator[Hit]:
    for row in Workspace.objects.filter(wanted)[:HITS_MAX]:
        yield _hit("workspace", row.pk, f"{row.name} ({row.mpesa_account_ref})")


# What a UUID may be: the table it is looked for in, and the key of the story that a row opens.
_TABLES: Final[tuple[tuple[QuerySet[Model], str, str, Callable[[Any], object]], ...]] = (
    (Workspace.objects.all(), "pk", "workspace", lambda row: row.pk),
    (Call.objects.only("pk"), "pk", "call", lambda row: row.pk),
    (TopUp.objects.only("pk"), "pk", "topup", lambda row: row.pk),
    (Event.objects.only("event_id"), "event_id", "event", lambda row: row.event_id),
    (Delivery.objects.only("pk"), "pk", "delivery", lambda row: row.pk),
    (Endpoint.objects.only("pk", "url"), "pk", "endpoint", lambda row: row.pk),
    (Number.objects.only("e164"), "pk", "number", lambda row: row.e164),
    (Inventory.objects.only("e164"), "pk", "number", lambda row: row.e164),
    (Posting.objects.only("pk"), "pk", "posting", lambda row: row.pk),
    (Leg.objects.only("call_id"), "pk", "call", lambda row: row.call_id),
    (Recording.objects.only("call_id"), "pk", "call", lambda row: row.call_id),
    (Call.objects.only("pk"), "hold_id", "call", lambda row: row.pk),
    (ApiKey.objects.only("pk"), "pk", "key", lambda row: row.pk),
    (User.objects.only("email"), "pk", "person", lambda row: row.email),
    (Document.objects.only("series", "serial"), "pk", "document", lambda row: row.number),
    (Claim.objects.only("receipt_no"), "pk", "receipt", lambda row: row.receipt_no),
    (Release.objects.only("receipt_id"), "pk", "receipt", lambda row: row.receipt_id),
    (Finding.objects.only("receipt_no"), "pk", "receipt", lambda row: row.receipt_no),
)


def _by_uuid(key: UUID) -> Iterator[Hit]:
    """Look an id up in every table; ids are unique across all of them."""
    for rows, column, kind, key_of in _TABLES:
        # A call's hold has no index of its own there: the hold says which call it is for.
        if column == "hold_id":
            yield from _by_hold(key)
            continue
        row = rows.filter(**{column: key}).first()
        if row is not None:
            yield _hit(kind, key_of(row), f"{kind} {key_of(row)}")
            return


def _by_hold(key: UUID) -> Iterator[Hit]:
    hold = Hold.objects.filter(pk=key).first()
    call_id = hold.key.rpartition(":")[2] if hold else ""
    if ids.is_uuid(call_id) and Call.objects.filter(pk=call_id).exists():
        yield _hit("call", call_id, f"The call of hold {key}")


def _near(text: str) -> Iterator[Hit]:
    """Suggest what a slip of the pen, a piece of a reference or a name half remembered may mean."""
    loud = re.sub(r"[^A-Z0-9]", "", text.upper())
    yield from _near_receipts(loud)
    yield from _near_sessions(text)
    yield from _near_requests(text)
    yield from _near_ids(text)
    for reference in near_references(text):
        yield from _workspaces(Q(mpesa_account_ref=reference))
    digits = re.sub(r"\D", "", text).lstrip("0")
    if len(digits) >= 4:
        for row in Inventory.objects.filter(e164__contains=digits).order_by("e164")[:5]:
            yield _hit("number", row.e164, f"Our number {row.e164}")
    if "@" in text:
        part = text.partition("@")[0].lower()
        for user in User.objects.filter(email__startswith=part[:4]).order_by("email")[:5]:
            yield _hit("person", user.email, user.email)
    yield from _near_names(text)


def _near_receipts(loud: str) -> Iterator[Hit]:
    if 4 <= len(loud) < 10:
        span = Q(receipt_no__gte=loud, receipt_no__lte=loud + "Z" * 10)
    elif 9 <= len(loud) <= 11:
        span = Q(receipt_no__in=one_slip_away(loud))
    else:
        return
    for row in MpesaReceipt.objects.filter(span).order_by("receipt_no")[:5]:
        yield _hit("receipt", row.receipt_no, f"Receipt {row.receipt_no}")


def one_slip_away(word: str) -> set[str]:
    """Return every word of ten that one wrong, missing, doubled or swapped letter makes of this."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {a + b[1:] for a, b in cuts if b}
    near |= {a + letter + b[1:] for a, b in cuts if b for letter in LETTERS}
    near |= {a + letter + b for a, b in cuts for letter in LETTERS}
    near |= {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    return {each for each in near if len(each) == 10}


def _near_sessions(text: str) -> Iterator[Hit]:
    if text.upper().startswith("HD_") and len(text) >= 6:
        start = f"HD_{text[3:]}"
        span = Q(session_id__gte=start, session_id__lte=start + "z" * 12)
        yield from _calls(span)


def _near_requests(text: str) -> Iterator[Hit]:
    if text.startswith("req_") and len(text) >= 8:
        span = Q(request_id__gte=text, request_id__lte=text + "f" * 24)
        for row in ApiRequest.objects.filter(span).order_by("request_id")[:5]:
            yield _hit("request", row.request_id, f"{row.request_id}: {row.method} {row.path}")


def _near_ids(text: str) -> Iterator[Hit]:
    """Complete the beginning of an id; eight digits of it are at least a minute of the day."""
    digits = text.replace("-", "").lower()
    if not re.fullmatch(r"[0-9a-f]{8,31}", digits):
        return
    span = (UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f")))
    for rows, column, kind, key_of in _TABLES[:4]:
        for row in rows.filter(**{f"{column}__range": span}).order_by(column)[:5]:
            yield _hit(kind, key_of(row), f"{kind} {key_of(row)}")


def _near_names(text: str) -> Iterator[Hit]:
    part = Q(name__icontains=text) | Q(slug__icontains=text.lower())
    yield from _workspaces(part)
    names = dict(Workspace.objects.order_by("-pk").values_list("name", "pk")[:NAMES_MAX])
    lower = {name.lower(): name for name in names}
    for close in difflib.get_close_matches(text.lower(), lower, n=5, cutoff=0.6):
        yield from _workspaces(Q(pk=names[lower[close]]))
