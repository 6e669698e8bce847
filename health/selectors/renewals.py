"""Renewals ahead: how many lie where, and what they are worth; added up from arrays of the accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from health.drills import RISK_STEPS
from health.portfolio_rows import BAND_OF_CODE, PortfolioRows
from health.scoring.groups import group_by
from health.selectors.facets import from_cents
from health.touch_months import month_after


@dataclass(frozen=True, slots=True)
class RenewalSpot:
    """Accounts of one band that renew in the same week at about the same risk: one mark of a chart.

    `risk` is their mean; `account_id` the account, where there is only one.
    """

    band: str
    first_on: dt.date
    last_on: dt.date
    risk_step: int
    risk: float
    count: int
    arr: float
    account_id: int | None


def renewing_rows(rows: PortfolioRows, *, today: dt.date, days: int) -> PortfolioRows:
    """Return the renewals of the next `days` days whose risk is known; closed accounts are left out."""
    return rows.where(rows.renews_within(days, today) & ~np.isnan(rows.risk) & rows.is_open)


def renewal_spots(ahead: PortfolioRows, *, today: dt.date) -> list[RenewalSpot]:
    """Return where renewals lie, by week, band and step of risk; of all of them both day and risk are known.

    Weeks count from `today`. Largest value first, so that small marks are drawn over large ones.
    """
    step = np.minimum(np.floor(ahead.risk * RISK_STEPS).astype(np.int64), RISK_STEPS - 1)
    groups = group_by(ahead.band, (ahead.renewal_on - today.toordinal()) // 7, step)
    first_on, last_on = groups.bounds(ahead.renewal_on)
    spots = [
        RenewalSpot(
            BAND_OF_CODE[band],
            dt.date.fromordinal(first),
            dt.date.fromordinal(last),
            risk_step,
            risk / count,
            count,
            float(from_cents(round(arr))),
            one if count == 1 else None,
        )
        for band, risk_step, first, last, risk, count, arr, one in zip(
            ahead.band[groups.first].tolist(),
            step[groups.first].tolist(),
            first_on.tolist(),
            last_on.tolist(),
            groups.sums(ahead.risk).tolist(),
            groups.count.tolist(),
            groups.sums(ahead.known_arr_cents).tolist(),
            ahead.account_id[groups.first].tolist(),
            strict=True,
        )
    ]
    return sorted(spots, key=lambda spot: (-spot.arr, spot.first_on, spot.risk_step, spot.band))


@dataclass(frozen=True, slots=True)
class RenewalMonth:
    """What renews from `first_on` to `last_on`, days of one month, and how much of its value is at risk."""

    first_on: dt.date
    last_on: dt.date
    count: int
    arr: float
    value_at_risk: float


def renewal_months(rows: PortfolioRows, *, today: dt.date, months: int) -> list[RenewalMonth]:
    """Return the renewals from `today` to the end of the last of `months` months, this one among them, by month.

    A month without a renewal has zeros. Closed accounts are left out.
    """
    starts = [today]
    for _ in range(months):
        starts.append(month_after(starts[-1]))
    bounds = np.array([start.toordinal() for start in starts])
    places = np.flatnonzero((rows.renewal_on >= bounds[0]) & (rows.renewal_on < bounds[-1]) & rows.is_open)
    month = np.searchsorted(bounds, rows.renewal_on[places], side="right") - 1
    counts = np.bincount(month, minlength=months).tolist()
    arr = np.bincount(month, weights=rows.known_arr_cents[places], minlength=months).tolist()
    at_risk = np.bincount(month, weights=rows.value_at_risk_cents[places], minlength=months).tolist()
    return [
        RenewalMonth(
            starts[place],
            starts[place + 1] - dt.timedelta(days=1),
            counts[place],
            float(from_cents(round(arr[place]))),
            float(from_cents(round(at_risk[place]))),
        )
        for place in range(months)
    ]
