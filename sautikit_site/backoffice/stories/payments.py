"""The story of a payment: top-up, M-Pesa's messages, receipt, posting, entries, and its way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db.models import Q

from kernel.models import AuditEntry, Event
from sautikit_site.backoffice.story import (
    LINES_MAX,
    Line,
    Story,
    audit_lines,
    moment,
    money,
    story_url,
    to,
    to_row,
)
from wallet.models import (
    Claim,
    Finding,
    Inquiry,
    MpesaEvent,
    MpesaReceipt,
    Posting,
    Refund,
    Release,
    StatementRow,
    TopUp,
)
from wallet.services import suspense

# M-Pesa's own message about a receipt comes close to when we first heard of it.
NEAR: Final = timedelta(minutes=30)
_RECEIPT_KINDS: Final = ("topup", "suspense", "suspense_release", "reversal")
_RECEIPT_WORDS: Final = {
    "credited": "Credited",
    "held": "Credited, and held while it is being sent back",
    "suspense": "In suspense: M-Pesa paid us, but nobody's account number fits",
    "reversed": "Taken back by M-Pesa",
}


def of_topup(key: str) -> Story | None:
    """Tell the story of a top-up by its id."""
    topup = TopUp.objects.select_related("workspace").filter(pk=key).first()
    if topup is None:
        return None
    receipt = topup.receipts.select_related("workspace").order_by("created_at").first()
    if receipt is None and topup.provider_reference:
        receipt = _receipt(topup.provider_reference)
    return _story(topup, receipt)


def of_receipt(key: str) -> Story | None:
    """Tell the story of an M-Pesa receipt, also of one that only a claim or a statement names."""
    receipt = _receipt(key)
    if receipt is not None:
        topup = receipt.topup or _topup_named(key)
        return _story(topup, receipt)
    topup = _topup_named(key)
    if topup is not None:
        return _story(topup, None)
    return _rumour(key)


def _receipt(key: str) -> MpesaReceipt | None:
    return MpesaReceipt.objects.select_related("workspace", "topup").filter(pk=key).first()


def _topup_named(receipt_no: str) -> TopUp | None:
    rows = TopUp.objects.select_related("workspace").filter(provider_reference=receipt_no)
    return rows.first()


def _story(topup: TopUp | None, receipt: MpesaReceipt | None) -> Story:
    number = receipt.receipt_no if receipt else ""
    postings = _postings(topup, number)
    story = Story(
        title=f"Payment {number}" if number else "Top-up without a receipt",
        answer=_answer(topup, receipt, postings),
        tone="good" if receipt and receipt.status == "credited" else "bad",
    )
    workspace = (receipt and receipt.workspace) or (topup and topup.workspace) or None
    if workspace:
        story.fact("Workspace", workspace.name, story_url("workspace", workspace.id))
    if receipt:
        story.fact("Paid", money(receipt.amount_minor, receipt.currency))
        story.fact("Account number typed", receipt.bill_ref_raw)
        payer = receipt.payer_e164
        story.fact("Payer", payer, story_url("phone", payer) if payer else "")
        story.fact("Payer's number ends in", "" if payer else receipt.msisdn_tail)
        story.fact("First heard of by", receipt.first_source)
        story.links.append(to_row("Receipt", "wallet_mpesareceipt", receipt.pk))
    if topup:
        phone = topup.phone_e164
        story.fact("Asked on", phone, story_url("phone", phone) if phone else "")
        story.fact("Asked for", money(topup.amount_minor, topup.currency))
        story.fact("State of the top-up", f"{topup.public_status} ({topup.status})")
        story.links.append(to_row("Top-up", "wallet_topup", topup.pk))
    return story.told(
        _topup_lines(topup),
        _message_lines(topup, receipt),
        _receipt_lines(receipt),
        _posting_lines(postings),
        _way_back(number),
        audit_lines(_audit(number)) if number else (),
        _public_events(topup),
    )


def _answer(topup: TopUp | None, receipt: MpesaReceipt | None, postings: list[Posting]) -> str:
    if receipt is None:
        assert topup is not None
        if topup.status == "failed":
            code = f" (M-Pesa's code {topup.result_code})" if topup.result_code else ""
            source = f", said by the {topup.failure_source}" if topup.failure_source else ""
            return f"It failed: {topup.failure_reason or 'no reason given'}{code}{source}. No money came."
        return f"No money came yet: the top-up is {topup.status}."
    words = _RECEIPT_WORDS[receipt.status]
    if receipt.status == "suspense":
        owners = ", ".join(
            f"{each.workspace.name} ({each.workspace.mpesa_account_ref})"
            for each in suspense.suggestions(receipt)
        )
        typed = receipt.bill_ref_raw or "nothing"
        return f"{words}. Typed: “{typed}”. Possible owners: {owners or 'none known'}."
    assert receipt.workspace is not None
    after = next((_after(each) for each in postings if each.kind != "suspense"), "")
    return f"{words}: {money(receipt.amount_minor)} to {receipt.workspace.name}{after}."


def _after(posting: Posting) -> str:
    entry = next((each for each in posting.entries.all() if each.account == "wallet"), None)
    if entry is None:
        return ""
    return f" at {moment(posting.created_at)}, balance after it {money(entry.balance_after_minor)}"


def _postings(topup: TopUp | None, receipt_no: str) -> list[Posting]:
    """Find what was booked: by the receipt, which is the key of its money, or by the test top-up's id."""
    names = Q(pk__in=[])
    if receipt_no:
        names |= Q(kind__in=_RECEIPT_KINDS, source_ref=receipt_no)
        names |= Q(kind="reversal", source_ref__startswith=receipt_no)
    if topup:
        names |= Q(
            workspace_id=topup.workspace_id, mode=topup.mode, kind="topup", topup_id=topup.pk
        )
    rows = Posting.objects.filter(names).prefetch_related("entries").order_by("created_at")
    return list(rows[:LINES_MAX])


def _topup_lines(topup: TopUp | None) -> Iterator[Line]:
    if topup is None:
        return
    yield Line(
        topup.created_at,
        "Top-up",
        f"{money(topup.amount_minor)} asked for by {topup.get_channel_display()}",
        detail=f"account number {topup.account_ref}",
        links=(to("topup", topup.pk, "top-up"),),
    )
    if topup.submitted_at:
        yield Line(topup.submitted_at, "M-Pesa", "The prompt was sent to the phone",
                   detail=f"checkout request {topup.checkout_request_id}")  # fmt: skip
    if topup.failed_at:
        yield Line(topup.failed_at, "Top-up", f"Failed: {topup.failure_reason}", tone="bad",
                   detail=f"code {topup.result_code}" if topup.result_code else "")  # fmt: skip
    if topup.paid_at:
        yield Line(topup.paid_at, "Top-up", f"Paid: {money(topup.paid_minor)}", tone="good")


def _message_lines(topup: TopUp | None, receipt: MpesaReceipt | None) -> Iterator[Line]:
    wanted = Q(pk__in=[])
    if topup:
        wanted |= Q(topup=topup)
    if receipt:
        near = (receipt.created_at - NEAR, receipt.created_at + NEAR)
        wanted |= Q(received_at__range=near, outcome__contains=receipt.receipt_no)
    for event in MpesaEvent.objects.filter(wanted).defer("raw").order_by("id")[:LINES_MAX]:
        yield Line(
            event.received_at,
            "M-Pesa",
            f"{event.kind.replace('_', ' ')} arrived: {event.outcome or 'not looked at yet'}",
            detail=f"from {event.source_ip}" if event.source_ip else "",
            links=(to_row("message", "wallet_mpesaevent", event.pk),),
        )


def _receipt_lines(receipt: MpesaReceipt | None) -> Iterator[Line]:
    if receipt is None:
        return
    if receipt.paid_at:
        yield Line(receipt.paid_at, "M-Pesa", f"{receipt.receipt_no} paid at Safaricom")
    yield Line(
        receipt.created_at,
        "Receipt",
        f"{receipt.receipt_no} written, {receipt.status} now",
        detail=f"heard by {', '.join(receipt.sources) or receipt.first_source}",
        tone="good" if receipt.status == "credited" else "bad",
    )
    if receipt.verified_at:
        yield Line(receipt.verified_at, "Receipt", f"Vouched for by {receipt.verified_by}")


def _posting_lines(postings: list[Posting]) -> Iterator[Line]:
    for posting in postings:
        entries = "; ".join(
            f"{entry.account} {money(entry.amount_minor)}" for entry in posting.entries.all()
        )
        yield Line(
            posting.created_at,
            "Ledger",
            f"{posting.get_kind_display()} {money(posting.gross_minor)} booked",
            detail=entries,
            links=(to_row("posting", "wallet_posting", posting.pk),),
        )


def _way_back(receipt_no: str) -> Iterator[Line]:
    """Tell of claims, releases, refunds, questions to M-Pesa and what statements said."""
    if not receipt_no:
        return
    for claim in Claim.objects.select_related("workspace").filter(receipt_no=receipt_no):
        yield Line(claim.made_at, "Claim", f"{claim.workspace.name} says it is theirs: {claim.status}",
                   links=(to_row("claim", "wallet_claim", claim.pk),))  # fmt: skip
    for release in Release.objects.select_related("workspace").filter(receipt_id=receipt_no):
        yield Line(release.asked_at, "Release", f"To {release.workspace.name}: {release.status}",
                   detail=release.reason, links=(to_row("release", "wallet_release", release.pk),))  # fmt: skip
    for refund in Refund.objects.filter(receipt_id=receipt_no):
        yield Line(
            refund.asked_at,
            "Refund",
            f"{money(refund.amount_minor)} back by {refund.get_way_display()}: {refund.status}",
            detail=refund.reason + (f", code {refund.result_code}" if refund.result_code else ""),
            links=(to_row("refund", "wallet_refund", refund.pk),),
        )
    for inquiry in Inquiry.objects.filter(receipt_no=receipt_no):
        yield Line(inquiry.asked_at, "M-Pesa", f"Asked whether it is real: {inquiry.status}",
                   detail=inquiry.outcome, links=(to_row("inquiry", "wallet_inquiry", inquiry.pk),))  # fmt: skip
    for row in StatementRow.objects.filter(receipt_no=receipt_no)[:LINES_MAX]:
        yield Line(row.completed_at, "Statement", f"Line {row.line_no}: {row.verdict}",
                   links=(to_row("statement", "wallet_statement", row.statement_id),))  # fmt: skip
    for finding in Finding.objects.filter(receipt_no=receipt_no):
        yield Line(finding.found_at, "Finding", f"{finding.get_kind_display()}: {finding.status}",
                   links=(to_row("finding", "wallet_finding", finding.pk),))  # fmt: skip


def _audit(receipt_no: str) -> list[AuditEntry]:
    rows = AuditEntry.objects.filter(subject=receipt_no).order_by("-created_at")
    return list(rows[:LINES_MAX])


def _public_events(topup: TopUp | None) -> Iterator[Line]:
    if topup is None:
        return
    since = topup.created_at
    rows = Event.objects.filter(
        workspace_id=topup.workspace_id, mode=topup.mode, kind="wallet.top_up",
        sequence__isnull=False, occurred_at__gte=since, occurred_at__lte=since + timedelta(days=3),
    )  # fmt: skip
    for event in rows.order_by("sequence")[:LINES_MAX]:
        if str(topup.pk) in str(event.payload) or (
            topup.provider_reference and topup.provider_reference in str(event.payload)
        ):
            yield Line(event.occurred_at, "Event", f"{event.kind} announced",
                       links=(to("event", event.event_id, "event and its deliveries"),))  # fmt: skip


def _rumour(receipt_no: str) -> Story | None:
    """Tell what others say of a receipt that never reached us."""
    lines = list(_way_back(receipt_no))
    if not lines:
        return None
    story = Story(
        title=f"Payment {receipt_no}",
        answer="M-Pesa never told us of this payment, but somebody else names it.",
        tone="bad",
    )
    return story.told(lines, audit_lines(_audit(receipt_no)))
