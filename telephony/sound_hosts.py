"""Where sounds may come from: the server of the document, uploads, and the list of the workspace.

Decision 0035 says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from calls.models import Call
from kernel import audit
from kernel.errors import BadRequest
from kernel.phrases import Phrase
from numbers.models import Number
from numbers.states import HELD
from telephony.errors import PlayHostDenied
from telephony.interpreter.addresses import SIP, addresses
from telephony.interpreter.document import Remark
from telephony.interpreter.lint import Verdict
from telephony.models import Session, SoundHosts

HOSTS_MAX: Final = 50
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# A name of at least two parts, an address, or every name below one: *.acme.example.
HOST: Final = re.compile(rf"(\*\.)?({_LABEL}\.)+{_LABEL}")
SOUNDS: Final = {("play", "url"), ("conference", "wait_url")}


def hosts_of(workspace_id: UUID) -> list[str]:
    """Return the list of a workspace, in its order."""
    found = SoundHosts.objects.filter(pk=workspace_id).first()
    return found.hosts if found else []


@transaction.atomic
def set_hosts(*, workspace_id: UUID, hosts: Iterable[str], actor: str) -> list[str]:
    """Put another list in the place of the one of a workspace. Locks it. Raises BadRequest."""
    wanted = list(dict.fromkeys(_tidied(each) for each in hosts if each.strip()))
    bad = [each for each in wanted if len(each) > 253 or not HOST.fullmatch(each)]
    if bad:
        told = Phrase(
            "{host} is no host: write names such as cdn.acme.example or *.acme.example",
            host=bad[0][:80],
        )
        raise BadRequest(fields=[("hosts", told)])
    if len(wanted) > HOSTS_MAX:
        raise BadRequest(fields=[("hosts", Phrase("at most {most} hosts", most=HOSTS_MAX))])
    SoundHosts.objects.get_or_create(workspace_id=workspace_id)
    row = SoundHosts.objects.select_for_update(no_key=True).get(pk=workspace_id)
    before, row.hosts = row.hosts, wanted
    row.save()
    audit.record(
        "voice.sound_hosts_set",
        actor=actor,
        subject=f"workspace:{workspace_id}",
        workspace_id=workspace_id,
        before={"hosts": before},
        after={"hosts": wanted},
    )
    return wanted


def check(url: str, *, call_ids: Iterable[UUID], document_url: str = "") -> None:
    """Refuse a sound from a host that the calls' workspace does not allow. Raises PlayHostDenied."""
    host = host_of(url)
    if host and host in (host_of(document_url), host_of(settings.PUBLIC_URL)):
        return
    calls = list(Call.objects.filter(pk__in=call_ids).select_related("number"))
    own = {host_of(each) for call in calls for each in _own(call)} - {""}
    if host in own or any(_is_listed(host, call.workspace_id) for call in calls):
        return
    raise PlayHostDenied(host=host or url[:80])


def remarks(
    raw: bytes, content_type: str = "", *, workspace_id: UUID, url: str = ""
) -> list[Remark]:
    """Warn of the addresses of a document that a call of the workspace would not use.

    `url` is where a valid document comes from, if that is known; else it may be any server that
    a number of the workspace asks.
    """
    own = {host_of(each) for each in (url, settings.PUBLIC_URL)} | _asked_hosts(workspace_id)
    told = []
    for each in addresses(raw, content_type):
        host = host_of(urljoin(url, each.value))
        if (each.verb, each.attribute) in SOUNDS and host:
            if host not in own and not _is_listed(host, workspace_id):
                told.append(Remark(each.where, _denied(host)))
        elif each.attribute == SIP and not is_our_sip(each.value):
            told.append(Remark(each.where, _not_ours(each.value)))
    return told


def with_hosts(
    verdict: Verdict, raw: bytes, content_type: str = "", *, workspace_id: UUID, url: str = ""
) -> Verdict:
    """Add what a call of the workspace would not use to the judgement of a valid document."""
    if not verdict.is_valid:
        return verdict
    told = remarks(raw, content_type, workspace_id=workspace_id, url=url)
    return replace(verdict, warnings=(*verdict.warnings, *told))


def host_of(url: str) -> str:
    """Return the host of an address, without its port; empty for one that has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def is_our_sip(address: str) -> bool:
    """Say whether a SIP address is at the domain of our clients and phones."""
    host = address.partition("@")[2]
    return host.partition(";")[0].partition(":")[0].lower() == settings.SIP_DOMAIN


def _own(call: Call) -> list[str]:
    """Return the addresses that the call's own documents come from."""
    number = call.number
    state = Session.objects.filter(pk=call.pk).values_list("state", flat=True).first() or {}
    return [
        state.get("url", ""),
        call.voice_url,
        call.voice_fallback_url,
        number.voice_callback_url,
        number.voice_fallback_url,
    ]


def _asked_hosts(workspace_id: UUID) -> set[str]:
    rows = Number.objects.filter(workspace_id=workspace_id, status__in=HELD)
    pairs = rows.values_list("voice_callback_url", "voice_fallback_url")
    return {host_of(each) for pair in pairs for each in pair}


def _is_listed(host: str, workspace_id: UUID) -> bool:
    """Say whether a host is on the list, or below a name that is there with a star."""
    return any(
        host.endswith(each[1:]) if each.startswith("*.") else host == each
        for each in hosts_of(workspace_id)
    )


def _tidied(host: str) -> str:
    """Read a host as people paste it: with a scheme, a path or capitals."""
    typed = host.strip().lower()
    return (host_of(typed) if "://" in typed else typed.partition("/")[0]).rstrip(".")


def _denied(host: str) -> str:
    return (
        f"A call skips this sound unless the document itself comes from {host}. Upload the file "
        f"with POST /v1/uploads/audio, or add {host} to the sound hosts of the workspace "
        "(Settings, Sounds)."
    )


def _not_ours(address: str) -> str:
    return (
        f"{address[:80]} is not called: dial.sip reaches your own clients and phones at "
        f"{settings.SIP_DOMAIN}. Call others by their number."
    )
