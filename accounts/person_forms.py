"""The forms of a person's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NAME_MAX

CODE_WIDGET = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
)
LANGUAGES = [("", _("As the browser asks")), ("en", "English"), ("sw", "Kiswahili")]
THEME_WORDS = [
    ("auto", _("As the system")),
    ("light", _("Light")),
    ("dark", _("Dark")),
]


class SecondStepForm(forms.Form):
    """A code of the app, or one of the recovery codes."""

    code = forms.RegexField(
        r"^[\d\s-]{6,16}$",
        label=_("Code"),
        error_messages={"invalid": _("The code has six digits; a recovery code has eight.")},
        widget=CODE_WIDGET,
    )


class AppForm(forms.Form):
    """The first code of a new authenticator app."""

    code = forms.RegexField(
        r"^\s*\d{3}\s?\d{3}\s*$",
        label=_("Code of the app"),
        error_messages={"invalid": _("The code has six digits.")},
        widget=CODE_WIDGET,
    )


class PasskeyForm(forms.Form):
    """A new passkey: what its browser says, and a name for it."""

    name = forms.CharField(label=_("Name"), max_length=60, initial=_("This device"))
    credential = forms.JSONField(widget=forms.HiddenInput)


class CredentialForm(forms.Form):
    """What a passkey answered."""

    credential = forms.JSONField(widget=forms.HiddenInput)


class AccountForm(forms.Form):
    """What a person may change about themselves."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEME_WORDS)


class TypedForm(forms.Form):
    """Something that has to be typed as it is written before it is gone for good."""

    typed = forms.CharField(
        max_length=254, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    # The parent's arguments are Django's.
    def __init__(self, *args: Any, expected: str, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["typed"].label = label

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"].strip()
        if typed != self.expected:
            raise forms.ValidationError(_("This is not what is written under the field."))
        return typed
