"""The one field of a form that asks for money: shillings and cents for people, cents for us."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kernel.money import Money

CURRENCY: Final = "KES"
TYPED_MAX: Final = 20


class ShillingsField(forms.Field):
    """Shillings and cents as people type them, or nothing; its value is cents or None."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": TYPED_MAX}
    )

    # What a form is sent may be anything.
    def to_python(self, value: Any) -> int | None:
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        try:
            minor = Money.parse(text, CURRENCY).minor
        except ValueError:
            raise ValidationError(_("Type shillings, such as 500 or 4.50.")) from None
        if len(text) > TYPED_MAX or not 0 <= minor < 2**53:
            raise ValidationError(_("Type shillings, such as 500 or 4.50."))
        return minor

    # Cents that are stored, or the text that somebody typed.
    def prepare_value(self, value: Any) -> Any:
        """Write cents as shillings: 300 stands in the form as 3.00."""
        is_stored = type(value) is int
        return str(Money(value, "")).strip().replace(",", "") if is_stored else value
