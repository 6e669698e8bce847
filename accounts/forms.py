"""What people fill in about themselves, about accounts and about the people at a client."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.access import assignable_owners, can_administer
from accounts.models import Account, AccountStatus, Contact, Level, Role, Theme, User
from accounts.validators import validate_domain

_WRONG = "This e-mail address and this password do not belong together. Check both and try again."


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class SignInForm(AuthenticationForm):
    """E-mail address and password. One message for every way of being wrong, so that nobody learns who works here."""

    username = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}  # noqa: RUF012 - declared as of instances by the base


class PreferencesForm(forms.Form):
    """How a person wants to see Hark."""

    theme = forms.ChoiceField(choices=Theme.choices, widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(required=False, help_text="Times are shown in it. Days are always the firm's.")
    daily_capacity = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=500,
        label="Flagged accounts a day",
        help_text="Today lists as many as you can call, the most urgent first. Empty: all.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
        choices = [("", f"The firm’s: {settings.HARK_TIME_ZONE}"), *((zone, zone.replace("_", " ")) for zone in zones)]
        known = self.initial.get("time_zone", "")
        if known and known not in zones:
            choices.append((known, known))
        zone_field = self.fields["time_zone"]
        assert isinstance(zone_field, forms.ChoiceField)
        zone_field.choices = choices


class AccountForm(forms.ModelForm):
    """An account. Who may not hand it to others is not asked for the account manager and the team."""

    domains = forms.CharField(
        required=False,
        label="E-mail domains",
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "example.com", "spellcheck": "false"}),
        help_text="One per line. Mail to and from them belongs to this account.",
    )

    class Meta:
        model = Account
        fields = (
            "name",
            "owner",
            "team",
            "segment",
            "arr",
            "renewal_on",
            "started_on",
            "agreed_cadence_days",
            "external_id",
            "domains",
            "status",
            "closed_on",
        )
        labels: ClassVar = {
            "arr": "Value a year",
            "renewal_on": "Renews on",
            "started_on": "Client since",
            "agreed_cadence_days": "Agreed cadence, in days",
            "external_id": "Number",
        }
        widgets: ClassVar = {
            "renewal_on": DateInput,
            "started_on": DateInput,
            "closed_on": DateInput,
            "status": forms.RadioSelect,
            "external_id": forms.TextInput,
        }
        error_messages: ClassVar = {"external_id": {"unique": "Another account has this number already."}}

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["arr"].help_text = f"In {settings.HARK_CURRENCY}."
        self.fields["closed_on"].help_text = "Empty: today. Only for a closed account."
        if self.instance.pk:
            self.initial["domains"] = "\n".join(self.instance.domains.values_list("domain", flat=True))
        if not can_administer(user):
            del self.fields["team"]
        if not can_administer(user) and user.role != Role.LEAD:
            del self.fields["owner"]
        else:
            owner = self.fields["owner"]
            assert isinstance(owner, forms.ModelChoiceField)
            # Whoever has it now stays possible, also after leaving.
            allowed = assignable_owners(user).values("pk")
            owner.queryset = User.objects.filter(Q(pk__in=allowed) | Q(pk=self.instance.owner_id)).order_by("full_name")

    def clean_domains(self) -> list[str]:
        domains = sorted({part.lower() for part in re.split(r"[\s,;]+", self.cleaned_data["domains"]) if part})
        errors = []
        for domain in domains:
            try:
                validate_domain(domain)
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)
        return domains

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        started_on = cleaned.get("started_on")
        if cleaned.get("status") == AccountStatus.CLOSED:
            cleaned["closed_on"] = cleaned.get("closed_on") or self.today
        for name in ("renewal_on", "closed_on"):
            if started_on and cleaned.get(name) and cleaned[name] < started_on:
                self.add_error(name, "This lies before the day on which they became a client.")
        return cleaned


class ContactForm(forms.ModelForm):
    """A person at a client."""

    class Meta:
        model = Contact
        fields = ("name", "email", "title", "level")
        labels: ClassVar = {"email": "E-mail address"}
        widgets: ClassVar = {"level": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)
        level.choices = [("", "Not known"), *Level.choices]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        others = Contact.objects.filter(account=self.instance.account_id, email__iexact=email).exclude(
            pk=self.instance.pk
        )
        if email and others.exists():
            raise ValidationError("Another contact of this account has this address. Change that one instead.")
        return email
