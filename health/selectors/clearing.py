"""What would clear a flag: the score after one touch today, by the code that scores every night. Writes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from health.models import AccountHealth, Band
from health.past import Past, health_on, read_past, score_day
from health.scoring.histories import TouchHistories
from health.scoring.params import FittedModel, GapParams
from health.scoring.past_series import PastSeries
from health.selectors.past import day_end

#: Bands that a touch can clear; a decision of the firm it cannot, and the others need no clearing.
CLEARABLE: Final = (Band.SILENT, Band.DRIFTING, Band.DORMANT)


@dataclass(frozen=True, slots=True)
class AfterTouch:
    """The account as it would stand after a live talk today, as an unsaved row like any score."""

    health: AccountHealth

    @property
    def clears(self) -> bool:
        """Whether the flag would go."""
        return self.health.band not in CLEARABLE


def after_touch_today(health: AccountHealth, *, today: dt.date) -> AfterTouch | None:
    """Return where one live talk on `today` would leave the account; None where there is nothing to clear, or no model.

    Computed from the facts known by then, not promised. The touch names nobody, so a signal about people may stay on.
    """
    if health.band not in CLEARABLE or health.model_version is None:
        return None
    try:
        fitted = FittedModel.from_dict(health.model_version.fitted)
    except ValueError:  # stored by other scoring code; the next run fits anew
        return None
    past = read_past([health.account_id], as_of=day_end(today), params=fitted.params)
    scored = score_day(_with_talk_on(past, today.toordinal(), fitted.params), today, fitted)
    return None if scored is None else AfterTouch(health_on(scored, 0))


def _with_talk_on(past: Past, day: int, params: GapParams) -> Past:
    """The past of one account with a live talk on `day`, in which both sides take part."""
    account_id = int(past.any_touch.histories.account_ids[0])
    any_touch, client = (
        PastSeries(TouchHistories.of_one([*series.histories.days.tolist(), day], account_id), params)
        for series in (past.any_touch, past.client)
    )
    return Past(any_touch, client, replace(past.talk, days=past.talk.days.with_talk_on(day)))
