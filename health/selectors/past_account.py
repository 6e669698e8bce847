"""One account as of a past day for its page: computed again from the facts, beside what was stored that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from health.models import AccountHealth, Band, BandChange, HealthDay, ModelVersion
from health.scoring.params import FittedModel
from health.selectors.past import account_under


@dataclass(frozen=True, slots=True)
class PastAccount:
    """The score of a past day.

    `health` is None when no touch was known by then; `said` is what was stored that day, if it is kept;
    `is_later_model` when no model stood then, so that the first one judges.
    """

    day: dt.date
    health: AccountHealth | None
    said: HealthDay | None
    is_later_model: bool
    band_since_on: dt.date | None

    @property
    def said_label(self) -> str:
        """The band that was stored, in a word."""
        return str(Band(self.said.band).label) if self.said else ""

    @property
    def differs(self) -> bool:
        """Whether what was said that day is not what the facts known today say of it."""
        if self.said is None or self.health is None or self.said.health_score is None:
            return False
        said, again = round(self.said.health_score), round(self.health.health_score or 0)
        return said != again or self.said.band != self.health.band


def account_as_of(account_id: int, day: dt.date) -> PastAccount:
    """Return an account's score as of `day`, under the model that stood then or, before the first, under the first.

    A page never fits a model: `manage.py explain --as-of` does, on what was known by a day.
    """
    model_pk, fitted, is_later = _standing_model(day)
    health = None if fitted is None else account_under(account_id, day, model_pk, fitted)
    said = HealthDay.objects.filter(day=day, account_id=account_id).first()
    return PastAccount(day, health, said, is_later, _band_since(account_id, day, health))


def _standing_model(day: dt.date) -> tuple[int | None, FittedModel | None, bool]:
    for rows, is_later in (
        (ModelVersion.objects.filter(as_of_on__lte=day).order_by("-id"), False),
        (ModelVersion.objects.filter(as_of_on__gt=day).order_by("id"), True),
    ):
        for row in rows.iterator(chunk_size=1):
            try:
                return row.pk, FittedModel.from_dict(row.fitted), is_later
            except ValueError:  # stored by other scoring code
                continue
    return None, None, False


def _band_since(account_id: int, day: dt.date, health: AccountHealth | None) -> dt.date | None:
    """Return since when the band of that day stood, where the kept changes agree with the band."""
    if health is None:
        return None
    last = BandChange.objects.filter(account=account_id, changed_on__lte=day).order_by("-changed_on").first()
    return last.changed_on if last is not None and last.to_band == health.band else None
