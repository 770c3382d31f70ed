"""The M-Pesa side of a phone: its balance and the messages it received."""

import secrets
import sqlite3
import string
from datetime import UTC, datetime

OPENING_BALANCE_MINOR = 500_000_00
PIN = "1234"
MESSAGES_SHOWN = 30
RECEIPT_LETTERS = string.ascii_uppercase + string.digits


class Accounts:
    """Read and write the phones' M-Pesa accounts."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self.store = store

    def balance_minor(self, e164: str) -> int:
        """Return the balance; a phone nobody has seen yet starts with the opening balance."""
        row = self.store.execute(
            "SELECT balance_minor FROM account WHERE e164 = ?", (e164,)
        ).fetchone()
        return int(row["balance_minor"]) if row else OPENING_BALANCE_MINOR

    def set_balance(self, e164: str, balance_minor: int) -> None:
        """Give the phone this balance."""
        self.store.execute(
            "INSERT INTO account (e164, balance_minor) VALUES (?, ?)"
            " ON CONFLICT (e164) DO UPDATE SET balance_minor = excluded.balance_minor",
            (e164, balance_minor),
        )

    def pay(self, e164: str, amount_minor: int) -> str | None:
        """Take the money and return the receipt, or None when there is too little."""
        left = self.balance_minor(e164) - amount_minor
        if left < 0:
            return None
        self.set_balance(e164, left)
        return make_receipt()

    def tell(self, e164: str, text: str) -> None:
        """Put one message on the phone."""
        self.store.execute(
            "INSERT INTO message (e164, text, at) VALUES (?, ?, ?)",
            (e164, text, datetime.now(UTC).isoformat(timespec="seconds")),
        )

    def messages(self, e164: str) -> list[dict[str, str]]:
        """Return the phone's messages, the newest first."""
        rows = self.store.execute(
            "SELECT id, text, at FROM message WHERE e164 = ? ORDER BY id DESC LIMIT ?",
            (e164, MESSAGES_SHOWN),
        ).fetchall()
        return [{"id": str(row["id"]), "text": row["text"], "at": row["at"]} for row in rows]


def make_receipt() -> str:
    """Make a receipt of ten characters, the first a letter as M-Pesa's are."""
    rest = (secrets.choice(RECEIPT_LETTERS) for _ in range(9))
    return secrets.choice(string.ascii_uppercase) + "".join(rest)
