"""What a mark of a portfolio chart stands for: frozen values <-> the query string of the list behind the mark.

Each part narrows a list of accounts as the mark was counted, so that a mark and its list hold the same accounts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from health.models import Band
from health.models.touch_months import ANY_CHANNEL, ChannelFamily

# Risk is drawn in steps of five points, 0-5 to 95-100.
RISK_STEPS: Final = 20
STEP_POINTS: Final = 100 // RISK_STEPS
_LONGEST_ID: Final = 18


@dataclass(frozen=True, slots=True)
class Drill:
    """How a list is narrowed to a mark; what is None or empty narrows nothing.

    `stood` is the band on the day `stood_on`; `renews_from` and `renews_to` are days, both included; `risk_step` counts
    steps of five points from 0; `touched` is a family of channels in which there was a touch in the month that begins
    on `month`. `unheard` is the source because of whose stop accounts are not flagged.
    """

    stood: str = ""
    stood_on: dt.date | None = None
    renews_from: dt.date | None = None
    renews_to: dt.date | None = None
    risk_step: int | None = None
    touched: str = ""
    month: dt.date | None = None
    unheard: int | None = None

    def query(self) -> dict[str, str]:
        """Return the query parameters that lead to this drill; none for one that narrows nothing."""
        found: dict[str, str] = {}
        if self.stood_on is not None:
            found |= {"stood": self.stood, "on": self.stood_on.isoformat()}
        if self.renews_from is not None and self.renews_to is not None:
            found["renewing"] = f"{self.renews_from.isoformat()}..{self.renews_to.isoformat()}"
        if self.risk_step is not None:
            found["risk"] = f"{self.risk_step * STEP_POINTS}-{(self.risk_step + 1) * STEP_POINTS}"
        if self.month is not None:
            found |= {"touched": self.touched, "month": f"{self.month:%Y-%m}"}
        if self.unheard is not None:
            found["unheard"] = str(self.unheard)
        return found

    def query_string(self) -> str:
        """Return the query parameters as they go on behind others; days, words and numbers need no quoting."""
        return "".join(f"&{name}={value}" for name, value in self.query().items())

    def labels(self) -> list[tuple[str, Drill]]:
        """Return each narrowing in words, with the drill that is left without it."""
        found: list[tuple[str, Drill]] = []
        if self.stood_on is not None:
            label = f"{Band(self.stood).label} on {_day(self.stood_on)}"
            found.append((label, replace(self, stood="", stood_on=None)))
        if self.renews_from is not None and self.renews_to is not None:
            label = f"Renews {_day(self.renews_from)} to {_day(self.renews_to)}"
            found.append((label, replace(self, renews_from=None, renews_to=None)))
        if self.risk_step is not None:
            low = self.risk_step * STEP_POINTS
            found.append((f"Risk {low} to {low + STEP_POINTS}%", replace(self, risk_step=None)))
        if self.month is not None:
            what = "In touch" if self.touched == ANY_CHANNEL else ChannelFamily(self.touched).label
            found.append((f"{what} in {self.month:%B %Y}", replace(self, touched="", month=None)))
        if self.unheard is not None:
            found.append(("Not flagged: its source stopped", replace(self, unheard=None)))
        return found


NO_DRILL: Final = Drill()


def read_drill(query: Mapping[str, str], wrong: list[str]) -> Drill:
    """Read a drill from a query string; parts that are not understood are left out and named in `wrong`."""
    parts: dict[str, object] = {}
    for names, read in _READERS.items():
        given = {name: query[name] for name in names if query.get(name)}
        if not given:
            continue
        try:
            parts |= read(*(given[name] for name in names))
        except (ValueError, KeyError):
            wrong.append(" ".join(f"{name}={value[:40]}" for name, value in given.items()))
    return Drill(**parts)  # type: ignore[arg-type] # each reader returns fields of a drill with their types


def _read_stood(band: str, day: str) -> dict[str, object]:
    return {"stood": Band(band).value, "stood_on": dt.date.fromisoformat(day)}


def _read_renewing(days: str) -> dict[str, object]:
    first, last = days.split("..")
    return {"renews_from": dt.date.fromisoformat(first), "renews_to": dt.date.fromisoformat(last)}


def _read_risk(points: str) -> dict[str, object]:
    step = int(points.split("-", maxsplit=1)[0]) // STEP_POINTS
    if points != f"{step * STEP_POINTS}-{(step + 1) * STEP_POINTS}" or not 0 <= step < RISK_STEPS:
        raise ValueError(points)
    return {"risk_step": step}


def _read_touched(touched: str, month: str) -> dict[str, object]:
    if touched not in {ANY_CHANNEL, *ChannelFamily.values}:
        raise ValueError(touched)
    return {"touched": touched, "month": dt.date.fromisoformat(f"{month}-01")}


def _read_unheard(source: str) -> dict[str, object]:
    if not (source.isascii() and source.isdigit() and len(source) <= _LONGEST_ID):
        raise ValueError(source)
    return {"unheard": int(source)}


_READERS: Final[dict[tuple[str, ...], Callable[..., dict[str, object]]]] = {
    ("stood", "on"): _read_stood,
    ("renewing",): _read_renewing,
    ("risk",): _read_risk,
    ("touched", "month"): _read_touched,
    ("unheard",): _read_unheard,
}


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
