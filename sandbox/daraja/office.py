"""What an operator orders at Daraja: reversal, B2C, Transaction Status, Account Balance.

Each order is answered at once and carried out a moment later; its result goes to the address that
the order names.
"""

import asyncio
import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.daraja.accounts import Accounts, make_receipt
from sandbox.daraja.checks import EAT, Body, check_amount, check_callback_url, check_msisdn, text_of
from sandbox.daraja.paybill import BUSINESS_NAME, CONFIRMATION_TIMEOUT, post
from sandbox.daraja.replies import RefusalError, invalid
from sandbox.daraja.traps import Traps

RESULT_SECONDS = 0.3
OPENING_UTILITY_MINOR = 184_250_00
PAYOUT_MIN, PAYOUT_MAX = 10, 250_000
DONE = "The service request is processed successfully."
WORDS = {
    "2032": "The transaction does not exist.",
    "0": DONE,
    "1": "The balance is insufficient for the transaction.",
    "R000001": "The transaction has already been reversed.",
    "R000002": "The OriginalTransactionID is invalid.",
}


@dataclass(frozen=True, slots=True)
class Order:
    """One order of the back office whose fields were accepted."""

    kind: str
    conversation_id: str
    order_id: str
    result_url: str
    receipt: str = ""
    e164: str = ""
    amount: int = 0
    # The order that a question is about.
    about: str = ""


class Office:
    """Take orders and carry them out."""

    def __init__(
        self,
        store: sqlite3.Connection,
        *,
        shortcode: str,
        changed: Callable[[str], None],
        traps_of: Callable[[str], Traps],
    ) -> None:
        self.store, self.shortcode = store, shortcode
        self.accounts = Accounts(store)
        self.changed, self.traps_of = changed, traps_of

    def take_reversal(self, body: Body) -> Order:
        """Read an order to send a payment back, or raise what Daraja would answer."""
        self._require(body, "TransactionReversal", "Initiator")
        # The misspelling is the real one's.
        if text_of(body, "RecieverIdentifierType") != "11":
            raise invalid("RecieverIdentifierType")
        if text_of(body, "ReceiverParty") != self.shortcode:
            raise invalid("ReceiverParty")
        amount = check_amount(body.get("Amount"))
        return self._order("reversal", body, receipt=text_of(body, "TransactionID"), amount=amount)

    def take_payout(self, body: Body) -> Order:
        """Read an order to pay a phone; the same order id is taken once."""
        self._require(body, "BusinessPayment", "InitiatorName")
        order_id = text_of(body, "OriginatorConversationID")
        if not order_id:
            raise invalid("OriginatorConversationID")
        amount = check_amount(body.get("Amount"))
        if not PAYOUT_MIN <= amount <= PAYOUT_MAX:
            raise invalid("Amount")
        phone = check_msisdn(body, "PartyB")
        made = self.store.execute(
            "INSERT OR IGNORE INTO payout (order_id, e164, amount_minor, at, receipt)"
            " VALUES (?, ?, 0, ?, '')",
            (order_id, f"+{phone}", time.time()),
        )
        if not made.rowcount:
            raise RefusalError(500, "500.002.1001", "Duplicate OriginatorConversationID.")
        return self._order("b2c", body, order_id=order_id, e164=f"+{phone}", amount=amount)

    def take_status(self, body: Body) -> Order:
        """Read a question about one receipt, or about an order of the business."""
        self._require(body, "TransactionStatusQuery", "Initiator")
        self._require_party(body)
        receipt, asked = text_of(body, "TransactionID"), text_of(body, "OriginalConversationID")
        if asked and not receipt:
            return self._order("order_status", body, about=asked)
        if not receipt:
            raise invalid("TransactionID")
        return self._order("status", body, receipt=receipt)

    def take_balance(self, body: Body) -> Order:
        """Read a question about the business's own accounts."""
        self._require(body, "AccountBalance", "Initiator")
        self._require_party(body)
        return self._order("balance", body)

    async def carry_out(self, order: Order) -> None:
        """Do what was ordered and tell the result."""
        await asyncio.sleep(RESULT_SECONDS)
        phone = order.e164 or self._payer(order.receipt)
        code, pairs = getattr(self, f"_{order.kind}")(order)
        if code == "0" and order.kind in ("reversal", "b2c"):
            self.store.execute(
                "INSERT OR IGNORE INTO carried (order_id, receipt, amount, at) VALUES (?, ?, ?, ?)",
                (order.order_id, make_receipt(), order.amount, time.time()),
            )
        if self.traps_of(phone).lose_result:
            return
        result: dict[str, object] = {
            "ResultType": 0,
            "ResultCode": int(code) if code.isdigit() else code,
            "ResultDesc": WORDS.get(code, code),
            "OriginatorConversationID": order.order_id,
            "ConversationID": order.conversation_id,
            "TransactionID": order.receipt or make_receipt(),
        }
        if pairs:
            said = [{"Key": key, "Value": value} for key, value in pairs]
            result["ResultParameters"] = {"ResultParameter": said}
        await post(order.result_url, json.dumps({"Result": result}).encode(), CONFIRMATION_TIMEOUT)

    def utility_minor(self) -> int:
        """Return what the business's utility account holds."""
        row = self.store.execute(
            "SELECT (SELECT coalesce(sum(amount_minor), 0) FROM payment)"
            " - (SELECT coalesce(sum(amount_minor), 0) FROM payment WHERE receipt IN"
            "    (SELECT receipt FROM reversed))"
            " - (SELECT coalesce(sum(amount_minor), 0) FROM payout) AS held"
        ).fetchone()
        extra = self.traps_of("").extra_in_account * 100
        return OPENING_UTILITY_MINOR + int(row["held"]) + extra

    def _reversal(self, order: Order) -> tuple[str, list[tuple[str, object]]]:
        row = self._payment(order.receipt)
        if row is None or row["amount_minor"] != order.amount * 100:
            return "R000002", []
        if self.traps_of(row["e164"]).refuse_refund:
            return "1", []
        fresh = self.store.execute(
            "INSERT OR IGNORE INTO reversed (receipt) VALUES (?)", (order.receipt,)
        )
        if not fresh.rowcount:
            return "R000001", []
        self.store.execute(
            "INSERT INTO reversal (receipt, original, at) VALUES (?, ?, ?)",
            (make_receipt(), order.receipt, time.time()),
        )
        told = f"{order.receipt} was reversed. Ksh{order.amount:,}.00 is back."
        self._give(row["e164"], row["amount_minor"], told)
        return "0", [("OriginalTransactionID", order.receipt), ("Amount", order.amount)]

    def _b2c(self, order: Order) -> tuple[str, list[tuple[str, object]]]:
        if self.traps_of(order.e164).refuse_refund or self.utility_minor() < order.amount * 100:
            return "1", []
        receipt = make_receipt()
        self.store.execute(
            "UPDATE payout SET amount_minor = ?, receipt = ? WHERE order_id = ?",
            (order.amount * 100, receipt, order.order_id),
        )
        told = (
            f"{receipt} Confirmed. You have received Ksh{order.amount:,}.00 from {BUSINESS_NAME}."
        )
        self._give(order.e164, order.amount * 100, told)
        return "0", [
            ("TransactionAmount", order.amount),
            ("TransactionReceipt", receipt),
            ("ReceiverPartyPublicName", f"{order.e164[1:]} - WANJIKU"),
            ("B2CUtilityAccountAvailableFunds", self.utility_minor() // 100),
        ]

    def _status(self, order: Order) -> tuple[str, list[tuple[str, object]]]:
        row = self._payment(order.receipt)
        if row is None or self.traps_of(row["e164"]).status_unknown:
            return "R000002", []
        at = datetime.fromtimestamp(row["at"], EAT).strftime("%Y%m%d%H%M%S")
        # A key that comes twice is the real one's.
        return "0", [
            ("DebitPartyName", f"{row['e164'][1:]} - WANJIKU"),
            ("DebitPartyName", "WANJIKU"),
            ("CreditPartyName", f"{self.shortcode} - {BUSINESS_NAME}"),
            ("InitiatedTime", int(at)),
            ("FinalisedTime", int(at)),
            ("Amount", row["amount_minor"] / 100),
            ("TransactionStatus", "Completed"),
            ("ReasonType", "Pay Bill Online"),
            ("ReceiptNo", row["receipt"]),
        ]

    def _order_status(self, order: Order) -> tuple[str, list[tuple[str, object]]]:
        row = self.store.execute(
            "SELECT * FROM carried WHERE order_id = ?", (order.about,)
        ).fetchone()
        if row is None:
            return "2032", []
        at = datetime.fromtimestamp(row["at"], EAT).strftime("%Y%m%d%H%M%S")
        return "0", [
            ("DebitPartyName", f"{self.shortcode} - {BUSINESS_NAME}"),
            ("FinalisedTime", int(at)),
            ("Amount", row["amount"]),
            ("TransactionStatus", "Completed"),
            ("OriginatorConversationID", order.about),
            ("ReceiptNo", row["receipt"]),
        ]

    def _balance(self, _order: Order) -> tuple[str, list[tuple[str, object]]]:
        held = self.utility_minor()
        utility = f"Utility Account|KES|{held // 100}.{held % 100:02d}|{held // 100}.00|0.00|0.00"
        accounts = ["Working Account|KES|0.00|0.00|0.00|0.00", utility]
        accounts.append("Charges Paid Account|KES|-1540.00|-1540.00|0.00|0.00")
        return "0", [("AccountBalance", "&".join(accounts)), ("BOCompletedTime", 20261122154251)]

    def _give(self, e164: str, amount_minor: int, words: str) -> None:
        self.accounts.set_balance(e164, self.accounts.balance_minor(e164) + amount_minor)
        self.accounts.tell(e164, words)
        self.changed(e164)

    def _payment(self, receipt: str) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self.store.execute(
            "SELECT * FROM payment WHERE receipt = ?", (receipt,)
        ).fetchone()
        return found

    def _payer(self, receipt: str) -> str:
        row = self._payment(receipt)
        return str(row["e164"]) if row else ""

    def _require(self, body: Body, command: str, initiator: str) -> None:
        if body.get("CommandID") != command:
            raise invalid("CommandID")
        for name in (initiator, "SecurityCredential", "Remarks"):
            if not text_of(body, name):
                raise invalid(name)

    def _require_party(self, body: Body) -> None:
        if text_of(body, "PartyA") != self.shortcode:
            raise invalid("PartyA")
        if text_of(body, "IdentifierType") != "4":
            raise invalid("IdentifierType")

    def _order(
        self,
        kind: str,
        body: Body,
        *,
        order_id: str = "",
        receipt: str = "",
        e164: str = "",
        amount: int = 0,
        about: str = "",
    ) -> Order:
        for name in ("ResultURL", "QueueTimeOutURL"):
            check_callback_url(body.get(name), said_as=name)
        conversation = f"AG_{datetime.now(EAT):%Y%m%d}_{secrets.token_hex(10)}"
        return Order(
            kind=kind,
            conversation_id=conversation,
            order_id=order_id or conversation,
            result_url=str(body["ResultURL"]),
            receipt=receipt,
            e164=e164,
            amount=amount,
            about=about,
        )
