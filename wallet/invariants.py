"""What must be true of the books at every moment, each as a query that finds the first row where it is not."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Invariant:
    """A sentence, and a query of (row, what is wrong with it) that is empty while it holds."""

    name: str
    sentence: str
    query: str

    def first_broken(self) -> str | None:
        """Return the first row that breaks it, in words."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM ({self.query}) broken ORDER BY 1 LIMIT 1")  # noqa: S608
            row = cursor.fetchone()
        return None if row is None else f"{row[0]}: {row[1]}"


POSTINGS_BALANCE = Invariant(
    "postings",
    "Every posting has two entries or more, and they sum to zero.",
    """SELECT 'posting ' || p.id, count(e.id) || ' entries sum to ' || coalesce(sum(e.amount_minor), 0)
         FROM wallet_posting p LEFT JOIN wallet_entry e ON e.posting_id = p.id
        GROUP BY p.id HAVING count(e.id) < 2 OR sum(e.amount_minor) <> 0""",
)
POSTINGS_SAY_THEIR_AMOUNT = Invariant(
    "amounts",
    "The entries of a posting move its net and its VAT, no more and no less.",
    """SELECT 'posting ' || id, 'says ' || gross || ' with VAT ' || vat_minor
              || ' but its entries move ' || moved || ' with VAT ' || vat_moved
         FROM (SELECT p.id, p.net_minor + p.vat_minor AS gross, p.vat_minor,
                      abs(coalesce(sum(e.amount_minor) FILTER (WHERE CASE
                          WHEN p.workspace_id IS NULL THEN e.account = 'suspense'
                          ELSE e.account IN ('wallet', 'receivable') END), 0)) AS moved,
                      abs(coalesce(sum(e.amount_minor) FILTER (WHERE e.account = 'vat_payable'), 0))
                      AS vat_moved
                 FROM wallet_posting p JOIN wallet_entry e ON e.posting_id = p.id
                GROUP BY p.id) each_posting
        WHERE (moved, vat_moved) <> (gross, vat_minor)""",
)
TOTAL_IS_ZERO = Invariant(
    "total",
    "All entries of a currency sum to zero.",
    """SELECT 'currency ' || p.currency, 'all entries sum to ' || sum(e.amount_minor)
         FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
        GROUP BY p.currency HAVING sum(e.amount_minor) <> 0""",
)
BALANCES = Invariant(
    "balances",
    "The balance of a wallet is the sum of its entries.",
    """SELECT 'wallet ' || w.id, 'holds ' || w.balance_minor || ' but its entries sum to '
              || coalesce(sum(e.amount_minor), 0)
         FROM wallet_wallet w LEFT JOIN wallet_entry e ON e.wallet_id = w.id
        GROUP BY w.id HAVING w.balance_minor <> coalesce(sum(e.amount_minor), 0)""",
)
CHAINS = Invariant(
    "chains",
    "Each balance of a wallet is the one before plus what moved.",
    """SELECT 'entry ' || lpad(id::text, 12), 'of wallet ' || wallet_id || ': ' || before || ' and '
              || amount_minor || ' is not ' || balance_after_minor
         FROM (SELECT id, wallet_id, amount_minor, balance_after_minor,
                      coalesce(lag(balance_after_minor) OVER (PARTITION BY wallet_id ORDER BY id), 0)
                      AS before
                 FROM wallet_entry WHERE wallet_id IS NOT NULL) chain
        WHERE before + amount_minor <> balance_after_minor""",
)
OWNERS = Invariant(
    "owners",
    "The entry of a wallet belongs to a posting of the same workspace, mode and currency.",
    """SELECT 'entry ' || lpad(e.id::text, 12), 'of wallet ' || w.id || ' is in posting ' || p.id
         FROM wallet_entry e JOIN wallet_wallet w ON w.id = e.wallet_id
         JOIN wallet_posting p ON p.id = e.posting_id
        WHERE (p.workspace_id, p.mode, p.currency)
              IS DISTINCT FROM (w.workspace_id, w.mode, w.currency)""",
)
HELD = Invariant(
    "holds",
    "What a wallet holds back is the sum of its open holds, and never more than it has.",
    """SELECT 'wallet ' || w.id, 'holds back ' || w.held_minor || ' of ' || w.balance_minor
              || ' but its open holds are ' || coalesce(sum(h.amount_minor), 0)
         FROM wallet_wallet w
         LEFT JOIN wallet_hold h ON h.wallet_id = w.id AND h.status = 'placed'
        GROUP BY w.id
       HAVING w.held_minor <> coalesce(sum(h.amount_minor), 0)
           OR w.held_minor > w.balance_minor OR w.balance_minor < 0""",
)
CAPTURES = Invariant(
    "captures",
    "A captured hold took one posting of its wallet, and at most what was held.",
    """SELECT 'hold ' || h.id, 'of ' || h.amount_minor || ' took ' || p.net_minor + p.vat_minor
              || ' in posting ' || p.id
         FROM wallet_hold h JOIN wallet_posting p ON p.id = h.posting_id
         JOIN wallet_wallet w ON w.id = h.wallet_id
        WHERE p.net_minor + p.vat_minor > h.amount_minor OR p.source_ref <> h.key
           OR (p.workspace_id, p.mode) IS DISTINCT FROM (w.workspace_id, w.mode)""",
)
DEBTS = Invariant(
    "debts",
    "What a workspace owes is what the books say that it owes.",
    """SELECT 'wallet ' || w.id, 'owes ' || w.receivable_minor || ' but the books say '
              || -coalesce(sum(e.amount_minor), 0)
         FROM wallet_wallet w
         LEFT JOIN wallet_posting p ON p.workspace_id = w.workspace_id AND p.mode = w.mode
         LEFT JOIN wallet_entry e ON e.posting_id = p.id AND e.account = 'receivable'
        GROUP BY w.id HAVING w.receivable_minor <> -coalesce(sum(e.amount_minor), 0)""",
)
RECEIPTS = Invariant(
    "receipts",
    "A receipt that is credited was credited once, to its workspace and in full.",
    """SELECT 'receipt ' || r.receipt_no, r.status || ', credited ' || count(p.id) || ' times with '
              || coalesce(sum(p.net_minor), 0) || ' of ' || r.amount_minor
         FROM wallet_mpesareceipt r
         LEFT JOIN wallet_posting p ON p.source_ref = r.receipt_no
              AND p.kind IN ('topup', 'suspense_release')
        WHERE r.status IN ('credited', 'suspense')
        GROUP BY r.receipt_no
       HAVING CASE r.status
              WHEN 'credited' THEN count(p.id) <> 1 OR min(p.net_minor) <> r.amount_minor
                   OR bool_or(p.workspace_id IS DISTINCT FROM r.workspace_id)
              ELSE count(p.id) <> 0 END""",
)
PAID_IN = Invariant(
    "paid-in",
    "Money of a live top-up has a receipt behind it.",
    """SELECT 'posting ' || p.id, 'says receipt ' || p.source_ref || ', which nobody gave'
         FROM wallet_posting p
        WHERE p.kind IN ('topup', 'suspense', 'suspense_release') AND p.mode = 'live'
          AND NOT EXISTS (SELECT 1 FROM wallet_mpesareceipt r WHERE r.receipt_no = p.source_ref)""",
)
TOPUPS = Invariant(
    "top-ups",
    "A top-up is confirmed exactly when its money was posted.",
    """SELECT 'top-up ' || t.id, t.status || ' with receipt ' || coalesce(nullif(
              t.provider_reference, ''), 'none')
         FROM wallet_topup t
        WHERE t.status = 'paid' AND NOT EXISTS (SELECT 1 FROM wallet_posting p
               WHERE p.workspace_id = t.workspace_id AND p.kind IN ('topup', 'suspense_release')
                 AND (p.source_ref = t.provider_reference OR p.topup_id = t.id))
        UNION ALL
       SELECT 'top-up ' || t.id, t.status || ' though posting ' || p.id || ' paid it'
         FROM wallet_posting p JOIN wallet_topup t ON t.id = p.topup_id WHERE t.status <> 'paid'""",
)
REVERSALS = Invariant(
    "reversals",
    "A receipt that was reversed was reversed once, in full, and no other was.",
    """SELECT 'receipt ' || r.receipt_no, r.status || ', reversed ' || count(p.id) || ' times with '
              || coalesce(sum(p.net_minor), 0) || ' of ' || r.amount_minor
         FROM wallet_mpesareceipt r
         LEFT JOIN wallet_posting p ON p.kind = 'reversal'
              AND (p.source_ref = r.receipt_no OR split_part(p.source_ref, ':', 1) = 'refund'
              AND split_part(p.source_ref, ':', 2) = r.receipt_no)
        GROUP BY r.receipt_no
       HAVING CASE r.status
              WHEN 'reversed' THEN count(p.id) <> 1 OR min(p.net_minor) <> r.amount_minor
              ELSE count(p.id) <> 0 END""",
)
PAYOUTS = Invariant(
    "payouts",
    "What was paid out of a payment was ordered, and is no more than was paid.",
    """SELECT 'posting ' || p.id, 'paid out ' || p.net_minor || ' that nobody ordered'
         FROM wallet_posting p
        WHERE p.kind = 'reversal' AND split_part(p.source_ref, ':', 1) = 'payout'
          AND NOT EXISTS (SELECT 1 FROM wallet_refund f JOIN wallet_hold h ON h.id = f.hold_id
               WHERE h.key = p.source_ref AND f.way = 'b2c' AND f.status = 'done'
                 AND f.amount_minor = p.net_minor)
        UNION ALL
       SELECT 'receipt ' || r.receipt_no, 'paid out ' || sum(f.amount_minor) || ' of '
              || r.amount_minor
         FROM wallet_refund f JOIN wallet_mpesareceipt r ON r.receipt_no = f.receipt_id
        WHERE f.way = 'b2c' AND f.status = 'done'
        GROUP BY r.receipt_no HAVING sum(f.amount_minor) > r.amount_minor""",
)
SUSPENSE = Invariant(
    "suspense",
    "The suspense account is the sum of the receipts that wait in it.",
    """SELECT 'currency ' || currency, 'suspense is ' || sum(booked) || ' but receipts wait with '
              || sum(waiting)
         FROM (SELECT p.currency, e.amount_minor AS booked, 0 AS waiting
                 FROM wallet_entry e JOIN wallet_posting p ON p.id = e.posting_id
                WHERE e.account = 'suspense'
                UNION ALL
               SELECT currency, 0, amount_minor FROM wallet_mpesareceipt
                WHERE status = 'suspense') both_sides
        GROUP BY currency HAVING sum(booked) <> sum(waiting)""",
)
BILLS = Invariant(
    "bills",
    "A call was charged what its billed seconds and the price it kept come to.",
    """SELECT 'posting ' || p.id, 'took ' || p.net_minor + p.vat_minor || ' for '
              || (b.facts->>'billed_seconds') || ' s at ' || (b.facts->>'rate_minor_per_minute')
         FROM wallet_posting p JOIN wallet_basis b ON b.posting_id = p.id
        WHERE b.facts ? 'billed_seconds' AND p.net_minor + p.vat_minor
              <> ((b.facts->>'billed_seconds')::bigint * (b.facts->>'rate_minor_per_minute')::bigint
                  + 59) / 60""",
)
LIMITS = Invariant(
    "limits",
    "What a day limit has counted is what the holds of its day count.",
    """SELECT 'limit ' || l.id, 'counts ' || l.committed_minor || ' of ' || l.counted_on
              || ' but its holds count ' || coalesce(sum(h.counted_minor), 0)
         FROM wallet_limit l
         LEFT JOIN wallet_hold h ON h.wallet_id = l.wallet_id AND h.counted_on = l.counted_on
              AND (l.api_key_id IS NULL OR h.api_key_id = l.api_key_id)
        GROUP BY l.id HAVING l.committed_minor <> coalesce(sum(h.counted_minor), 0)""",
)

WALLET = (
    POSTINGS_BALANCE,
    POSTINGS_SAY_THEIR_AMOUNT,
    TOTAL_IS_ZERO,
    BALANCES,
    CHAINS,
    OWNERS,
    HELD,
    CAPTURES,
    DEBTS,
    RECEIPTS,
    PAID_IN,
    TOPUPS,
    REVERSALS,
    PAYOUTS,
    SUSPENSE,
    BILLS,
    LIMITS,
)
