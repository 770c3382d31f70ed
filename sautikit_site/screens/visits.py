"""Every page with the states it is looked at in; a page of the URL table without a visit is named."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from docs import library
from sautikit_site.screens.scene import Scene


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one page: where, as whom, and what is done there before it is judged."""

    page: str
    path: str
    who: str = "owner"
    state: str = ""
    # A script that brings the page into the state: opens a dialog, submits a form that is wrong.
    act: str = ""
    status: int = 200

    @property
    def name(self) -> str:
        words = [*self.page.replace(":", "-").split("/"), self.state]
        return "-".join(word for word in words if word)


def _click(selector: str) -> str:
    return f"document.querySelector({selector!r}).click()"


def _submit(selector: str, **values: str) -> str:
    """Fill a form in the page and send it past the browser's own checks."""
    fills = "".join(
        f"form.querySelector('[name={name}]').value = {value!r};" for name, value in values.items()
    )
    form = f"const form = document.querySelector({selector!r}); form.noValidate = true;"
    return f"(() => {{ {form} {fills} form.requestSubmit(); }})()"


TOPUP: Final = '.top a.button[hx-target="#sheet-body"]'

# The addresses take the parts of the scene; {number} is the id of the number that has everything.
VISITS: Final = (
    Visit("site:home", "/", "guest"),
    Visit("site:home", "/", state="signed-in"),
    Visit("site:not_found", "/no-such-page", "guest", "missing", status=404),
    Visit("site:styleguide", "/styleguide", "guest"),
    Visit("site:overview", "/overview"),
    Visit("site:overview", "/overview?since=7d", state="week"),
    Visit("site:overview", "/overview", "newcomer", "empty"),
    Visit("site:palette", "/overview", state="open", act="document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))"),
    Visit("site:try", "/try"),
    Visit("site:try", "/try", "newcomer", "empty"),
    Visit("site:try", "/try", state="refused", act=_submit("#try-form", to_e164="12"), status=400),
    Visit("site:try_document", "/try/document"),
    Visit("site:try_document", "/try/document", state="rehearsed",
        act=_click("#try-rehearse")),
    Visit("site:status", "/status", "guest"),
    Visit("accounts:signin", "/signin", "guest"),
    Visit("accounts:signin", "/signin", "guest", "refused", _submit("main form", email="amina@")),
    Visit("accounts:signin_sent", "/signin/sent", "signing_in"),
    Visit(
        "accounts:signin_sent", "/signin/sent", "signing_in", "refused",
        _submit("main form", code="123"),
    ),
    Visit("accounts:link_confirm", "/auth/link/confirm", "signing_in"),
    Visit("accounts:link_confirm", "/auth/link/confirm", "guest", "gone", status=410),
    Visit("accounts:onboarding", "/onboarding", "nobody"),
    Visit(
        "accounts:onboarding", "/onboarding", "nobody", "refused",
        _submit("main form", workspace_name=""),
    ),
    Visit("accounts:settings", "/settings"),
    Visit("accounts:settings", "/settings", "newcomer", "empty"),
    Visit("accounts:api_keys", "/settings/api-keys"),
    Visit("accounts:api_keys", "/settings/api-keys", "newcomer", "empty"),
    Visit("accounts:members", "/settings/members"),
    Visit("accounts:members", "/settings/members", "newcomer", "empty"),
    Visit("accounts:sessions", "/settings/sessions"),
    Visit("accounts:audit", "/settings/audit"),
    Visit("accounts:audit", "/settings/audit", "newcomer", "empty"),
    Visit("accounts:invitation", "/invitations/{invitation}", "invited"),
    Visit("accounts:invitation", "/invitations/{invitation}", "guest", "guest"),
    Visit("accounts:new_workspace", "/workspaces/new"),
    Visit("accounts:requests", "/settings/requests"),
    Visit("accounts:requests", "/settings/requests", "newcomer", "empty"),
    Visit("accounts:account", "/settings/account"),
    Visit("accounts:security", "/settings/security"),
    Visit("accounts:add_app", "/settings/security/app"),
    Visit("accounts:add_passkey", "/settings/security/passkey"),
    Visit("accounts:delete_account", "/settings/account/delete"),
    Visit("accounts:delete_account", "/settings/account/delete", "nobody", "alone"),
    Visit("accounts:close_workspace", "/settings/close"),
    Visit("accounts:deletion_begun", "/account/deleted", "guest"),
    Visit("accounts:undo_delete", "/account/undo/{undo}", "guest"),
    Visit("accounts:undo_delete", "/account/undo/gone", "guest", "gone", status=410),
    Visit("accounts:confirm", "/confirm?next=/settings/close"),
    Visit("accounts:second_step", "/signin/second", "half_in"),
    Visit("accounts:device_login", "/cli"),
    Visit("accounts:device_login", "/cli?code=BCDF-GHJK", state="unknown", status=404),
    Visit("accounts:device_login", "/cli?code={device}", state="asked"),
    Visit("accounts:device_login", "/cli?code={device}", state="scopes",
        act=_click("main details summary")),
    Visit("accounts:device_login", "/cli?code={device}", "nobody", "refused"),
    Visit("wallet:overview", "/wallet"),
    Visit("wallet:overview", "/wallet", "newcomer", "empty"),
    Visit("wallet:topup", "/wallet/topup"),
    Visit("wallet:topup", "/wallet/topup?way=paybill", state="paybill"),
    Visit("wallet:topup", "/overview", state="sheet", act=_click(TOPUP)),
    Visit(
        "wallet:topup", "/wallet/topup", state="refused",
        act="document.querySelector('[data-another]').click();"
        + _submit("main form[method=post]:has([name=phone])", phone="12"),
    ),
    Visit(
        "wallet:topup", "/wallet/topup", state="too-little",
        act=_click("[data-other] input") + ";"
        + _submit("main form[method=post]:has([name=phone])", other_amount="5"),
    ),
    Visit("wallet:topup_detail", "/wallet/topup/{paid}", state="paid"),
    Visit("wallet:topup_detail", "/wallet/topup/{failed}", state="failed"),
    Visit("wallet:topup_detail", "/wallet/topup/{waiting}", state="waiting"),
    Visit("wallet:claim", "/wallet/claim"),
    Visit("wallet:documents", "/wallet/documents"),
    Visit("wallet:documents", "/wallet/documents", "newcomer", "empty"),
    Visit("wallet:document", "/wallet/documents/{statement}", state="statement"),
    Visit("wallet:document", "/wallet/documents/{receipt}", state="receipt"),
    Visit("wallet:billing", "/settings/billing"),
    Visit(
        "wallet:billing", "/settings/billing", state="refused",
        act=_submit("main form:has([name=kra_pin])", kra_pin="12"), status=400,
    ),
    Visit("wallet:alert_confirm", "/wallet/alert/confirm/{confirm}", "guest"),
    Visit("wallet:alert_leave", "/wallet/alert/leave/{leave}", "guest"),
    Visit("wallet:alert_leave", "/wallet/alert/leave/gone", "guest", "gone", status=410),
    Visit("wallet:seals", "/ledger/seals", "guest"),
    Visit("wallet_limits:limits", "/wallet/limits"),
    Visit("wallet_limits:limits", "/wallet/limits", "newcomer", "empty"),
    Visit("numbers:list", "/numbers"),
    Visit("numbers:list", "/numbers", "newcomer", "empty"),
    Visit("numbers:available", "/numbers/available"),
    Visit("numbers:available", "/numbers/available?contains=999999", state="nothing"),
    Visit("numbers:claim", "/numbers/available/{offer}"),
    Visit("numbers:claim", "/numbers/available/{offer}", "newcomer", "poor"),
    Visit("numbers:detail", "/numbers/{number}"),
    Visit("numbers:detail", "/numbers/{suspended}", state="suspended"),
    Visit("numbers:phones", "/numbers/{desk}/phones"),
    Visit("numbers:phones", "/numbers/{number}/phones", state="empty"),
    Visit("calls:list", "/calls"),
    Visit("calls:list", "/calls?status=failed", state="filtered"),
    Visit("calls:list", "/calls?q=000000", state="nothing"),
    Visit("calls:list", "/calls", "newcomer", "empty"),
    Visit("calls:detail", "/calls/{call}"),
    Visit("calls:detail", "/calls/{live}", state="live"),
    Visit("calls:detail", "/calls/{ringing}", state="ringing"),
    Visit("calls:detail", "/calls/{missed}", state="missed"),
    Visit("calls:detail", "/calls/{nobody}", state="missing", status=404),
    Visit("calls:export", "/calls/exports/{export}"),
    Visit("calls:recording_policy", "/settings/recordings"),
    Visit("telephony:sounds", "/settings/sounds"),
    Visit(
        "telephony:sounds", "/settings/sounds", state="refused",
        act=_submit("main form", hosts="no host"), status=400,
    ),
    Visit("calls:storage", "/settings/storage"),
    Visit("calls:storage", "/settings/storage?tier=25", state="change"),
    Visit("telephony:rooms", "/conferences"),
    Visit("telephony:rooms", "/conferences", "newcomer", "empty"),
    Visit("telephony:control", "/calls/{live}/control"),
    Visit("webhooks:list", "/webhooks"),
    Visit("webhooks:list", "/webhooks", "newcomer", "empty"),
    Visit(
        "webhooks:list", "/webhooks", state="refused",
        act=_click("[data-open=new-endpoint]") + ";" + _submit("dialog form.stack", url="nowhere"),
    ),
    Visit("webhooks:detail", "/webhooks/{endpoint}"),
    Visit("webhooks:detail", "/webhooks/{failing}", state="failing"),
    Visit("webhooks:delivery", "/webhooks/{endpoint}/deliveries/{delivery}"),
    Visit("webhooks:delivery", "/webhooks/{failing}/deliveries/{undelivered}", state="failed"),
    Visit("webhooks:of_call", "/webhooks/calls/{call}"),
    Visit("webhooks:events", "/webhooks/events"),
    Visit("webhooks:events", "/webhooks/events", "newcomer", "empty"),
    Visit("webhooks:verify", "/webhooks/verify"),
    Visit("docs:home", "/developers", "guest"),
    Visit("docs:build_with_ai", "/developers/build-with-ai", "guest"),
    Visit("docs:search", "/developers/search?q=hang+up", "guest"),
    Visit("docs:search", "/developers/search?q=zzzzzz", "guest", "nothing"),
    Visit("docs:try_list", "/developers/try", "guest"),
    Visit("docs:try", "/developers/try/calls.create", "guest"),
    Visit("docs:error", "/developers/errors/wallet.insufficient_balance", "guest"),
    Visit("docs:event", "/developers/events/call.completed", "guest"),
    Visit("docs:verb", "/developers/verbs/say", "guest"),
    Visit("sandbox:home", "/sandbox/", "guest"),
    Visit("sandbox:mail", "/sandbox/mail", "guest"),
    Visit("sandbox:message", "/sandbox/mail/1", "guest"),
    Visit("sandbox:phone", "/sandbox/phone/+254712345678", "guest"),
    Visit("sandbox:traps", "/sandbox/mpesa", "guest"),
    Visit("admin:login", "/admin/login/", "guest"),
    Visit("admin:index", "/admin/", "operator"),
    Visit("backoffice:find", "/admin/find?q=nobody+knows+this", "operator"),
    Visit("backoffice:story", "/admin/story/call/{call}", "operator"),
    Visit("backoffice:story", "/admin/story/topup/{paid}", "operator", "payment"),
    Visit("backoffice:story", "/admin/story/endpoint/{endpoint}", "operator", "endpoint"),
    Visit("backoffice:story", "/admin/story/workspace/{workspace}", "operator", "workspace"),
    Visit("backoffice:system", "/admin/system", "operator"),
    Visit("backoffice:impersonate", "/admin/impersonate/{workspace}", "operator"),
    Visit("admin:kernel_flag_switch", "/admin/kernel/flagoverride/set", "operator"),
    Visit("admin:numbers_inventory_give", "/admin/numbers/inventory/{offer}/give", "operator"),
    Visit("admin:numbers_number_move", "/admin/numbers/number/{number}/reassign", "operator"),
    Visit("admin:numbers_import_new", "/admin/numbers/inventoryimport/new", "operator"),
    Visit("admin:accounts_personrequest_ask", "/admin/accounts/personrequest/ask", "operator"),
    Visit("admin:kernel_job_run", "/admin/kernel/job/{job}/run", "operator"),
    Visit("admin:calls_kill_switch", "/admin/calls/callpolicy/switch", "operator"),
)  # fmt: skip

# What answers a GET and is no page, with what it is instead.
NOT_PAGES: Final = {
    "accounts:link": "a step that leads on",
    "wallet:late": "a part of a page",
    "wallet:paybill_watch": "a part of a page",
    "wallet:draft_pdf": "a file",
    "wallet:document_pdf": "a file",
    "wallet:document_csv": "a file",
    "wallet:receipt": "leads to the paper",
    "wallet:statement_csv": "a file",
    "calls:recording": "a file",
    "calls:recording_file": "a file",
    "calls:upload_file": "a file",
    "accounts:audit_csv": "a file",
    "accounts:google": "leads to Google",
    "accounts:google_callback": "comes from Google",
    "calls:export_download": "a file",
    "calls:export_file": "a file",
    "site:try_speech": "a sound",
    "docs:home_text": "for machines",
    "docs:error_text": "for machines",
    "docs:event_text": "for machines",
    "docs:verb_text": "for machines",
    "docs:guide_text": "for machines",
    "docs:llms": "for machines",
    "docs:llms_full": "for machines",
    "docs:openapi": "for machines",
    "docs:voice_schema": "for machines",
    "sandbox:api": "for machines",
    "admin:calls_callpolicy_kill_switch": "leads to a page",
    "admin:kernel_flagoverride_switch": "leads to a page",
    "admin:numbers_inventoryimport_bring": "leads to a page",
    "admin:numbers_number_reassign": "leads to a page",
    "admin:numbers_import_store": "a question like the others",
    "admin:wallet_statement_csv": "a file",
    "admin:wallet_statement_file": "a file",
}
_NO_PAGES: Final = ("v1/", "h/", "healthz", "readyz", "i18n/", "static/")
# What the framework itself gives each model of the admin; its lists and forms are visited.
_FRAMEWORK: Final = (
    "_changelist", "_add", "_change", "_delete", "_history", "jsi18n", "autocomplete", "logout",
    "view_on_site", "app_list", "password_change", "password_change_done", "search",
    "toggle_sidebar",
)  # fmt: skip


def all_visits(scene: Scene) -> list[Visit]:
    """Return every visit with its address."""
    found = [_addressed(visit, scene) for visit in VISITS]
    found += [
        Visit("docs:guide", guide.path, "guest", guide.path.rpartition("/")[2])
        for guide in library.GUIDES
        if guide.path != "/developers"
    ]
    return [*found, *_admin_visits()]


def unvisited() -> set[str]:
    """Return the pages of the URL table that nobody looks at, by name."""
    seen = {visit.page for visit in VISITS} | {"docs:guide"}
    return {name for name in _names() if name not in seen and name not in NOT_PAGES}


def _addressed(visit: Visit, scene: Scene) -> Visit:
    path = visit.path.format(nobody="00000000-0000-7000-8000-000000000000", **scene.parts)
    return Visit(visit.page, path, visit.who, visit.state, visit.act, visit.status)


def _admin_visits() -> Iterator[Visit]:
    """Look at the list of every model, at its first row and at the form for a new one."""
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        base = reverse(f"admin:{label}_changelist")
        yield Visit(f"admin:{label}", base, "operator")
        first = _first(model)
        if first is not None:
            path = reverse(f"admin:{label}_change", args=[first.pk])
            yield Visit(f"admin:{label}", path, "operator", "one")


def _first(model: type[Model]) -> Model | None:
    return model._default_manager.order_by("pk").first()


# The entries of the URL table have no common type.
def _names(
    patterns: Sequence[object] | None = None, prefix: str = "", space: str = ""
) -> Iterator[str]:
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        path = prefix + str(getattr(entry, "pattern", ""))
        if path.startswith(_NO_PAGES):
            continue
        if isinstance(entry, URLResolver):
            yield from _names(entry.url_patterns, path, entry.namespace or space)
        elif isinstance(entry, URLPattern) and entry.name:
            is_ours = space != "admin" or not entry.name.endswith(_FRAMEWORK)
            if is_ours and not _takes_forms_only(entry.callback):
                yield f"{space}:{entry.name}"


# A view may be any function; Django keeps the methods it takes in the closure of a decorator.
def _takes_forms_only(view: Any) -> bool:
    while view is not None:
        methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if methods is not None:
            return "GET" not in methods
        view = getattr(view, "__wrapped__", None)
    return False
