"""The mailbox, filled over SMTP and read over HTTP."""

import smtplib
import uuid
from email.message import EmailMessage

from tests.sandbox.peers import Sandbox


def send(sandbox: Sandbox, to: str, subject: str = "Sign in to Sautikit") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "hello@sautikit.com", to, subject
    message.set_content("Your code is 123456.\nhttp://127.0.0.1:8000/auth/link/abc\nHabari Wanjikũ")
    message.add_alternative("<p>Your code is <b>123456</b></p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as door:
        door.send_message(message)


def address() -> str:
    return f"Amina-{uuid.uuid4().hex[:8]}@example.com"


def test_a_mail_is_kept_for_its_recipient(sandbox: Sandbox) -> None:
    to = address()
    send(sandbox, to)
    (kept,) = sandbox.http.get("/mail", params={"to": to}).json()["messages"]
    assert set(kept) == {"id", "to", "from", "subject", "text", "html", "received_at"}
    assert (kept["to"], kept["subject"]) == (to.lower(), "Sign in to Sautikit")
    assert "http://127.0.0.1:8000/auth/link/abc" in kept["text"]
    assert "Wanjikũ" in kept["text"]
    assert "<b>123456</b>" in kept["html"]
    assert sandbox.http.get(f"/mail/{kept['id']}").json() == kept


def test_the_newest_mail_is_first_and_older_ones_can_be_left_out(sandbox: Sandbox) -> None:
    to = address()
    send(sandbox, to, "First")
    send(sandbox, to, "Second")
    second, first = sandbox.http.get("/mail", params={"to": to}).json()["messages"]
    assert (first["subject"], second["subject"]) == ("First", "Second")
    for after in (first["id"], first["received_at"]):
        later = sandbox.http.get("/mail", params={"to": to, "after": after}).json()["messages"]
        assert [message["subject"] for message in later] == ["Second"]


def test_a_mail_is_shown_on_the_terminal_with_its_link_and_code(sandbox: Sandbox) -> None:
    to = address()
    send(sandbox, to)
    lines = sandbox.output.read_text().splitlines()
    start = lines.index(f"mail: To: {to}")
    block = lines[start : start + 6]
    assert "mail: Your code is 123456." in block
    assert "mail: http://127.0.0.1:8000/auth/link/abc" in block


def test_there_is_no_mail_for_a_stranger(sandbox: Sandbox) -> None:
    assert sandbox.http.get("/mail", params={"to": address()}).json() == {"messages": []}
    assert sandbox.http.get("/mail/999999").status_code == 404
