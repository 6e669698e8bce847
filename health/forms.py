"""What people fill in to act on accounts in a list."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms

from accounts.access import assignable_owners
from accounts.models import User
from config.formats import short_date
from health.models import NextAction
from health.services.next_actions import FARTHEST_DUE_DAYS
from health.services.quiet_days import LONGEST_QUIET_DAYS

LONGEST_SNOOZE_DAYS: Final = 90
LONGEST_PAUSE_DAYS: Final = 366
_OTHER: Final = "date"


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class SnoozeForm(forms.Form):
    """Until when not to be reminded, and why."""

    length = forms.ChoiceField(
        label="For",
        widget=forms.RadioSelect,
        initial="7",
        choices=[("3", "3 days"), ("7", "1 week"), ("14", "2 weeks"), (_OTHER, "Until a date")],
    )
    until_on = forms.DateField(label="Until", required=False, widget=DateInput())
    reason = forms.CharField(
        label="Why", max_length=300, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        latest = today + dt.timedelta(days=LONGEST_SNOOZE_DAYS)
        self.fields["until_on"].help_text = f"At most {LONGEST_SNOOZE_DAYS} days ahead, {short_date(latest, today)}."
        self.fields["until_on"].widget.attrs |= {
            "min": (today + dt.timedelta(days=1)).isoformat(),
            "max": latest.isoformat(),
        }
        self.fields["reason"].help_text = "Your team sees it beside the account."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        length = cleaned.get("length")
        if length and length != _OTHER:
            cleaned["until_on"] = self.today + dt.timedelta(days=int(length))
            return cleaned
        until_on = cleaned.get("until_on")
        if until_on is None:
            if "until_on" not in self.errors:
                self.add_error("until_on", "Choose the day on which the account is listed again.")
        elif not 0 < (until_on - self.today).days <= LONGEST_SNOOZE_DAYS:
            self.add_error("until_on", f"Choose a day from tomorrow on, at most {LONGEST_SNOOZE_DAYS} days ahead.")
        return cleaned


class NextActionForm(forms.Form):
    """What is done next, and by when; `known` is what is planned so far."""

    what = forms.CharField(
        label="What",
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text="Such as: call Ines about the renewal.",
    )
    due_on = forms.DateField(label="Due", required=False, widget=DateInput())

    def __init__(self, *args: Any, today: dt.date, known: NextAction | None = None, **kwargs: Any) -> None:
        initial = {"what": known.what, "due_on": known.due_on} if known else {"due_on": today + dt.timedelta(days=1)}
        super().__init__(*args, **({"initial": initial} | kwargs))
        self.today = today
        self.latest = today + dt.timedelta(days=FARTHEST_DUE_DAYS)
        self.fields["due_on"].widget.attrs |= {"min": today.isoformat(), "max": self.latest.isoformat()}

    def clean_due_on(self) -> dt.date | None:
        due_on: dt.date | None = self.cleaned_data["due_on"]
        if due_on is not None and not self.today <= due_on <= self.latest:
            raise forms.ValidationError("Choose a day from today on, at most a year ahead.")
        return due_on


class AssignForm(forms.Form):
    """Who looks after the accounts from now on."""

    owner = forms.ModelChoiceField(label="Account manager", queryset=User.objects.none(), empty_label="Choose a person")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = assignable_owners(user).select_related("team").order_by("full_name")
        owner.help_text = "The account moves to this person’s team."


class PauseForm(forms.Form):
    """From when to when quiet is expected, and why."""

    starts_on = forms.DateField(label="From", widget=DateInput())
    ends_on = forms.DateField(label="Last quiet day", widget=DateInput(attrs={"autofocus": True}))
    reason = forms.CharField(label="Why", max_length=300, help_text="Such as: summer shutdown, on parental leave.")

    most_days = LONGEST_PAUSE_DAYS
    too_long = "A quiet period may last a year at most. Close the account if it ended."

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["starts_on"].initial = today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on is None or ends_on is None:
            return cleaned
        if ends_on < starts_on:
            self.add_error("ends_on", "The last quiet day lies before the first. Choose a later day.")
        elif ends_on < self.today:
            self.add_error("ends_on", "That is over already. Choose today or a later day.")
        elif (ends_on - starts_on).days >= self.most_days:
            self.add_error("ends_on", self.too_long)
        return cleaned


class QuietDaysForm(PauseForm):
    """The same for every account; it stands on a page beside a list, so it does not take the focus."""

    most_days = LONGEST_QUIET_DAYS
    too_long = f"At most {LONGEST_QUIET_DAYS} days: silence that matters would hide in more."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["ends_on"].widget.attrs["autofocus"]
        self.fields["reason"].help_text = "Such as: the holidays, the summer shutdown."
