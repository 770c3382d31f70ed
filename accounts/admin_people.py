"""The operators' desk for people's data: give it, erase it, and help who lost their second step."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.console_account import zip_of
from accounts.models import PersonRequest, User
from accounts.services import person_requests
from kernel import audit, clock
from kernel.operators import ReadOnlyAdmin, ReasonForm, operator
from wallet.mpesa import phone as phones

EXPORTS = (PersonRequest.EXPORT_PERSON, PersonRequest.EXPORT_PHONE)
OF_PHONES = (PersonRequest.EXPORT_PHONE, PersonRequest.ERASE_PHONE)


INTERNATIONAL = re.compile(r"\+[1-9][0-9]{8,14}")


def e164_of(text: str) -> str:
    """Read a number as people type it; nothing when it is not whole."""
    try:
        return phones.to_e164(phones.normalise_msisdn(text))
    except ValueError:
        plain = re.sub(r"[\s().-]", "", text)
        return plain if INTERNATIONAL.fullmatch(plain) else ""


class PersonForm(ReasonForm):
    """What is to be done, about whom, and why."""

    kind = forms.ChoiceField(
        label=_("What"), choices=PersonRequest.KINDS, widget=UnfoldAdminSelectWidget
    )
    whom = forms.CharField(
        label=_("Whom"),
        max_length=254,
        help_text=_("The e-mail address of a person, or a phone number such as +254712345678."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("kind", "whom", "reason")
    user: User | None = None
    phone = ""

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        whom = str(facts.get("whom", "")).strip()
        if facts.get("kind") in OF_PHONES:
            self.phone = e164_of(whom)
            if not self.phone:
                self.add_error("whom", _("This is not a whole phone number."))
        elif whom:
            self.user = User.objects.filter(email=whom.lower()).first()
            if self.user is None:
                self.add_error("whom", _("Nobody has this address."))
        return facts


@admin.register(PersonRequest)
class PersonRequestAdmin(ReadOnlyAdmin):
    """Every request about a person, and what became of it."""

    list_display = ("created_at", "kind", "whom", "status", "due_at", "actor", "reason")
    list_filter = ("kind", "status")
    search_fields = ("=user__email", "=phone", "=id")
    list_select_related = ("user",)
    ordering = ("-id",)
    exclude = ("undo_digest",)
    actions_list: ClassVar = ["ask"]

    @admin.display(description=_("Whom"))
    def whom(self, row: PersonRequest) -> str:
        return row.user.email if row.user else row.phone

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.ask_page)
        return [path("ask", page, name="accounts_personrequest_ask"), *super().get_urls()]

    def has_ask_permission(self, request: HttpRequest) -> bool:
        """Whoever may add requests may give and erase data."""
        return bool(request.user.has_perm("accounts.add_personrequest"))

    @action(  # type: ignore[untyped-decorator]  # The decorator's library has no types for it.
        description=_("New request"), url_path="new-request", permissions=["ask"]
    )
    def ask(self, request: HttpRequest) -> HttpResponse:
        return redirect(reverse("admin:accounts_personrequest_ask"))

    def ask_page(self, request: HttpRequest) -> HttpResponse:
        """Ask what, whom and why; data comes as a file, all else is done and listed."""
        if not self.has_ask_permission(request):
            raise PermissionDenied
        form = PersonForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and form.cleaned_data["kind"] in EXPORTS:
            return _give(form, actor=operator(request))

        def act(facts: dict[str, Any]) -> str:
            _do(form, actor=operator(request))
            return str(_("It is written down and being done."))

        return self.page_of(
            request, PersonForm, act, title=_("A request about a person"), permission="ask",
            consequence=_("Erasing cannot be taken back. The ledger, receipts and the audit log stay."),
        )  # fmt: skip


def _give(form: PersonForm, *, actor: str) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    with audit.because(reason):
        packed = person_requests.give_data(
            user=form.user, phone=form.phone, actor=actor, reason=reason
        )
    return zip_of(packed, f"sautikit-request-{clock.now():%Y-%m-%d}.zip")


def _do(form: PersonForm, *, actor: str) -> None:
    reason = form.cleaned_data["reason"]
    if form.cleaned_data["kind"] == PersonRequest.RESET_SECOND_STEP:
        assert form.user is not None  # The form has found the person.
        person_requests.take_second_step(form.user, actor=actor, reason=reason)
        return
    person_requests.ask_erasure(user=form.user, phone=form.phone, actor=actor, reason=reason)
