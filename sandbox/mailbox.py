"""The mailbox: an SMTP door that keeps every message, and the HTTP door that reads them."""

import asyncio
import logging
import sqlite3
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

MESSAGES_PER_PAGE = 100
MESSAGES_KEPT = 2000
SIZE_MAX_BYTES = 5_000_000
RULER = "-" * 60


class Mailbox:
    """Keep what our own product sends, so that a person or a program can read it."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self.store = store

    def routes(self) -> list[web.AbstractRouteDef]:
        """List the HTTP doors."""
        return [
            web.get("/mail", self.list_messages),
            web.get(r"/mail/{id:\d+}", self.read_message),
        ]

    async def listen(self, host: str, port: int) -> asyncio.Server:
        """Take mail over SMTP on this address."""
        # Its log repeats each line of the protocol; the block that `show` prints says more.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._door, host, port)

    def _door(self) -> SMTP:
        return SMTP(self, hostname="sandbox", data_size_limit=SIZE_MAX_BYTES, enable_SMTPUTF8=True)

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name.
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one message per recipient and show it on the terminal."""
        content = cast("bytes", envelope.content)
        message = message_from_bytes(content, policy=default)
        for recipient in envelope.rcpt_tos:
            self.keep(recipient, envelope.mail_from or "", message)
        show(message, envelope.rcpt_tos)
        return "250 Kept"

    def keep(self, recipient: str, sender: str, message: EmailMessage) -> None:
        """Store one message; the oldest fall out past the limit."""
        self.store.execute(
            "INSERT INTO mail (to_address, from_address, subject, text, html, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                recipient.lower(),
                str(message["from"] or sender),
                str(message["subject"] or ""),
                body(message, "plain"),
                body(message, "html"),
                datetime.now(UTC).isoformat(timespec="milliseconds"),
            ),
        )
        self.store.execute(
            "DELETE FROM mail WHERE id <= (SELECT max(id) FROM mail) - ?", (MESSAGES_KEPT,)
        )

    async def list_messages(self, request: web.Request) -> web.Response:
        """Answer the newest messages first, of one recipient and after one id when asked."""
        to = request.query.get("to", "").lower()
        after = request.query.get("after", "")
        where, values = after_clause(after)
        rows = self.store.execute(
            f"SELECT * FROM mail WHERE (? = '' OR to_address = ?) AND {where}"
            " ORDER BY id DESC LIMIT ?",
            (to, to, *values, MESSAGES_PER_PAGE),
        ).fetchall()
        return web.json_response({"messages": [as_json(row) for row in rows]})

    async def read_message(self, request: web.Request) -> web.Response:
        """Answer one message."""
        key = request.match_info["id"]
        row = self.store.execute("SELECT * FROM mail WHERE id = ?", (key,)).fetchone()
        if row is None:
            return web.json_response({"error": "There is no such message."}, status=404)
        return web.json_response(as_json(row))


def after_clause(after: str) -> tuple[str, tuple[str, ...]]:
    """Read `after` as a message id, or as a time when it is no whole number."""
    if not after:
        return "1", ()
    if after.isdigit():
        return "id > CAST(? AS INTEGER)", (after,)
    return "received_at > ?", (after,)


def body(message: EmailMessage, kind: str) -> str:
    """Take the plain or the HTML part of a message, or nothing."""
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def as_json(row: sqlite3.Row) -> dict[str, str]:
    """Say a stored message in the words of the mailbox's API."""
    return {
        "id": str(row["id"]),
        "to": row["to_address"],
        "from": row["from_address"],
        "subject": row["subject"],
        "text": row["text"],
        "html": row["html"],
        "received_at": row["received_at"],
    }


def show(message: EmailMessage, recipients: list[str]) -> None:
    """Print one readable block, because the terminal is where a developer looks first."""
    text = body(message, "plain") or body(message, "html")
    lines = [RULER, f"To: {', '.join(recipients)}", f"Subject: {message['subject']}", ""]
    lines += [*text.strip().splitlines(), RULER]
    print("\n".join(f"mail: {line}".rstrip() for line in lines), flush=True)
