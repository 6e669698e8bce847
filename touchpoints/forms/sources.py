"""The form of a source."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.conf import settings

from touchpoints.models import Source


class SourceForm(forms.ModelForm):
    """A source: its name, the zone of its times, how often it should deliver."""

    time_zone = forms.ChoiceField(
        required=False, help_text="Of times without an offset, in the next files that are read."
    )

    class Meta:
        model = Source
        fields = ("name", "expected_every_hours", "time_zone")
        labels: ClassVar = {"expected_every_hours": "Should deliver every, in hours"}
        help_texts: ClassVar = {
            "expected_every_hours": "Later than this, it is shown as late. Empty: judged by its own rhythm."
        }
        error_messages: ClassVar = {"name": {"unique": "There is a source of this name already."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC")
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", f"The firm’s: {settings.HARK_TIME_ZONE}"),
            *((zone, zone.replace("_", " ")) for zone in zones),
        ]
        self.fields["expected_every_hours"].widget.attrs["min"] = 1

    def clean_expected_every_hours(self) -> int | None:
        hours: int | None = self.cleaned_data["expected_every_hours"]
        if hours == 0:
            raise forms.ValidationError("Give at least one hour, or leave it empty.")
        return hours
