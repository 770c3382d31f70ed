"""What every page of the back office shares: a reason for each change, and lists without a count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextInputWidget

from kernel import audit, readable
from kernel.errors import Problem
from kernel.list_filters import declared
from kernel.money_field import ShillingsField

REASON_MAX = 200
ROWS_AT_ONCE_MAX = 100
Action = Callable[..., HttpResponse | None]


def operator(request: HttpRequest) -> str:
    """Name the operator for the audit trail."""
    return f"{audit.OPERATOR}{request.user.pk}"


def reason_field() -> forms.CharField:
    """Return the question that every change of an operator asks."""
    return forms.CharField(
        label=_("Why?"),
        max_length=REASON_MAX,
        help_text=_("It stays in the audit log, and the customer may read it."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


class ReasonForm(forms.Form):
    """Why something is done; forms of pages with more to ask inherit from it."""

    reason = reason_field()


def reasoned(
    *,
    description: str | Promise,
    permissions: Iterable[str] = ("change",),
    consequence: str | Promise = "",
) -> Callable[[Action], Action]:
    """Declare an action of a list: it asks why on a page of its own, and runs with the answer.

    There is no other way to declare one: the class of an admin refuses an action without it.
    """

    def mark(verb: Action) -> Action:
        @wraps(verb)
        def ask_first(page: OperatorAdmin, request: HttpRequest, rows: QuerySet[Any]) -> Any:
            form = ReasonForm(request.POST if "reason" in request.POST else None)
            if rows.count() > ROWS_AT_ONCE_MAX:
                messages.error(request, _("At most %(n)d at once.") % {"n": ROWS_AT_ONCE_MAX})
                return None
            if not form.is_valid():
                return page.ask_why(request, rows, form, ask_first)
            with audit.because(form.cleaned_data["reason"]):
                return verb(page, request, rows)

        asked = admin.action(ask_first, permissions=list(permissions), description=str(description))
        asked.short_description = description  # type: ignore[attr-defined]
        asked.asks_reason = True  # type: ignore[attr-defined]
        asked.consequence = consequence  # type: ignore[attr-defined]
        return asked

    return mark


class ReadOnly:
    """No adding, changing or deleting by hand: services are the only writers."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows under another one that can be seen and never edited; `fields` names their columns."""

    extra = 0
    can_delete = False
    # The columns say it all, and in words.
    hide_title = True

    # A column is whatever Django takes for one.
    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Show money as money and codes as words."""
        return readable.columns(self.model, self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Make a form of none of them."""
        return self.get_fields(request, obj)


class OperatorAdmin(ModelAdmin):
    """An admin whose every change has a reason, in the log that verify_audit checks.

    Nothing is ever deleted by a form: what may go has an action that says why.
    """

    paginator = InfinitePaginator
    show_full_result_count = False
    # A count beside each filter would read the whole table.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_disable_select_all = True
    # The noun of the audit rows that saving a form writes; empty: a verb writes its own.
    audit_noun: ClassVar[str] = ""

    # The arguments are those of class creation.
    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in cls.__dict__.get("actions") or ():
            verb = getattr(cls, name) if isinstance(name, str) else name
            if not getattr(verb, "asks_reason", False):
                raise TypeError(f"{cls.__name__}.{name} does not ask for a reason: use @reasoned")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    # A column is whatever Django takes for one.
    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Show money as money and codes as words."""
        return readable.columns(self.model, super().get_list_display(request))

    # The column and the rest are Django's.
    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Ask for money in shillings, whatever the column counts: nobody is wrong by a hundred."""
        if not readable.is_money(db_field.name):
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        title = readable.title_of(db_field)
        return ShillingsField(
            label=_("%(what)s (shillings)") % {"what": title[:1].upper() + title[1:]},
            help_text=_("In shillings and cents: 3.00 is three shillings, 0.50 is fifty cents."),
            required=not db_field.blank,
            widget=UnfoldAdminTextInputWidget(attrs=ShillingsField.widget.attrs),
        )

    # A filter is whatever Django takes for one.
    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Offer the values that a column may hold without looking for them in its rows."""
        return [declared(self.model, each) for each in super().get_list_filter(request)]

    # The actions are those of the admin by name.
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out Django's own action: it deletes without asking why."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    # The row and the rest are Django's.
    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Ask why on every form that saves."""
        if self._saves(request, obj):
            base = kwargs.get("form") or self.form
            kwargs["form"] = type(base.__name__, (base,), {"reason": reason_field()})
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Put the question last."""
        fields = [name for name in super().get_fields(request, obj) if name != "reason"]
        if self._saves(request, obj):
            return [*fields, "reason"]
        return readable.columns(self.model, fields)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Give what is written the reason of the form, which refuses to save without."""
        with audit.because(request.POST.get("reason", "")):
            return super().changeform_view(request, object_id, form_url, extra_context)

    # The row is of the admin's own model, the form the one the admin built for it.
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and write down what changed, unless a subclass leaves both to a verb."""
        before = self._now(obj, form.changed_data) if change else None
        super().save_model(request, obj, form, change)
        if self.audit_noun:
            audit.record(
                f"{self.audit_noun}.{'updated' if change else 'created'}",
                actor=operator(request),
                subject=self.audit_subject(obj),
                workspace_id=getattr(obj, "workspace_id", None),
                before=before,
                after={
                    name: _word(form.cleaned_data[name])
                    for name in form.changed_data
                    if name != "reason"
                },
            )

    # The row is of the admin's own model.
    def audit_subject(self, obj: Any) -> str:
        """Name a row the way its other audit rows do."""
        return f"{self.audit_noun}:{obj.pk}"

    def ask_why(
        self, request: HttpRequest, rows: QuerySet[Any], form: ReasonForm, action: Action
    ) -> HttpResponse:
        """Show what is about to be done to which rows, and ask for the reason."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": action.short_description,  # type: ignore[attr-defined]
            "consequence": action.consequence,  # type: ignore[attr-defined]
            "rows": rows[:ROWS_AT_ONCE_MAX],
            "form": form,
            "hidden": [
                ("action", request.POST.get("action", "")),
                *((helpers.ACTION_CHECKBOX_NAME, row.pk) for row in rows[:ROWS_AT_ONCE_MAX]),
            ],
        }
        return TemplateResponse(request, "admin/operators/why.html", context)

    # What is asked beside the reason differs from page to page.
    def page_of(
        self,
        request: HttpRequest,
        form_class: type[ReasonForm],
        act: Callable[[Any], str | Promise | None],
        *,
        title: str | Promise,
        consequence: str | Promise = "",
        permission: str = "change",
        back: str = "",
        initial: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Serve a page of its own: show the form, then act with its reason and say the result."""
        if not getattr(self, f"has_{permission}_permission")(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return ask(request, form_class, act, context=context | {"consequence": consequence},
                   back=back or f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist",
                   initial=initial)  # fmt: skip

    def _saves(self, request: HttpRequest, obj: Any) -> bool:
        is_new = obj is None
        return bool(
            self.has_add_permission(request) if is_new else self.has_change_permission(request, obj)
        )

    def _now(self, obj: Model, names: list[str]) -> dict[str, str]:
        stored = self.model._default_manager.filter(pk=obj.pk).first()
        return _words(stored, names) if stored else {}


# The context is a template's, the cleaned data whatever the form asked.
def ask(
    request: HttpRequest,
    form_class: type[ReasonForm],
    act: Callable[[Any], str | Promise | None],
    *,
    context: dict[str, Any],
    back: str,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a form with its reason; act on a valid one and lead back. A Problem is said on the page."""
    form = form_class(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with audit.because(form.cleaned_data["reason"]):
                said = act(form.cleaned_data)
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            if said:
                messages.success(request, str(said))
            return redirect(back)
    return TemplateResponse(request, "admin/operators/ask.html", context | {"form": form})


class ReadOnlyAdmin(ReadOnly, OperatorAdmin):
    """Rows that can be seen and never edited."""


def keep_only_ours(site: admin.AdminSite) -> None:
    """Take out of the back office what libraries put there: their pages ask for no reason."""
    for model, page in list(site._registry.items()):
        if not isinstance(page, OperatorAdmin):
            site.unregister(model)


def _words(obj: Any, names: Iterable[str]) -> dict[str, str]:
    return {name: _word(getattr(obj, name)) for name in names if hasattr(obj, name)}


# A value is whatever a column holds or a form answered.
def _word(value: Any) -> str:
    many = value.all() if hasattr(value, "all") else None
    return str(value) if many is None else ", ".join(sorted(map(str, many)))
