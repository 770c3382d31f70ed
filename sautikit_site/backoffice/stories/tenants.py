"""The stories of a workspace, a person, a key, a paper and a posting."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from accounts.models import ApiKey, Invitation, Membership, User, Workspace
from calls.models import Call, CallPolicy, Rate
from kernel.models import AuditEntry, FlagOverride
from numbers.models import Number
from sautikit_site.backoffice.stories import calling, payments
from sautikit_site.backoffice.story import (
    LINES_MAX,
    Line,
    Link,
    Story,
    audit_lines,
    moment,
    money,
    story_url,
    to,
    to_row,
    who,
)
from wallet.models import Document, MpesaReceipt, Posting, TopUp, Wallet
from webhooks.models import Delivery, Endpoint

NEWEST = 20


def of_workspace(key: str) -> Story | None:
    """Tell everything newest of a workspace: money, calls, numbers, people, webhooks, changes."""
    workspace = Workspace.objects.filter(pk=key).first()
    if workspace is None:
        return None
    policy = CallPolicy.objects.filter(pk=workspace.pk).first()
    audit = list(
        AuditEntry.objects.filter(workspace_id=workspace.pk).order_by("-created_at")[:LINES_MAX]
    )
    story = Story(title=workspace.name, answer=_standing(workspace, policy, audit))
    story.tone = "bad" if workspace.is_suspended or (policy and policy.is_stopped) else "good"
    _workspace_facts(story, workspace, policy)
    return story.told(
        _money_lines(workspace),
        _call_lines(workspace),
        _number_lines(workspace),
        _people_lines(workspace),
        _webhook_lines(workspace),
        audit_lines(audit),
        newest_first=True,
    )


def _standing(workspace: Workspace, policy: CallPolicy | None, audit: list[AuditEntry]) -> str:
    said = []
    if workspace.is_suspended:
        said.append(f"Suspended{_because(audit, 'workspace.suspended')}")
    if policy and policy.is_stopped:
        said.append(f"All calls are stopped{_because(audit, 'calls.stopped')}")
    return ". ".join(said or ["Active: nothing is suspended or stopped"]) + "."


def _because(audit: list[AuditEntry], kind: str) -> str:
    row = next((row for row in audit if row.action_kind == kind), None)
    if row is None:
        return ""
    return f" by {who([row.actor])[row.actor]} on {moment(row.created_at)}: {row.reason}"


def _workspace_facts(story: Story, workspace: Workspace, policy: CallPolicy | None) -> None:
    story.fact("Slug", workspace.slug)
    story.fact("M-Pesa account number", workspace.mpesa_account_ref)
    for wallet in Wallet.objects.filter(workspace=workspace).order_by("mode"):
        told = f"{money(wallet.balance_minor)}, {money(wallet.held_minor)} of it held"
        owed = f", {money(wallet.receivable_minor)} owed" if wallet.receivable_minor else ""
        story.fact(f"Wallet ({wallet.mode})", told + owed)
    if policy:
        story.fact("Calls a second", policy.calls_per_second)
        story.fact("Calls at once", policy.concurrent_calls_max)
    for rate in Rate.objects.filter(workspace=workspace).order_by("-pk")[:5]:
        story.fact(f"Own price {rate.direction} {rate.prefix}", money(rate.minor_per_minute),
                   story_url("rate", rate.prefix))  # fmt: skip
    for flag in FlagOverride.objects.filter(workspace_id=workspace.pk).order_by("flag"):
        story.fact(f"Feature {flag.flag}", "on" if flag.is_on else "off")
    here = str(workspace.pk)
    story.links += [
        to_row("Workspace", "accounts_workspace", workspace.pk),
        Link("Look into it", reverse("backoffice:impersonate", args=[here])),
        Link("Limits", _limits_url(workspace, policy)),
        Link("Kill switch", f"{reverse('admin:calls_kill_switch')}?workspace={here}"),
        Link("Own price", f"{reverse('admin:calls_rate_add')}?workspace={here}"),
        Link("Feature", f"{reverse('admin:kernel_flag_switch')}?workspace={here}"),
    ]


def _limits_url(workspace: Workspace, policy: CallPolicy | None) -> str:
    if policy:
        return reverse("admin:calls_callpolicy_change", args=[policy.pk])
    return f"{reverse('admin:calls_callpolicy_add')}?workspace={workspace.pk}"


def _money_lines(workspace: Workspace) -> Iterator[Line]:
    for mode in ("live", "test"):
        rows = Posting.objects.filter(
            entries__wallet__workspace=workspace, entries__wallet__mode=mode
        ).order_by("-entries__id")
        for posting in rows[:NEWEST]:
            yield Line(
                posting.created_at,
                "Ledger",
                f"{posting.get_kind_display()} {money(posting.gross_minor)} ({mode})",
                detail=posting.description,
                links=(to("posting", posting.pk, "posting"),),
            )
    for topup in TopUp.objects.filter(workspace=workspace).order_by("-created_at")[:NEWEST]:
        yield Line(
            topup.created_at,
            "Top-up",
            f"{money(topup.amount_minor)} {topup.public_status} {topup.failure_reason}".strip(),
            detail=topup.provider_reference,
            tone="bad" if topup.status == "failed" else "",
            links=(to("topup", topup.pk, "payment"),),
        )
    for receipt in MpesaReceipt.objects.filter(workspace=workspace).order_by("-created_at")[
        :NEWEST
    ]:
        yield Line(receipt.created_at, "Receipt", f"{receipt.receipt_no}: {receipt.status}",
                   links=(to("receipt", receipt.receipt_no, "payment"),))  # fmt: skip


def _call_lines(workspace: Workspace) -> Iterator[Line]:
    for mode in ("live", "test"):
        rows = Call.objects.filter(workspace=workspace, mode=mode).order_by("-created_at", "-pk")
        for call in rows[:NEWEST]:
            yield Line(
                call.created_at,
                "Call",
                f"{call.direction} {call.local_e164} ↔ {call.remote_e164}: {call.status}",
                detail=money(call.cost_minor) if call.cost_minor is not None else "",
                links=(to("call", call.pk, call.session_id),),
            )


def _number_lines(workspace: Workspace) -> Iterator[Line]:
    for number in Number.objects.filter(workspace=workspace).order_by("-created_at")[:NEWEST]:
        yield Line(number.claimed_at, "Number", f"{number.e164}: {number.status} now",
                   links=(to("number", number.e164, number.e164),))  # fmt: skip


def _people_lines(workspace: Workspace) -> Iterator[Line]:
    rows = Membership.objects.select_related("user").filter(workspace=workspace)
    for member in rows.order_by("created_at")[:LINES_MAX]:
        yield Line(member.created_at, "Member", f"{member.user.email} came, {member.role} now",
                   links=(to("person", member.user.email, "person"),))  # fmt: skip
    for key in ApiKey.objects.filter(workspace=workspace).order_by("-created_at")[:NEWEST]:
        yield Line(key.created_at, "API key", f"“{key.label}” ({key.prefix}…): {key.state} now",
                   links=(to("key", key.pk, "key"),))  # fmt: skip


def _webhook_lines(workspace: Workspace) -> Iterator[Line]:
    endpoints = list(Endpoint.objects.filter(workspace=workspace).order_by("-created_at")[:NEWEST])
    for endpoint in endpoints:
        yield Line(endpoint.created_at, "Webhook", f"{endpoint.url}: {endpoint.status} now",
                   tone="bad" if endpoint.failing_since else "",
                   links=(to("endpoint", endpoint.pk, "endpoint"),))  # fmt: skip
    lost = Delivery.objects.select_related("event").filter(
        endpoint__in=endpoints, status="dead_letter"
    )
    yield from map(calling.delivery_line, lost.order_by("-created_at")[:NEWEST])


def of_person(key: str) -> Story | None:
    """Tell where a person belongs, who invited them, and what they changed."""
    user = User.objects.filter(email=key.lower()).first()
    invited = list(
        Invitation.objects.select_related("workspace", "invited_by")
        .filter(email=key.lower())
        .order_by("-created_at")[:LINES_MAX]
    )
    if user is None and not invited:
        return None
    members = list(Membership.objects.select_related("workspace").filter(user=user)) if user else []
    story = Story(title=key.lower(), answer=_person_answer(user, members, invited))
    if user:
        story.fact("Name", user.name)
        story.fact("Operator", "yes" if user.is_staff else "")
        story.links.append(to_row("Person", "accounts_user", user.pk))
    for member in members:
        story.fact(member.workspace.name, member.role, story_url("workspace", member.workspace_id))
    names = Q(subject=f"user:{user.pk}") | Q(actor=f"user:{user.pk}") if user else Q(pk__in=[])
    mine = {str(member.workspace_id) for member in members}
    audit = AuditEntry.objects.filter(
        names, Q(workspace_id__in=mine) | Q(subject=f"user:{user and user.pk}")
    )
    return story.told(
        _invitation_lines(invited),
        audit_lines(list(audit.order_by("-created_at")[:LINES_MAX])),
        newest_first=True,
    )


def _person_answer(user: User | None, members: list[Membership], invited: list[Invitation]) -> str:
    said = [f"{each.role} of {each.workspace.name}" for each in members]
    parts = [", ".join(said) or "Belongs to no workspace"]
    for each in invited[:3]:
        by = each.invited_by.email if each.invited_by else "somebody who is gone"
        parts.append(f"invited to {each.workspace.name} by {by} ({each.state})")
    if user and not user.is_active:
        parts.append("may not sign in")
    return "; ".join(parts) + "."


def _invitation_lines(rows: list[Invitation]) -> Iterator[Line]:
    for row in rows:
        by = row.invited_by.email if row.invited_by else "somebody who is gone"
        links = (to("workspace", row.workspace_id, row.workspace.name),)
        yield Line(row.created_at, "Invitation", f"To {row.workspace.name} as {row.role} by {by}",
                   detail=row.state, links=links)  # fmt: skip
        for at, word in ((row.accepted_at, "accepted"), (row.revoked_at, "taken back")):
            if at:
                yield Line(at, "Invitation", f"The invitation to {row.workspace.name} was {word}",
                           links=links)  # fmt: skip


def of_key(key: str) -> Story | None:
    """Tell who made an API key, what it may do, and who revoked it."""
    row = ApiKey.objects.select_related("workspace", "created_by").filter(pk=key).first()
    if row is None:
        return None
    audit = list(AuditEntry.objects.filter(subject=f"api_key:{row.pk}").order_by("-created_at"))
    ended = next((each for each in audit if each.action_kind == "api_key.revoked"), None)
    by = f" by {who([ended.actor])[ended.actor]}" if ended else ""
    reason = f": {ended.reason}" if ended and ended.reason else ""
    story = Story(title=f"API key “{row.label}”", answer=f"It is {row.state}{by}{reason}.")
    story.fact("Workspace", row.workspace.name, story_url("workspace", row.workspace_id))
    story.fact("Begins with", row.prefix)
    story.fact("Mode", row.mode)
    story.fact("Made by", row.created_by.email, story_url("person", row.created_by.email))
    story.fact("May", ", ".join(row.scopes) if row.scopes is not None else "what its maker may")
    story.fact("Last used", moment(row.last_used_at))
    story.links.append(to_row("Key", "accounts_apikey", row.pk))
    return story.told(audit_lines(audit))


def of_document(key: str) -> Story | None:
    """Tell what a paper is about, and lead to the money behind it."""
    series, _, serial = key.rpartition("-")
    rows = Document.objects.select_related("workspace", "posting")
    row = rows.filter(series=series, serial=int(serial)).first() if serial.isdecimal() else None
    if row is None:
        return None
    covers = f"month {row.month}" if row.month else "one payment"
    answer = f"{row.get_kind_display()} of {covers}: {money(row.total_minor, row.currency)}"
    story = Story(title=row.number, answer=f"{answer}, VAT {money(row.vat_minor)}.")
    story.fact("Workspace", row.workspace.name, story_url("workspace", row.workspace_id))
    story.fact("Control unit invoice", row.control_unit_invoice_number)
    story.links.append(to_row("Paper", "wallet_document", row.pk))
    audit = AuditEntry.objects.filter(subject=str(row.pk)).order_by("-created_at")
    about = [Line(row.issued_at, "Paper", f"{row.number} issued")]
    if row.posting:
        about.append(Line(row.posting.created_at, "Ledger", f"{row.posting.get_kind_display()} booked",
                          detail=row.posting.description,
                          links=(to("posting", row.posting.pk, "posting and its cause"),)))  # fmt: skip
    return story.told(about, audit_lines(list(audit)))


def of_posting(key: str) -> Story | None:
    """Tell the story behind a posting: the call, the payment or the number it is for."""
    row = (
        Posting.objects.select_related("workspace")
        .prefetch_related("entries")
        .filter(pk=key)
        .first()
    )
    if row is None:
        return None
    cause = _cause(row)
    if cause is not None:
        return cause
    story = Story(
        title=f"{row.get_kind_display()} {money(row.gross_minor, row.currency)}",
        answer=row.description or row.source_ref,
    )
    if row.workspace:
        story.fact("Workspace", row.workspace.name, story_url("workspace", row.workspace_id))
    number = Number.objects.filter(pk=row.number_id).first() if row.number_id else None
    if number:
        story.fact("Number", number.e164, story_url("number", number.e164))
    story.links.append(to_row("Posting", "wallet_posting", row.pk))
    entries = "; ".join(f"{each.account} {money(each.amount_minor)}" for each in row.entries.all())
    return story.told([Line(row.created_at, "Ledger", "Booked", detail=entries)])


def _cause(row: Posting) -> Story | None:
    if row.call_id:
        return calling.of_call(str(row.call_id))
    if row.kind in ("topup", "suspense", "suspense_release"):
        return payments.of_receipt(row.source_ref) or _topup(row.topup_id)
    return None


def _topup(key: UUID | None) -> Story | None:
    return payments.of_topup(str(key)) if key else None
