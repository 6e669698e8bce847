"""Tells all stories and hands over the portfolio. ``generate_portfolio`` is the entrance to the simulation."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from touchpoints.demo import behaviours, phrases_talk
from touchpoints.demo.activities import machine_mail, special_talk, surveys
from touchpoints.demo.casting import cast_contacts
from touchpoints.demo.cultures import CULTURES, Culture
from touchpoints.demo.dice import Dice
from touchpoints.demo.industries import INDUSTRIES
from touchpoints.demo.people import MANAGERS, PEOPLE, SEGMENTS, TEAMS, teammates_of
from touchpoints.demo.plan import PlannedAccount, plan_portfolio
from touchpoints.demo.records import DemoAccount, DemoPortfolio
from touchpoints.demo.story import Story
from touchpoints.demo.texts import Writer
from touchpoints.demo.truth import (
    QUARTERLY_VISITOR_QUIET_19_DAYS,
    WEEKLY_CALLER_QUIET_19_DAYS,
    Expected,
    Pattern,
    expected_for,
)
from touchpoints.demo.workdays import FREE_DAYS, MONDAY_TO_FRIDAY, WorkCalendar, summer_leave

HISTORY_DAYS = 730
DEFAULT_SEED = 20240229
DEFAULT_TIME_ZONE = "Europe/Berlin"

_ARR_RANGE = {"Enterprise": (80_000, 620_000), "Mid-market": (18_000, 110_000), "Small business": (2_400, 22_000)}
_SILENCE_STORIES = frozenset({Pattern.FELL_SILENT, Pattern.LONG_GONE})
_NEEDS_HISTORY = _SILENCE_STORIES | {Pattern.SLOW_DRIFT, Pattern.CHANNEL_SHIFT, Pattern.WON_BACK, Pattern.SEASONAL}
_AGREED_DAYS = {
    Pattern.STEADY_WEEKLY: 7,
    Pattern.STEADY_FORTNIGHTLY: 14,
    Pattern.STEADY_MONTHLY: 30,
    Pattern.STEADY_QUARTERLY: 90,
    Pattern.CADENCE_MISSED: 14,
    Pattern.SLOW_DRIFT: 14,
}
_NEXT_ACTIONS = (
    "Send the corrected figures",
    "Call about the renewal",
    "Agree a date for the review",
    "Ask for the new purchase order",
    "Introduce the new contact",
    "Bring the summary of the year",
    "Check the last delivery with the partner",
    "Answer the question on prices",
)


def generate_portfolio(as_of: date, *, seed: int = DEFAULT_SEED, time_zone: str = DEFAULT_TIME_ZONE) -> DemoPortfolio:
    """Simulate 24 months of client care that end the evening before ``as_of``.

    ``time_zone`` (IANA name) is the firm's own: its days are the days of the stories. The same arguments give the
    same portfolio. Raises ``zoneinfo.ZoneInfoNotFoundError`` for an unknown zone.
    """
    zone = ZoneInfo(time_zone)
    root = np.random.SeedSequence(seed)
    planned = plan_portfolio(Dice(np.random.default_rng(root)))
    leave = _our_leave(as_of, Dice(np.random.default_rng(root.spawn(1)[0])))
    accounts = [
        _tell_account(number, plan, as_of=as_of, zone=zone, leave=leave, dice=Dice(np.random.default_rng(child)))
        for number, (plan, child) in enumerate(zip(planned, root.spawn(len(planned)), strict=True), start=1)
    ]
    return DemoPortfolio(as_of, seed, time_zone, TEAMS, PEOPLE, SEGMENTS, tuple(accounts))


def _our_leave(as_of: date, dice: Dice) -> dict[str, tuple[tuple[date, date], ...]]:
    """When each of us is away, by e-mail address: two or three weeks every summer."""
    years = range(as_of.year - 2, as_of.year + 1)
    return {manager.email: tuple(summer_leave(year, dice, dice.whole(2, 3)) for year in years) for manager in MANAGERS}


def _client_calendar(culture: Culture, plan: PlannedAccount, as_of: date, dice: Dice) -> WorkCalendar:
    closures = [
        summer_leave(year, dice, culture.summer_weeks)
        for year in range(as_of.year - 2, as_of.year + 1)
        if dice.chance(0.5)
    ]
    # Holidays that end just now would blur whether a client is quiet or away; that case has its own pattern.
    closures = [(first, last) for first, last in closures if last < as_of - timedelta(days=45)]
    if plan.firm.name in {WEEKLY_CALLER_QUIET_19_DAYS, QUARTERLY_VISITOR_QUIET_19_DAYS}:
        closures = []
    return WorkCalendar(
        ZoneInfo(dice.pick(culture.zones)), culture.weekdays, FREE_DAYS[culture.holidays], tuple(closures)
    )


def _start_days_ago(pattern: Pattern, dice: Dice) -> int:
    """How long ago the contract began."""
    if pattern is Pattern.NEW:
        return dice.whole(9, 24)
    if pattern is Pattern.NO_TOUCHES:
        return dice.whole(2, 60)
    if pattern not in _NEEDS_HISTORY and dice.chance(0.22):
        return dice.whole(290, HISTORY_DAYS)
    return dice.whole(HISTORY_DAYS + 30, 3200)


def _begin_story(
    number: int,
    plan: PlannedAccount,
    *,
    as_of: date,
    zone: ZoneInfo,
    leave: dict[str, tuple[tuple[date, date], ...]],
    started_on: date,
    dice: Dice,
) -> Story:
    culture, industry = CULTURES[plan.firm.culture], INDUSTRIES[plan.firm.industry]
    mates = teammates_of(plan.owner)
    story = Story(
        account_id=f"D{number:04d}",
        as_of=as_of,
        begins_on=max(as_of - timedelta(days=HISTORY_DAYS), started_on),
        zone=zone,
        dice=dice,
        writer=Writer(dice, industry, culture.towns, culture.key),
        ours=WorkCalendar(zone, MONDAY_TO_FRIDAY, FREE_DAYS["europe"]),
        theirs=_client_calendar(culture, plan, as_of, dice),
        owner=plan.owner,
        mates=mates,
        contacts=cast_contacts(
            f"D{number:04d}",
            plan.firm,
            plan.segment,
            dice,
            # Were there a second director, the client would have another sponsor already.
            is_led_by_one=plan.pattern is Pattern.SPONSOR_LEFT,
        ),
        our_leave=leave[plan.owner.email],
        pace=dice.between(0.8, 1.5),
        talks_by=dice.weighted(("call", "meeting"), (3, 2)),
    )
    if plan.firm.name == WEEKLY_CALLER_QUIET_19_DAYS:
        story.talks_by = "call"
    if plan.pattern in {Pattern.STEADY_WEEKLY, Pattern.STEADY_FORTNIGHTLY, Pattern.STEADY_MONTHLY} and dice.chance(
        0.15
    ):
        story.previous_owner = dice.pick(mates)
        story.handover_on = as_of - timedelta(days=dice.whole(120, 280))
    return story


def _tell(story: Story, plan: PlannedAccount, started_on: date) -> None:
    if started_on == story.begins_on and plan.pattern not in {Pattern.NEW, Pattern.NO_TOUCHES}:
        special_talk(story, started_on + timedelta(days=2), phrases_talk.FIRST_TALKS, "meeting")
        story.begins_on += timedelta(days=2)
    if plan.firm.name == WEEKLY_CALLER_QUIET_19_DAYS:
        behaviours.weekly_caller_quiet_19_days(story)
    elif plan.firm.name == QUARTERLY_VISITOR_QUIET_19_DAYS:
        behaviours.quarterly_visitor_quiet_19_days(story)
    else:
        behaviours.TELL[plan.pattern](story)
    _tell_handover(story)
    if plan.pattern not in {Pattern.NEW, Pattern.STEADY_QUARTERLY} and story.dice.chance(0.8):
        machine_mail(story, story.begins_on, story.silent_from or story.as_of)
    if plan.pattern in {Pattern.STEADY_WEEKLY, Pattern.STEADY_FORTNIGHTLY, Pattern.STEADY_MONTHLY}:
        surveys(story, story.begins_on, story.as_of)
        if story.dice.chance(0.5):
            day = story.days_ago(story.dice.whole(30, 600))
            special_talk(story, day, phrases_talk.EVENTS, "event")


def _tell_handover(story: Story) -> None:
    if story.previous_owner is None or story.handover_on is None:
        return
    day = story.ours.next_open(story.handover_on)
    contact = story.counterpart(day)
    voice = story.voice(day, story.owner, contact, by_us=True)
    subject, body = story.writer.pair(phrases_talk.HANDOVER_MAILS, day, voice)
    story.happens(
        story.ours.office_moment(day, story.dice),
        "email",
        "outbound",
        subject,
        body,
        colleague=story.owner,
        contacts=(contact,),
    )


def _tell_account(
    number: int,
    plan: PlannedAccount,
    *,
    as_of: date,
    zone: ZoneInfo,
    leave: dict[str, tuple[tuple[date, date], ...]],
    dice: Dice,
) -> DemoAccount:
    started_on = as_of - timedelta(days=_start_days_ago(plan.pattern, dice))
    story = _begin_story(number, plan, as_of=as_of, zone=zone, leave=leave, started_on=started_on, dice=dice)
    closed_on = as_of - timedelta(days=dice.whole(45, 300)) if plan.pattern is Pattern.CLOSED else None
    story.silent_from = closed_on
    _tell(story, plan, started_on)
    low, high = _ARR_RANGE[plan.segment]
    arr = low * (high / low) ** dice.uniform()
    renewal_on = closed_on or as_of + timedelta(days=dice.whole(4, 425))
    has_agreement = plan.pattern is Pattern.CADENCE_MISSED or dice.chance(0.62)
    has_action = closed_on is None and dice.chance(0.4)
    return DemoAccount(
        external_id=story.account_id,
        name=plan.firm.name,
        owner_email=plan.owner.email,
        team=plan.owner.team or "",
        segment=plan.segment,
        industry=INDUSTRIES[plan.firm.industry].label,
        arr=round(arr, -3 if arr > 50_000 else -2),
        started_on=started_on,
        renewal_on=renewal_on,
        status="closed" if closed_on else "active",
        closed_on=closed_on,
        agreed_cadence_days=_AGREED_DAYS.get(plan.pattern, dice.pick((14, 30, 30))) if has_agreement else None,
        next_action=dice.pick(_NEXT_ACTIONS) if has_action else "",
        next_action_on=as_of + timedelta(days=dice.whole(-4, 21)) if has_action else None,
        domains=_domains(plan, dice),
        contacts=tuple(story.contacts),
        touches=story.finished_touches(),
        quiet_periods=tuple(story.quiet_periods),
        expected=_expected(story, plan.pattern),
    )


def _domains(plan: PlannedAccount, dice: Dice) -> tuple[str, ...]:
    main = f"{plan.firm.domain}.example"
    return (main, f"mail.{main}") if plan.segment == "Enterprise" and dice.chance(0.4) else (main,)


def _expected(story: Story, pattern: Pattern) -> Expected:
    last_day = story.last_human_day()
    is_paused = any(period.starts_on <= story.as_of <= period.ends_on for period in story.quiet_periods)
    silent_days = (story.as_of - last_day).days if last_day and pattern in _SILENCE_STORIES else None
    return expected_for(pattern, story.told, silent_days=silent_days, is_paused=is_paused)
