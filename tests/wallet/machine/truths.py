"""The universal invariants of the platform, I1 to I10, as far as money and calls can break them."""

from __future__ import annotations

import logging
import re

from django.db import connection

from sautikit_site.management.commands.verify_ledger import CALLS
from wallet import invariants as books
from wallet.invariants import Invariant

# Nothing is held for nobody: no live call and no refund under way means no hold.
NOBODY_HOLDS = Invariant(
    "idle-holds",
    "A wallet holds money back only for a live call or an open refund.",
    """SELECT 'wallet ' || w.id, 'holds back ' || w.held_minor FROM wallet_wallet w
        WHERE w.held_minor > 0
          AND NOT EXISTS (SELECT 1 FROM calls_call c WHERE c.workspace_id = w.workspace_id
                             AND c.mode = w.mode AND c.status IN ('ringing', 'answered'))
          AND NOT EXISTS (SELECT 1 FROM wallet_refund f JOIN wallet_hold h ON h.id = f.hold_id
                           WHERE h.wallet_id = w.id AND f.status NOT IN ('done', 'failed'))""",
)
UNANSWERED_IS_FREE = Invariant(
    "unanswered",
    "A call that nobody answered costs nothing and keeps no hold.",
    """SELECT 'call ' || c.id, c.status || ' costs ' || c.cost_minor FROM calls_call c
         LEFT JOIN wallet_hold h ON h.id = c.hold_id
        WHERE c.ended_at IS NOT NULL AND (c.cost_minor IS NULL OR h.status = 'placed'
              OR (c.answered_at IS NULL AND c.cost_minor <> 0))""",
)
ONE_ENDING = Invariant(
    "endings",
    "A call that is over was announced once, and one that is not over never.",
    """SELECT 'call ' || c.id, c.status || ' was announced ' || count(e.id) || ' times'
         FROM calls_call c LEFT JOIN kernel_event e
           ON e.call_id = c.id AND e.kind IN ('call.completed', 'call.failed')
        GROUP BY c.id HAVING count(e.id) <> CASE WHEN c.ended_at IS NULL THEN 0 ELSE 1 END""",
)
DELIVERED = Invariant(
    "deliveries",
    "Each event that has its sequence has one delivery for the endpoint that wants it.",
    """SELECT 'event ' || e.event_id, count(d.id) || ' deliveries'
         FROM kernel_event e JOIN webhooks_endpoint p
           ON p.workspace_id = e.workspace_id AND p.mode = e.mode
         LEFT JOIN webhooks_delivery d ON d.event_id = e.id AND d.endpoint_id = p.id
        WHERE e.sequence IS NOT NULL GROUP BY e.event_id HAVING count(d.id) <> 1""",
)
IN_ORDER = Invariant(
    "order",
    "The numbers of a call's events rise, and its time line has no gap.",
    """SELECT 'call ' || call_id, 'event ' || call_number || ' comes after ' || before
         FROM (SELECT call_id, call_number, lag(call_number) OVER
                      (PARTITION BY call_id ORDER BY id) AS before
                 FROM kernel_event WHERE call_id IS NOT NULL) o
        WHERE call_number IS NULL OR before >= call_number
        UNION ALL
       SELECT 'call ' || c.id, count(e.id) || ' rows up to ' || coalesce(max(e.number), 0)
         FROM calls_call c LEFT JOIN calls_callevent e ON e.call_id = c.id
        GROUP BY c.id HAVING count(e.id) <> coalesce(max(e.number), 0)""",
)
NO_LIMBO = Invariant(
    "limbo",
    "A live call has a leg that can still end it; a call that is over has none.",
    """SELECT 'call ' || c.id, c.status || ' with ' || count(l.id) || ' open legs'
         FROM calls_call c LEFT JOIN calls_leg l ON l.call_id = c.id AND l.state <> 'ended'
        GROUP BY c.id
       HAVING (c.status IN ('ringing', 'answered')) AND count(l.id) = 0
           OR c.status NOT IN ('ringing', 'answered')
              AND bool_or(l.state = 'answered' AND l.id = c.winner_id)""",
)

# Which rules of the books prove which universal invariant (the names of the fault table).
UNIVERSAL = {
    "I1": (books.BALANCES, books.TOTAL_IS_ZERO, books.POSTINGS_BALANCE,
           books.POSTINGS_SAY_THEIR_AMOUNT, books.OWNERS, books.DEBTS),
    "I2": (books.CHAINS,),
    "I3": (books.HELD, books.CAPTURES, NOBODY_HOLDS),
    "I5": (*CALLS, UNANSWERED_IS_FREE),
    "I6": (ONE_ENDING, DELIVERED),
    "I7": (IN_ORDER,),
    "I8": (books.RECEIPTS, books.PAID_IN, books.TOPUPS, books.REVERSALS, books.SUSPENSE),
    "I9": (NO_LIMBO,),
}  # fmt: skip
# One statement for all of them keeps a step cheap.
ALL = " UNION ALL ".join(
    f"SELECT '{name} {rule.name}', w.* FROM ({rule.query}) w (row, wrong)"
    for name, rules in UNIVERSAL.items()
    for rule in rules
)

# What a story came to.
TALLY = """
    SELECT 'calls ' || status, count(*) FROM calls_call GROUP BY 1
    UNION ALL SELECT 'receipts ' || status, count(*) FROM wallet_mpesareceipt GROUP BY 1
    UNION ALL SELECT 'refunds ' || status, count(*) FROM wallet_refund GROUP BY 1
    UNION ALL SELECT 'topups ' || status, count(*) FROM wallet_topup GROUP BY 1
    UNION ALL SELECT 'postings ' || kind, count(*) FROM wallet_posting GROUP BY 1
    UNION ALL SELECT 'holds ' || status, count(*) FROM wallet_hold GROUP BY 1
"""


def broken():
    """Return every broken rule with the row that breaks it: I1 to I3 and I5 to I9."""
    with connection.cursor() as cursor:
        cursor.execute(ALL)
        return cursor.fetchall()


def acknowledged_once(acked):
    """I4: what was acknowledged exists, once, and nothing else does."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT count(*) FROM calls_call WHERE direction = 'outbound'),
                      (SELECT count(*) FROM wallet_topup WHERE channel = 'stk'),
                      (SELECT count(*) FROM numbers_number)"""
        )
        made = dict(zip(("calls", "topups", "claims"), cursor.fetchone(), strict=True))
    wanted = {name: len(ids) for name, ids in acked.items()}
    assert all(len(set(ids)) == len(ids) for ids in acked.values()), f"I4: {acked}"
    assert made == wanted, f"I4: made {made}, acknowledged {wanted}"


def receipts_are_true(payments):
    """I8: every receipt is a payment that was made, and its money is where the payer wanted it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipt_no, amount_minor, status, workspace_id FROM wallet_mpesareceipt"
        )
        rows = cursor.fetchall()
    for receipt_no, amount_minor, status, workspace_id in rows:
        made = payments.get(receipt_no)
        assert made is not None, f"I8: nobody paid {receipt_no}"
        assert amount_minor == made.amount_minor, f"I8: {receipt_no} is {amount_minor}"
        assert workspace_id == made.owner, f"I8: {receipt_no} went to {workspace_id}"
        expected = "suspense" if made.owner is None else "credited"
        assert status == ("reversed" if made.is_back else expected), f"I8: {receipt_no} {status}"


class Listener(logging.Handler):
    """I10: hears what the platform logs and finds what must never be in it."""

    PHONE = re.compile(r"(?:\+?254|\b0)7\d{8}\b")

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.secrets = set()
        self.leaks = []

    def emit(self, record):
        text = record.getMessage()
        if self.PHONE.search(text) or any(secret in text for secret in self.secrets):
            self.leaks.append(text)

    def check(self):
        assert not self.leaks, f"I10: {self.leaks}"
