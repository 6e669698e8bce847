"""Charts for paper: geometry that a template writes as SVG, so that they print without a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.formats import short_money
from health.charts.portfolio import QUIET_BANDS, QuietPoint
from health.charts.renewals import MonthOfRenewals

WIDTH, HEIGHT = 320, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 30.0, 316.0, 8.0, 130.0


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a place of the drawing."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class PrintedAreas:
    """Stacked areas: for each band its name and the `d` of its path, from the lowest up."""

    areas: tuple[tuple[str, str, str], ...]
    days: tuple[Label, ...]
    levels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what is at risk from the ground up, the rest above it."""

    x: float
    width: float
    risk_y: float
    risk_height: float
    rest_y: float
    rest_height: float
    label: Label


@dataclass(frozen=True, slots=True)
class PrintedBars:
    """Bars of months."""

    bars: tuple[Bar, ...]
    levels: tuple[Label, ...]


def _up(share: float) -> float:
    return _BOTTOM - share * (_BOTTOM - _TOP)


def printed_shares(points: Sequence[QuietPoint]) -> PrintedAreas | None:
    """Draw the quiet shares over time; None when fewer than two days are known."""
    drawn = [point for point in points if point.total]
    if len(drawn) < 2:
        return None
    first, last = drawn[0].day, drawn[-1].day
    tops = [[sum(p.share(band) for band, _ in QUIET_BANDS[:n]) for p in drawn] for n in range(len(QUIET_BANDS) + 1)]
    ceiling = _round_ceiling(max(tops[-1]) or 1.0)
    places = [_LEFT + (_RIGHT - _LEFT) * (p.day - first).days / max((last - first).days, 1) for p in drawn]

    def path(low: Sequence[float], high: Sequence[float]) -> str:
        over = [f"{x:.1f} {_up(y / ceiling):.1f}" for x, y in zip(places, high, strict=True)]
        back = [f"{x:.1f} {_up(y / ceiling):.1f}" for x, y in zip(places, low, strict=True)]
        return f"M{' L'.join(over + back[::-1])}Z"

    areas = tuple((band, name, path(tops[n], tops[n + 1])) for n, (band, name) in enumerate(QUIET_BANDS))
    ends = ((_LEFT, first), ((_LEFT + _RIGHT) / 2, first + (last - first) / 2), (_RIGHT, last))
    days = tuple(Label(x, HEIGHT - 6, f"{day.day} {day:%b}") for x, day in ends)
    levels = tuple(Label(_LEFT, _up(part), f"{part * ceiling:.3g}%") for part in (0.0, 0.5, 1.0))
    return PrintedAreas(areas, days, levels)


def printed_months(months: Sequence[MonthOfRenewals], *, currency: str) -> PrintedBars | None:
    """Draw the value that renews by month, and of it what is at risk; None when no value is known."""
    ceiling = _round_ceiling(max((month.arr for month in months), default=0.0))
    if not ceiling:
        return None
    step = (_RIGHT - _LEFT) / len(months)
    bars = []
    for place, month in enumerate(months):
        risk, rest = month.value_at_risk / ceiling, max(0.0, month.arr - month.value_at_risk) / ceiling
        x = _LEFT + (place + 0.18) * step
        height = _BOTTOM - _TOP
        label = Label(_LEFT + (place + 0.5) * step, HEIGHT - 6, f"{month.first_on:%b}"[:3])
        bars.append(Bar(x, 0.64 * step, _up(risk), risk * height, _up(risk + rest), rest * height, label))
    levels = tuple(Label(_LEFT, _up(part), short_money(part * ceiling, currency)) for part in (0.0, 0.5, 1.0))
    return PrintedBars(tuple(bars), levels)


def _round_ceiling(value: float) -> float:
    """Return the next of 1, 2, 4, 5, 8 and 10 times a power of ten that is not below `value`; 0 for nothing."""
    if value <= 0:
        return 0.0
    power = 10.0 ** (len(f"{value:.0f}") - 1) if value >= 1 else 1.0
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value)
