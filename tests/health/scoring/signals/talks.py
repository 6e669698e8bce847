"""Histories of who took part on which day, written by hand, and those of the demo portfolio."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields
from zoneinfo import ZoneInfo

import numpy as np

from health.scoring.arrays import NO_DAY
from health.scoring.histories import TouchHistories
from health.scoring.signals.found import SIGNALS, FoundSignals, Signal, find_signals_many
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import ContactFact, TalkDays, TalkStats, TouchFact
from touchpoints.demo.records import DemoPortfolio

TODAY = 740_000
SETTINGS = SignalSettings()
BERLIN = ZoneInfo("Europe/Berlin")
VOICE = {"call", "visit", "meeting"}
RANKED = {"director", "executive"}


def call(age: int, *people: int) -> TouchFact:
    """A call in which both sides took part, so many days ago."""
    return TouchFact(1, TODAY - age, is_voice=True, is_by_client=True, is_by_us=False, contact_ids=people)


def answer(age: int, *people: int) -> TouchFact:
    """A mail of the client."""
    return TouchFact(1, TODAY - age, is_voice=False, is_by_client=True, is_by_us=False, contact_ids=people)


def mail(age: int) -> TouchFact:
    """A mail of ours."""
    return TouchFact(1, TODAY - age, is_voice=False, is_by_client=False, is_by_us=True)


def talk_stats(**figures: float) -> TalkStats:
    """The figures of one account, last in touch today; those not named are 0, days ``NO_DAY``."""
    usual = {c.name: NO_DAY if c.name.endswith("_day") else 0 for c in fields(TalkStats)}
    usual |= {"account_ids": 1, "first_day": TODAY - 1000, "last_day": TODAY}
    return TalkStats(**{name: np.array([figure]) for name, figure in (usual | figures).items()})


def found_in(
    touches: list[TouchFact],
    contacts: tuple[ContactFact, ...] = (),
    *,
    agreed_days: float = np.nan,
    as_of_day: int = TODAY,
) -> FoundSignals:
    """What is found in the touches of one account."""
    stats = compute_talk_stats(TalkDays.of(touches, contacts))
    return find_signals_many(stats, np.array([agreed_days]), as_of_day, SETTINGS)


def strength(found: FoundSignals, signal: Signal) -> float:
    """The strength of one signal of a single account."""
    return float(found.strength[0, SIGNALS.index(signal)])


def _ordinal(day: dt.date | None) -> int:
    return day.toordinal() if day else NO_DAY


class DemoTalk:
    """The demo portfolio as scoring sees it; accounts are numbered by their place in it."""

    def __init__(self, portfolio: DemoPortfolio) -> None:
        self.portfolio = portfolio
        people = {
            contact.external_id: number
            for number, contact in enumerate((one for a in portfolio.accounts for one in a.contacts), start=1)
        }
        touches = [
            TouchFact(
                number,
                touch.occurred_at.astimezone(BERLIN).date().toordinal(),
                touch.channel in VOICE,
                touch.direction in {"inbound", "mutual"},
                touch.direction == "outbound",
                tuple(people[one] for one in touch.contact_ids),
            )
            for number, account in enumerate(portfolio.accounts)
            for touch in account.touches
            if touch.counts
        ]
        contacts = [
            ContactFact(number, people[one.external_id], one.level in RANKED, _ordinal(one.left_on))
            for number, account in enumerate(portfolio.accounts)
            for one in account.contacts
        ]
        self.days = TalkDays.of(touches, contacts)
        self.histories = TouchHistories.from_pairs(self.days.account_ids[self.days.row], self.days.day)
        agreed = [account.agreed_cadence_days or np.nan for account in portfolio.accounts]
        self.agreed_days = np.array(agreed, dtype=np.float64)
        self.patterns = np.array([account.expected.pattern.value for account in portfolio.accounts])
        self.is_paused = np.array(
            [
                any(quiet.starts_on <= portfolio.as_of <= quiet.ends_on for quiet in account.quiet_periods)
                for account in portfolio.accounts
            ]
        )

    def signals_on(self, day: dt.date) -> FoundSignals:
        """What is found as of a day, of the accounts that had a touch by then."""
        stats = compute_talk_stats(self.days.as_of(day.toordinal()))
        return find_signals_many(stats, self.agreed_days[stats.account_ids], day.toordinal(), SETTINGS)
