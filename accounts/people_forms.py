"""Forms of the administrator: a person, whom a book goes to, a team, a segment."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Role, Segment, Team, User


class PersonForm(forms.ModelForm):
    """A person of the firm; the password is theirs to set."""

    class Meta:
        model = User
        fields = ("full_name", "email", "role", "team", "is_active", "time_zone", "daily_capacity")

    acting_user: User  # set by whoever makes the form

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Somebody signs in with this address already.")
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("role") == Role.LEAD and cleaned.get("team") is None:
            self.add_error("team", "A team lead needs a team.")
        if self.instance.pk and self.instance.pk == self.acting_user.pk:
            if cleaned.get("role") != Role.ADMINISTRATOR:
                self.add_error("role", "You cannot take this role from yourself. Another administrator can.")
            if not cleaned.get("is_active", True):
                self.add_error("is_active", "You cannot lock yourself out. Another administrator can.")
        return cleaned


class ManagedPersonForm(PersonForm):
    """What an administrator decides about a person; the rest is the person's own settings."""

    class Meta:
        model = User
        fields = ("full_name", "email", "role", "team", "is_active")
        labels: ClassVar = {"full_name": "Name", "email": "E-mail address", "is_active": "Can sign in"}
        widgets: ClassVar = {"role": forms.RadioSelect}
        help_texts: ClassVar = {
            "role": "An account manager sees the team’s accounts and changes the own ones; a lead changes the team’s; "
            "an executive sees everything and changes nothing; an administrator sees and changes everything."
        }

    def __init__(self, *args: Any, acting_user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting_user = acting_user
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.empty_label = "No team"
        if self.instance.pk is None:
            del self.fields["is_active"]


class HandOverForm(forms.Form):
    """Who looks after somebody's accounts from now on."""

    owner = forms.ModelChoiceField(queryset=User.objects.none(), label="Account manager", empty_label="Choose somebody")

    def __init__(self, *args: Any, leaving: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        may_own = User.objects.filter(is_active=True, role__in=[Role.MANAGER, Role.LEAD])
        owner.queryset = may_own.exclude(pk=leaving.pk).order_by("full_name")


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ("name",)
        error_messages: ClassVar = {"name": {"unique": "There is a team of this name already."}}


class SegmentForm(forms.ModelForm):
    class Meta:
        model = Segment
        fields = ("name", "position")
        error_messages: ClassVar = {"name": {"unique": "There is a segment of this name already."}}
        help_texts: ClassVar = {"position": "Segments stand in this order in lists and charts, the lowest first."}
