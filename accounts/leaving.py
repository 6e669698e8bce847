"""What people fill in when somebody has left a client."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import DateInput
from accounts.models import Contact


class ContactLeftForm(forms.Form):
    """When `contact` left, and who took over: somebody known at the client, or a new person."""

    left_on = forms.DateField(label="Left on", widget=DateInput(attrs={"autofocus": True}))
    successor = forms.ModelChoiceField(
        label="Who took over",
        required=False,
        queryset=Contact.objects.none(),
        empty_label="Nobody yet, or somebody new",
    )
    new_name = forms.CharField(
        label="Name of somebody new",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    new_email = forms.EmailField(label="E-mail address of somebody new", required=False, max_length=254)

    def __init__(self, *args: Any, contact: Contact, today: dt.date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"left_on": contact.left_on or today, "successor": contact.successor_id})
        super().__init__(*args, **kwargs)
        self.contact, self.today = contact, today
        self.fields["left_on"].widget.attrs["max"] = today.isoformat()
        successor = self.fields["successor"]
        assert isinstance(successor, forms.ModelChoiceField)
        successor.queryset = Contact.objects.filter(account=contact.account_id, left_on__isnull=True).exclude(
            pk=contact.pk
        )
        self.fields["new_name"].help_text = "Takes over level and title, which can be changed afterwards."

    def clean_left_on(self) -> dt.date:
        left_on: dt.date = self.cleaned_data["left_on"]
        if left_on > self.today:
            raise ValidationError("That is still to come. Say so on the day on which the person leaves.")
        return left_on

    def clean_new_email(self) -> str:
        email: str = self.cleaned_data["new_email"]
        if email and Contact.objects.filter(account=self.contact.account_id, email__iexact=email).exists():
            raise ValidationError("A contact of this account has this address. Choose that one instead.")
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("successor") and cleaned.get("new_name"):
            self.add_error("new_name", "Choose one: somebody known, or somebody new.")
        if cleaned.get("new_email") and not cleaned.get("new_name"):
            self.add_error("new_name", "Whose address is that? Write the name.")
        return cleaned
