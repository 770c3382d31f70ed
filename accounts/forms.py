"""The forms of sign-in, onboarding, settings and API keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.models import CLOCKS, TIME_ZONES, Membership
from accounts.roles import outranks
from kernel import clock

NAME_MAX = 120
NEVER = ""
EXPIRIES = [
    (NEVER, _("Never")),
    ("30", _("In 30 days")),
    ("90", _("In 90 days")),
    ("365", _("In a year")),
]


ROLE_WORDS = {
    "viewer": _("Viewer: sees everything, changes nothing"),
    "member": _("Member: numbers, calls, top-ups, webhooks"),
    "admin": _("Admin: also people and keys"),
    "owner": _("Owner: also other owners"),
}


def role_choices(by_role: str) -> list[tuple[str, object]]:
    """List the roles somebody may give, from the least to the most."""
    return [(role, words) for role, words in ROLE_WORDS.items() if not outranks(role, by_role)]


class SignInForm(forms.Form):
    """The address to send the mail to."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    """The six digits of the mail."""

    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=_("Code"),
        error_messages={"invalid": _("The code has six digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split())


class OnboardingForm(forms.Form):
    """A person's name and their first workspace."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    workspace_name = forms.CharField(
        label=_("Workspace name"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = forms.ChoiceField(label=_("Country"), choices=[("KE", _("Kenya"))])
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[("KES", _("KES, Kenyan shilling"))],
        help_text=_("The currency is locked once the workspace exists."),
    )


class NewWorkspaceForm(OnboardingForm):
    """One more workspace of a person we know."""

    name = None  # type: ignore[assignment]  # Django takes a field away like this.


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), initial="member")

    # The parent's arguments are Django's.
    def __init__(self, *args: object, by_role: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = role_choices(by_role)  # type: ignore[attr-defined]


class WorkspaceForm(forms.Form):
    """What may be changed about a workspace."""

    name = forms.CharField(label=_("Workspace name"), max_length=NAME_MAX)
    time_zone = forms.ChoiceField(
        label=_("Times are shown in"),
        choices=TIME_ZONES,
        required=False,
        help_text=_("Bills, limits and marketing hours are always those of Nairobi."),
    )
    clock_hours = forms.TypedChoiceField(
        label=_("Clock"), choices=CLOCKS, coerce=int, empty_value=None, required=False
    )


class ApiKeyForm(forms.Form):
    """A key's label, rights, mode and expiry."""

    label = forms.CharField(
        label=_("Label"),
        max_length=NAME_MAX,
        # The dialog would begin at its button that closes it.
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=_("Where the key will be used, such as “production server”."),
    )
    mode = forms.ChoiceField(
        label=_("Mode"), choices=[("live", _("Live")), ("test", _("Test"))], initial="live"
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for everything your role may do, except people and keys."),
    )
    expires = forms.ChoiceField(label=_("Expires"), choices=EXPIRIES, required=False)
    is_marketing = forms.BooleanField(
        label=_("For marketing: it calls from 07:00 to 19:00 in Nairobi only"), required=False
    )

    # The parent's arguments are Django's.
    def __init__(self, *args: object, allowed: frozenset[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(name, name) for name in roles.SCOPES if name in allowed]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["expires"]
        return clock.now() + timedelta(days=int(days)) if days else None


class DeviceCodeForm(forms.Form):
    """The letters a terminal shows."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "autofocus": True}
        ),
    )


class DeviceLoginForm(forms.Form):
    """Where a command line is let in, and what it may do there."""

    workspace = forms.ChoiceField(label=_("Workspace"))
    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=[("test", _("Test")), ("live", _("Live"))],
        help_text=_("Test reaches no real phone. Live calls people and spends money."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What the command line may do."),
        error_messages={"required": _("Choose at least one.")},
    )

    # The parent's arguments are Django's.
    def __init__(self, *args: object, seats: list[Membership], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        allowed = frozenset[str]().union(*(seat.scopes for seat in seats))
        named = [(str(seat.workspace_id), seat.workspace.name) for seat in seats]
        scopes = [(name, name) for name in roles.SCOPES if name in allowed]
        self.fields["workspace"].choices = named  # type: ignore[attr-defined]
        self.fields["scopes"].choices = scopes  # type: ignore[attr-defined]
