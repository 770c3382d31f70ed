"""Ledgers of any shape and age: what the money functions would have booked at a chosen moment."""

from datetime import datetime

from django.db import transaction
from hypothesis import strategies as st

from kernel import clock
from wallet.chart import Account, Kind, contra_account
from wallet.models import Entry, Posting, Wallet

SPENDING = (Kind.CALL, Kind.RENTAL, Kind.STORAGE, Kind.SUPERVISION, Kind.ADJUSTMENT)
GIVING = (Kind.TOPUP, Kind.RENTAL_REFUND, Kind.ADJUSTMENT, Kind.TRIAL)


def nairobi(text):
    return datetime.fromisoformat(text).replace(tzinfo=clock.NAIROBI)


@transaction.atomic
def book(wallet, *, kind, net, vat, sign, at, key):
    """Write one balanced posting; a reversal of more than is there is owed, money in pays it first."""
    row = Wallet.objects.select_for_update().get(pk=wallet.pk)
    gross = sign * (net + vat)
    if kind == Kind.REVERSAL:
        moved = -min(row.balance_minor, net)
    elif sign > 0:
        moved = gross - min(row.receivable_minor, gross)
    else:
        moved = gross
    owed = gross - moved
    after = row.balance_minor + moved
    posting = Posting.objects.create(
        workspace_id=row.workspace_id, mode=row.mode, kind=kind, source_ref=key, currency="KES",
        net_minor=net, vat_minor=vat, created_at=at, description=f"+{kind} {key}",
    )  # fmt: skip
    lines = [(contra_account(kind, row.mode), -sign * net), (Account.VAT_PAYABLE, -sign * vat)]
    lines.append((Account.RECEIVABLE, owed))
    mine = Entry(
        posting=posting, account=Account.WALLET, wallet=row, amount_minor=moved,
        balance_after_minor=after,
    )  # fmt: skip
    others = [
        Entry(posting=posting, account=account, amount_minor=amount)
        for account, amount in lines
        if amount
    ]
    Entry.objects.bulk_create([mine, *others])
    row.balance_minor, row.receivable_minor = after, row.receivable_minor - owed
    row.save(update_fields=["balance_minor", "receivable_minor"])
    return posting


moves = st.lists(
    st.tuples(
        st.sampled_from(["give", "spend", "spend", "spend", "reverse"]),
        st.integers(0, 4),
        st.integers(1, 50_000),
        st.integers(0, 900),
        st.integers(0, 6 * 24 * 60),
    ),
    min_size=1,
    max_size=40,
)


def book_all(wallet, drawn, start):
    """Book what was drawn in the order of time; what the money does not cover is left out."""
    at = start
    for index, (sort, which, net, vat, minutes) in enumerate(drawn):
        at += clock.timedelta(minutes=minutes)
        facts = {"net": net, "vat": vat, "at": at, "key": f"{wallet.id}:{index}"}
        wallet.refresh_from_db()
        if sort == "give":
            kind = GIVING[which % len(GIVING)]
            facts["vat"] = vat if kind in (Kind.RENTAL_REFUND, Kind.ADJUSTMENT) else 0
            book(wallet, kind=kind, sign=1, **facts)
        elif sort == "reverse":
            book(wallet, kind=Kind.REVERSAL, sign=-1, **{**facts, "vat": 0})
        elif wallet.balance_minor >= net + vat and not wallet.receivable_minor:
            book(wallet, kind=SPENDING[which], sign=-1, **facts)
