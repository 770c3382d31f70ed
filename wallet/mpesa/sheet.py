"""Turns a CSV or XLSX file into rows of text, whatever wrote it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from wallet.mpesa.parse import Unreadable

ROWS_MAX = 200_000
COLUMNS_MAX = 60
UNPACKED_MAX_BYTES = 256 * 1024 * 1024
DELIMITERS = ",;\t|"
_SAMPLE_LINES = 60


def rows_of(raw: bytes) -> list[list[str]]:
    """Return every row of the file, each cell as trimmed text. Raises Unreadable."""
    rows = _workbook(raw) if is_workbook(raw) else _table(raw)
    if len(rows) > ROWS_MAX:
        raise Unreadable(f"more than {ROWS_MAX:,} rows; export a shorter period")
    return rows


def is_workbook(raw: bytes) -> bool:
    """Say whether the bytes are an XLSX file; the name of a file proves nothing."""
    return raw.startswith(b"PK\x03\x04")


def _workbook(raw: bytes) -> list[list[str]]:
    """Read the sheet with the most rows. Cells may be numbers and times."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED_MAX_BYTES:
                raise Unreadable("the workbook is too large")
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        try:
            sheets = [_sheet_rows(each) for each in book.worksheets]
        finally:
            book.close()
    except Unreadable:
        raise
    # A damaged workbook fails in as many ways as its parts: as a zip, as XML and as numbers.
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError,
            OSError, TypeError, AttributeError, IndexError) as problem:  # fmt: skip
        raise Unreadable(f"not a readable workbook ({type(problem).__name__})") from None
    return max(sheets, key=len, default=[])


# A sheet of either of openpyxl's two kinds; only read-only ones have dimensions to forget.
def _sheet_rows(page: object) -> list[list[str]]:
    forget = getattr(page, "reset_dimensions", None)
    if forget is None:
        return []
    forget()
    rows: list[list[str]] = []
    for cells in page.iter_rows(values_only=True, max_col=COLUMNS_MAX):  # type: ignore[attr-defined]
        if len(rows) > ROWS_MAX:
            break
        rows.append([_text(cell) for cell in cells])
    return rows


def _text(cell: object) -> str:
    """Write a cell as a CSV would have it."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _clean(str(cell))


def _table(raw: bytes) -> list[list[str]]:
    text = _decode(raw).replace("\0", "")
    delimiter = _delimiter(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = [[_clean(cell) for cell in row[:COLUMNS_MAX]] for row in reader]
    except csv.Error as problem:
        raise Unreadable(f"not a readable CSV ({problem})") from None
    return rows


def _decode(raw: bytes) -> str:
    """Read UTF-8 with or without its mark, UTF-16, and what old spreadsheets wrote."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Choose what splits the row of headings into the most cells."""
    sample = [line for line in text.splitlines()[:_SAMPLE_LINES] if "receipt" in line.lower()]
    return max(DELIMITERS, key=lambda each: max((line.count(each) for line in sample), default=0))


def _clean(text: str) -> str:
    return re.sub(r"[\s\ufeff\u00a0]+", " ", text).strip()
