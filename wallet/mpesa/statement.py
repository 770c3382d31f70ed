"""Reads the organisation's M-Pesa statement by the names of its columns, never by their place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from kernel.clock import NAIROBI
from wallet.mpesa import parse, sheet

HEADER_WITHIN_ROWS = 60
SECOND = timedelta(seconds=1)

Unreadable = parse.Unreadable

# Every spelling of a heading that exports have used, squeezed to its letters.
_COLUMNS = {
    "receipt": ("receiptno", "receiptnumber", "receipt", "transactionid", "transid"),
    "completed": ("completiontime", "completiondate", "transactiontime", "date"),
    "initiated": ("initiationtime",),
    "details": ("details", "description"),
    "status": ("transactionstatus", "status"),
    "paid_in": ("paidin", "credit"),
    "withdrawn": ("withdrawn", "withdrawal", "paidout", "debit"),
    "balance": ("balance",),
    "reason": ("reasontype", "transactiontype", "type"),
    "party": ("otherpartyinfo", "otherparty", "opposingparty"),
    "linked": ("linkedtransactionid", "linkedtransaction", "originalreceiptno"),
    "account": ("acno", "accountno", "accno", "accountnumber", "billreferencenumber"),
}
_TIME = r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?)?"
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?)?")
_SHORTCODE = re.compile(r"short\s*code\D{0,20}(\d{5,7})\b", re.IGNORECASE)
_CLOSING = re.compile(r"closing balance[^\d(-]{0,20}([-(]?[\d,]+(?:\.\d+)?\)?)", re.IGNORECASE)
# A receipt within a sentence: with a digit it is plain, without one a word before it must say so.
_RECEIPT_WITHIN = re.compile(
    r"\b(?=[A-Z0-9]*\d)([A-Z][A-Z0-9]{9})\b|\b(?:TRANSACTION|RECEIPT|OF) ([A-Z]{10})\b"
)
RECEIPT_LENGTH = 10
# What a payer typed comes after these words and must not decide what a row is.
_TYPED = re.compile(r"\b(?:from|to|acc|account|a/c)\b", re.IGNORECASE)
_ACCOUNT = re.compile(r"\bacc(?:ount)?\b\.?\s*(?:no\b\.?)?\s*:?\s*(.+)$", re.IGNORECASE)
_CHARGE = re.compile(r"charge|tariff|commission|\bfees?\b")
_PAYOUT = re.compile(r"business payment|b2c|salary|promotion")
_PAYBILL = re.compile(r"pay ?bill|c2b|online payment|customer payment|merchant payment")
_OTHER_IN = re.compile(r"deposit|settle|transfer|b2b|float|funds|interest|refund|b2c|business pay")


@dataclass(frozen=True, slots=True)
class Line:
    """One row: which money moved, when and whose; `problem` says why it could not be read."""

    line_no: int
    receipt_no: str
    direction: str = ""
    # payment, reversal, charge, payout or transfer.
    nature: str = ""
    amount_minor: int = 0
    completed_at: datetime | None = None
    is_completed: bool = True
    balance_minor: int | None = None
    bill_ref: str = ""
    msisdn: str = ""
    linked_receipt_no: str = ""
    details: str = ""
    problem: str = ""

    @property
    def signed_minor(self) -> int:
        return self.amount_minor if self.direction == "in" else -self.amount_minor


@dataclass(frozen=True, slots=True)
class Statement:
    """A whole file: its rows as they stand in it, and what its head and its balances say."""

    lines: list[Line]
    period_from: datetime | None
    period_to: datetime | None
    shortcode: str
    closing_minor: int | None
    opening_minor: int | None
    # Rows whose balance is not the one before plus what moved: the file is not whole.
    breaks: list[int]


def parse_statement(raw: bytes) -> Statement:
    """Read a CSV or XLSX export. Raises Unreadable when it is no statement."""
    rows = sheet.rows_of(raw)
    top, columns = _header(rows)
    lines = [
        line
        for number, cells in enumerate(rows[top + 1 :], top + 2)
        if (line := _line(number, cells, columns)) is not None
    ]
    if not lines:
        raise Unreadable("the file has a head but no transactions")
    preamble = [" ".join(filter(None, cells)) for cells in rows[:top]]
    done = _in_order_of_time([line for line in lines if line.is_completed and not line.problem])
    said_from, said_to = _period(preamble)
    balanced = [line for line in done if line.balance_minor is not None]
    first = balanced[0] if balanced else None
    closing = _first_amount(_CLOSING, preamble)
    if closing is None and balanced:
        closing = balanced[-1].balance_minor
    opening = None
    if first is not None and first.balance_minor is not None:
        opening = first.balance_minor - first.signed_minor
    return Statement(
        lines=lines,
        period_from=said_from or (done[0].completed_at if done else None),
        period_to=said_to or (done[-1].completed_at if done else None),
        shortcode=_first_text(_SHORTCODE, preamble),
        closing_minor=closing,
        opening_minor=opening,
        breaks=_breaks(done),
    )


def _header(rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    """Return where the head is and which column holds what."""
    for at, cells in enumerate(rows[:HEADER_WITHIN_ROWS]):
        names = [_squeeze(cell) for cell in cells]
        columns = {
            column: next(names.index(each) for each in spellings if each in names)
            for column, spellings in _COLUMNS.items()
            if any(each in names for each in spellings)
        }
        has_time = "completed" in columns or "initiated" in columns
        if "receipt" in columns and has_time and {"paid_in", "withdrawn"} & columns.keys():
            return at, columns
    raise Unreadable("no row names the columns Receipt No., Completion Time and Paid In")


def _line(number: int, cells: list[str], columns: dict[str, int]) -> Line | None:
    """Read one row; None for what is no transaction: blanks, totals and repeated heads."""

    def cell(name: str) -> str:
        at = columns.get(name, len(cells))
        return cells[at] if at < len(cells) else ""

    said, paid_in, withdrawn = cell("receipt"), cell("paid_in"), cell("withdrawn")
    moment = cell("completed") or cell("initiated")
    receipt = parse.receipt_no(said) or ""
    # A word such as TOTALS is none.
    is_receipt = len(receipt) == RECEIPT_LENGTH or any(each.isdigit() for each in receipt)
    if not is_receipt and (read_moment(moment) is None or not (paid_in or withdrawn)):
        return None
    given = Line(number, receipt or said[:32], details=cell("details")[:300])
    if not is_receipt:
        return _unread(given, f"{said!r} is no receipt number")
    status = cell("status").lower()
    if status and not status.startswith("complete"):
        return Line(number, receipt, is_completed=False, details=f"{cell('status')}"[:300])
    at, moved = read_moment(moment), _moved(paid_in, withdrawn)
    if at is None or moved is None:
        wrong = f"{moment!r} is no time" if at is None else f"{paid_in!r} in, {withdrawn!r} out"
        return _unread(given, wrong)
    direction, amount_minor = moved
    nature = _nature(direction, cell("reason"), given.details)
    return Line(
        line_no=number,
        receipt_no=receipt,
        direction=direction,
        nature=nature,
        amount_minor=amount_minor,
        completed_at=at,
        balance_minor=read_amount(cell("balance")),
        bill_ref=_bill_ref(cell("account"), given.details)[:64] if nature == "payment" else "",
        msisdn=_msisdn(cell("party")) if nature == "payment" else "",
        linked_receipt_no=_linked(receipt, cell("linked"), given.details, nature),
        details=given.details,
    )


def _unread(given: Line, problem: str) -> Line:
    return Line(given.line_no, given.receipt_no, details=given.details, problem=problem[:200])


def read_moment(text: str) -> datetime | None:
    """Read DD-MM-YYYY HH:MM:SS, DD/MM/YYYY HH:MM and the ISO form, all in East Africa."""
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(each) for each in found.groups()[:3])
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(each) for each in found.groups()[:3])
    else:
        return None
    hour, minute, second = (int(each or 0) for each in found.groups()[3:6])
    half = (found[7] or "").lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=NAIROBI)
    except ValueError:
        return None


def read_amount(text: str) -> int | None:
    """Read cents of 1,500.00, -1,500, (1,500.00) or KES 1 500; None when it is no amount."""
    plain = re.sub(r"(?i)kes|kshs?\.?|[,\s\u00a0\u202f']", "", text)
    is_negative = plain.startswith(("-", "\u2212", "(")) or plain.endswith("-")
    digits = plain.strip("-\u2212()+")
    if not re.fullmatch(r"\d+(?:\.\d+)?", digits, re.ASCII):
        return None
    try:
        cents = Decimal(digits) * 100
    except InvalidOperation:
        return None
    if cents != cents.to_integral_value() or cents >= 10**15:
        return None
    return -int(cents) if is_negative else int(cents)


def _moved(paid_in: str, withdrawn: str) -> tuple[str, int] | None:
    """Return the direction and the amount; a row moves money one way."""
    came, went = (read_amount(text) if text.strip("-") else 0 for text in (paid_in, withdrawn))
    if came is None or went is None or came < 0 or bool(came) == bool(went):
        return None
    return ("in", came) if came else ("out", abs(went))


def _nature(direction: str, reason: str, details: str) -> str:
    """Say what a row is by its reason type, or by the part of its details that M-Pesa wrote."""
    said = (reason or _TYPED.split(details, maxsplit=1)[0]).lower()
    if direction == "in":
        if "revers" in said or (_OTHER_IN.search(said) and not _PAYBILL.search(said)):
            return "transfer"
        return "payment"
    if _CHARGE.search(said):
        return "charge"
    if "revers" in said:
        return "reversal"
    return "payout" if _PAYOUT.search(said) else "transfer"


def _linked(receipt: str, linked: str, details: str, nature: str) -> str:
    """Return which payment a reversal takes back; its own number when it names no other."""
    if nature != "reversal":
        return ""
    if named := parse.receipt_no(linked):
        return named
    found = ("".join(each) for each in _RECEIPT_WITHIN.findall(details.upper()))
    return next((each for each in found if each != receipt), receipt)


def _bill_ref(account: str, details: str) -> str:
    if account:
        return account
    found = _ACCOUNT.search(details)
    return found[1].strip() if found else ""


def _msisdn(party: str) -> str:
    """Return the phone of `2547… - NAME`; the name is not ours to keep."""
    number = party.split(" - ", 1)[0].strip()
    if re.fullmatch(r"0\d{9}", number):
        return f"254{number[1:]}"
    return number[:80] if re.fullmatch(r"\+?[\d*\s]{9,20}|[0-9a-f]{64}", number) else ""


def _in_order_of_time(lines: list[Line]) -> list[Line]:
    """Sort by time; the balances say whether rows of one second stand newest first."""
    turned = list(reversed(lines))
    turned.sort(key=_at)
    return min((sorted(lines, key=_at), turned), key=lambda each: len(_breaks(each)))


def _at(line: Line) -> datetime:
    assert line.completed_at is not None, "only completed rows are ordered"
    return line.completed_at


def _breaks(lines: list[Line]) -> list[int]:
    """Return the lines whose balance does not follow from the one before."""
    found, before = [], None
    for line in lines:
        if line.balance_minor is None:
            continue
        if before is not None and line.balance_minor != before + line.signed_minor:
            found.append(line.line_no)
        before = line.balance_minor
    return found


def _period(preamble: Iterable[str]) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last second that the head of the file names."""
    text = " ".join(each for each in preamble if re.search(r"(?i)period|from|to\b", each))
    moments = _MOMENT.findall(text)[:2]
    if len(moments) < 2:
        return None, None
    since, until = (read_moment(each) for each in moments)
    if until is not None and ":" not in moments[1]:
        until += timedelta(days=1) - SECOND
    return (since, until) if since and until and since <= until else (None, None)


def _first_text(wanted: re.Pattern[str], preamble: Iterable[str]) -> str:
    return next((found[1] for each in preamble if (found := wanted.search(each))), "")


def _first_amount(wanted: re.Pattern[str], preamble: Iterable[str]) -> int | None:
    text = _first_text(wanted, preamble)
    return read_amount(text) if text else None


def _squeeze(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())
