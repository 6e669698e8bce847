"""What people fill in to log a touch."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.access import assignable_owners
from accounts.models import Account, Contact, Role, User
from touchpoints.models import Channel, Direction, Outcome, Touchpoint
from touchpoints.services.touches import EARLIEST_YEAR, FARTHEST_AHEAD

LONGEST_NOTE: Final = 20_000

# What may become of a touch on each channel; channels that are not named just happen.
_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    Channel.CALL: (Outcome.TALKED, Outcome.VOICEMAIL, Outcome.NO_ANSWER),
    Channel.VISIT: (Outcome.PLAIN, Outcome.CANCELLED),
    Channel.MEETING: (Outcome.PLAIN, Outcome.CANCELLED),
    Channel.EMAIL: (Outcome.PLAIN, Outcome.BOUNCED),
    Channel.TEXT: (Outcome.PLAIN, Outcome.BOUNCED),
}
# Somebody writes and somebody reads: such a message comes from one side.
_ONE_SIDED: Final = (Channel.EMAIL, Channel.TEXT, Channel.TICKET, Channel.SURVEY)
_SHOWN: Final = "%Y-%m-%dT%H:%M"
_ATTEMPTS: Final = (Outcome.VOICEMAIL, Outcome.NO_ANSWER)


class LocalMoment(forms.DateTimeField):
    """A minute in the reader's time zone.

    On the night on which the clocks go back an hour comes twice; it is read as the first of them. An hour that is left
    out in spring is read as if the clocks had not changed yet.
    """

    widget = forms.DateTimeInput(format=_SHOWN, attrs={"type": "datetime-local"})

    def to_python(self, value: Any) -> dt.datetime | None:
        if value in self.empty_values:
            return None
        try:
            read = value if isinstance(value, dt.datetime) else parse_datetime(str(value).strip())
        except ValueError:
            read = None
        if read is None:
            raise ValidationError("Write the day and the time like 2026-03-31 14:30.")
        zone = timezone.get_current_timezone()
        try:
            moment = read.replace(tzinfo=zone) if timezone.is_naive(read) else read
            return moment.astimezone(dt.UTC)
        except OverflowError as error:
            raise ValidationError("Check the year.") from error


class TouchForm(forms.Form):
    """A touch with `account`; `touch` is the one that is edited. `user` is at first chosen as taking part."""

    channel = forms.ChoiceField(label="Channel", choices=Channel.choices, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label="How it went",
        required=False,
        widget=forms.RadioSelect,
        choices=[(Outcome.PLAIN.value, "It took place"), *Outcome.choices[1:]],
    )
    direction = forms.ChoiceField(
        label="From whom",
        required=False,
        widget=forms.RadioSelect,
        choices=[(one.value, one.label) for one in (Direction.OUTBOUND, Direction.INBOUND, Direction.MUTUAL)],
    )
    occurred_at = LocalMoment(label="When")
    contacts = forms.ModelMultipleChoiceField(
        label="With", required=False, queryset=Contact.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    colleagues = forms.ModelMultipleChoiceField(
        label="Of ours", required=False, queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    subject = forms.CharField(
        label="Subject", required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    body = forms.CharField(
        label="Note", required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, account: Account, user: User, now: dt.datetime, touch: Touchpoint | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _initial(user, now, touch) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.now, self.touch = now, touch
        self._offer_people(account, user)
        moment = self.fields["occurred_at"]
        zone = timezone.get_current_timezone()
        moment.help_text = (
            f"{timezone.get_current_timezone_name().replace('_', ' ')} time. Later than now: a booked one."
        )
        moment.widget.attrs["max"] = (now + FARTHEST_AHEAD).astimezone(zone).strftime(_SHOWN)
        if touch is not None and touch.direction == Direction.UNKNOWN:
            direction = self.fields["direction"]
            assert isinstance(direction, forms.ChoiceField)
            direction.choices = [*direction.choices, (Direction.UNKNOWN.value, Direction.UNKNOWN.label)]  # type: ignore[misc] # pairs, here

    def _offer_people(self, account: Account, user: User) -> None:
        """Offer who works at the client, and of ours the team and who leads the firm; who took part stays offered."""
        linked = Q(touchpoints=self.touch.pk) if self.touch is not None else Q(pk__in=[])
        contacts, colleagues = self.fields["contacts"], self.fields["colleagues"]
        assert isinstance(contacts, forms.ModelMultipleChoiceField)
        assert isinstance(colleagues, forms.ModelMultipleChoiceField)
        contacts.queryset = account.contacts.filter(Q(left_on__isnull=True) | linked).distinct()
        offered = Q(pk__in=assignable_owners(user).values("pk")) | Q(role=Role.EXECUTIVE) | Q(team=account.team_id)
        is_offered = Q(is_active=True) & offered if account.team_id else Q(is_active=True) & Q(role=Role.EXECUTIVE)
        mine = Q(pk__in=[user.pk, *([account.owner_id] if account.owner_id else [])])
        colleagues.queryset = User.objects.filter(is_offered | mine | linked).distinct().order_by("full_name")

    def clean_occurred_at(self) -> dt.datetime:
        moment: dt.datetime = self.cleaned_data["occurred_at"]
        if self.touch is not None and _as_shown(moment) == _as_shown(self.touch.occurred_at):
            return self.touch.occurred_at  # the form shows minutes; who leaves them alone changes no seconds
        if moment > self.now + FARTHEST_AHEAD:
            raise ValidationError("That is more than a year ahead. Check the year.")
        if moment.year < EARLIEST_YEAR:
            raise ValidationError(f"That is before {EARLIEST_YEAR}. Check the year.")
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        channel, outcome = cleaned.get("channel"), cleaned.get("outcome", "")
        if channel is None:
            return cleaned
        # What was chosen for another channel before is hidden now, and means nothing.
        possible = _OUTCOMES.get(channel, (Outcome.PLAIN,))
        is_kept = self.touch is not None and outcome == self.touch.outcome and channel == self.touch.channel
        if outcome not in possible and not is_kept:
            outcome = possible[0]
        cleaned["outcome"] = str(outcome)
        if outcome in _ATTEMPTS:
            cleaned["direction"] = Direction.OUTBOUND.value
        elif "direction" not in self.errors:
            self._check_direction(channel, cleaned.get("direction", ""))
        return cleaned

    def _check_direction(self, channel: str, direction: str) -> None:
        is_kept = self.touch is not None and (channel, direction) == (self.touch.channel, self.touch.direction)
        if not direction:
            self.add_error("direction", "Say from whom it came.")
        elif direction == Direction.MUTUAL and channel in _ONE_SIDED and not is_kept:
            self.add_error("direction", "Say who wrote: you or the client.")


def _as_shown(moment: dt.datetime) -> str:
    return timezone.localtime(moment).strftime(_SHOWN)


def _initial(user: User, now: dt.datetime, touch: Touchpoint | None) -> dict[str, Any]:
    if touch is None:
        return {
            "channel": Channel.CALL.value,
            "outcome": Outcome.TALKED.value,
            "direction": Direction.MUTUAL.value,
            "occurred_at": timezone.localtime(now),
            "colleagues": [user.pk],
            "key": str(uuid.uuid4()),
        }
    return {
        "channel": touch.channel,
        "outcome": touch.outcome,
        "direction": touch.direction,
        "occurred_at": timezone.localtime(touch.occurred_at),
        "contacts": [one.pk for one in touch.contacts.all()],
        "colleagues": [one.pk for one in touch.colleagues.all()],
        "subject": touch.subject,
        "body": touch.body,
    }
