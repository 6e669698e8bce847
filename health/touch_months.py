"""The portfolio's touches by channel and month, counted from the facts in one pass.

One of the places with raw SQL: a count reads every touch of a year, from the index that rhythms are rebuilt from.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection

from config.days import day_start, firm_zone
from health.models.touch_months import ANY_CHANNEL, ChannelFamily
from touchpoints.models import Channel

#: How many whole months are kept: a year to look back on, and the month to compare the newest with.
MONTHS: Final = 13

CHANNELS_OF: Final[dict[str, tuple[str, ...]]] = {
    ChannelFamily.CALL.value: (Channel.CALL.value,),
    ChannelFamily.MEETING.value: (Channel.MEETING.value, Channel.VISIT.value),
    ChannelFamily.EMAIL.value: (Channel.EMAIL.value,),
    ChannelFamily.TEXT.value: (Channel.TEXT.value,),
    ChannelFamily.OTHER.value: (
        Channel.TICKET.value,
        Channel.SURVEY.value,
        Channel.EVENT.value,
        Channel.OTHER.value,
    ),
}


def whole_months(today: dt.date) -> list[dt.date]:
    """Return the first days of the last thirteen months that are over, oldest first."""
    months = [today.replace(day=1)]
    for _ in range(MONTHS):
        months.append((months[-1] - dt.timedelta(days=1)).replace(day=1))
    return months[:0:-1]


def month_after(month: dt.date) -> dt.date:
    """Return the first day of the month after the one that begins on `month`."""
    return (month + dt.timedelta(days=31)).replace(day=1)


_COUNT: Final = """
WITH touched AS (
    SELECT account_id, date_trunc('month', occurred_at AT TIME ZONE %(zone)s)::date AS month,
           family.name AS family, count(*) AS touches
    FROM touchpoints_touchpoint
    JOIN unnest(%(channels)s, %(families)s) AS family(channel, name) USING (channel)
    WHERE counts AND occurred_at >= %(since)s AND occurred_at < %(until)s
    GROUP BY 1, 2, 3
), counted AS (
    SELECT account_id, month, family, touches FROM touched
    UNION ALL
    SELECT account_id, month, %(any)s, sum(touches) FROM touched GROUP BY 1, 2
)
INSERT INTO health_touchmonth (month, owner_id, team_id, segment_id, family, touch_count, account_count, counted_on)
SELECT month, owner_id, team_id, segment_id, family, sum(touches), count(*), %(today)s
FROM counted JOIN accounts_account AS account ON account.id = account_id
GROUP BY 1, 2, 3, 4, 5
"""


def count_months(*, today: dt.date) -> None:
    """Count the last thirteen whole months again; what was counted before is replaced."""
    months = whole_months(today)
    pairs = [(channel, family) for family, channels in CHANNELS_OF.items() for channel in channels]
    with connection.cursor() as cursor:
        # Two counts would meet in the unique constraint; the second waits and replaces.
        cursor.execute("LOCK TABLE health_touchmonth IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM health_touchmonth")
        cursor.execute(
            _COUNT,
            {
                "zone": str(firm_zone()),
                "channels": [channel for channel, _ in pairs],
                "families": [family for _, family in pairs],
                "since": day_start(months[0]),
                "until": day_start(month_after(months[-1])),
                "any": ANY_CHANNEL,
                "today": today,
            },
        )
