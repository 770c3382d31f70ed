"""What a person changes about themselves, and the copy of everything kept of them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

from django.db import transaction

from accounts.models import User
from kernel import audit, clock, people

README = """What Sautikit keeps of {name}, written {moment}.

Each list is here twice: as JSON with everything, and as CSV for a spreadsheet. Times are UTC.
Money is in minor units: 100 is one shilling. A list holds at most {most} rows, the newest first.
"""


def change_account(user: User, *, name: str, language: str, theme: str) -> None:
    """Keep a person's name, language and theme."""
    before = {"name": user.name, "language": user.language, "theme": user.theme}
    after = {"name": name, "language": language, "theme": theme}
    if before == after:
        return
    with transaction.atomic():
        user.name, user.language, user.theme = name, language, theme
        user.save(update_fields=["name", "language", "theme"])
        # Names are not written down twice: the log cannot be erased.
        changed = [key for key in after if before[key] != after[key]]
        actor = f"user:{user.pk}"
        audit.record("user.changed", actor=actor, subject=actor, after={"changed": changed})


def export(subject: people.Subject, *, actor: str, reason: str = "") -> bytes:
    """Pack everything kept of a person or a number as a ZIP of JSON and CSV, and write down who asked."""
    found = people.collect(subject)
    kind = "phone.exported" if subject.phone else "user.exported"
    counts = {name: len(rows) for name, rows in found.items()}
    named = subject.pseudonym if subject.phone else f"user:{subject.user_id}"
    audit.record(kind, actor=actor, subject=named, after=counts, reason=reason)
    return _packed(found, subject.phone or subject.email)


def subject_of(user: User) -> people.Subject:
    """Name a person for the apps that know something of them."""
    return people.Subject(user_id=user.pk, email=user.email, pseudonym=f"erased-{user.pk}")


def _packed(found: dict[str, list[people.Row]], name: str) -> bytes:
    moment = clock.now().strftime("%Y-%m-%d %H:%M UTC")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "README.txt", README.format(name=name, moment=moment, most=people.ROWS_MAX)
        )
        for title, rows in found.items():
            plain = json.dumps(rows, indent=2, ensure_ascii=False, default=str)
            archive.writestr(f"{title}.json", plain)
            archive.writestr(f"{title}.csv", _table(rows))
    return packed.getvalue()


def _table(rows: list[people.Row]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows({name: _cell(row.get(name)) for name in names} for row in rows)
    return out.getvalue()


# A cell is whatever an app told.
def _cell(value: Any) -> str:
    """Write a value so that a spreadsheet takes it for text, not for a formula."""
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "@", "\t", "\r")) else text
