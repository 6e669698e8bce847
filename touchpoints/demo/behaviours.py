"""How each kind of client lives with us: one function per pattern tells the whole story of an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from touchpoints.demo import phrases_mail, phrases_short, phrases_talk
from touchpoints.demo.activities import (
    attempt,
    everyday_mail,
    incidents,
    monthly_slots,
    project,
    series,
    special_talk,
    talk,
    text_message,
    thread,
    visits,
    weekly_slots,
)
from touchpoints.demo.records import DemoQuietPeriod
from touchpoints.demo.story import Story
from touchpoints.demo.texts import spoken_day
from touchpoints.demo.truth import NAMED_SILENCE_DAYS, Pattern
from touchpoints.demo.workdays import ONE_DAY


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A usual way to stay in touch: talks every so many weeks (0: monthly), threads a week, tickets a year."""

    kind: str
    every_weeks: int
    mail_per_week: float
    incidents_per_year: float
    within_days: int


WEEKLY = Rhythm("weekly", 1, 0.45, 4, 5)
FORTNIGHTLY = Rhythm("fortnightly", 2, 0.22, 2.5, 10)
MONTHLY = Rhythm("monthly", 0, 0.12, 1.2, 20)


def live(story: Story, rhythm: Rhythm, first: date, last: date) -> None:
    """Stay in touch in that rhythm between two days."""
    weekday = story.dice.whole(0, 3)
    if rhythm.every_weeks:
        slots = weekly_slots(first, last, weekday, rhythm.every_weeks)
    else:
        slots = monthly_slots(first, last, weekday, story.dice.whole(1, 4))
    series(story, slots, kind=rhythm.kind)
    everyday_mail(story, first, last, per_week=rhythm.mail_per_week)
    incidents(story, first, last, per_year=rhythm.incidents_per_year)


def keep_in_touch(story: Story, within_days: int) -> None:
    """See to it that the last touch of a client who is well is not older than usual: a talk on a recent working day."""
    last_day = story.last_human_day()
    if last_day is not None and (story.as_of - last_day).days <= within_days:
        return
    day = story.days_ago(story.dice.whole(1, max(within_days // 2, 1)))
    while not (story.ours.is_open(day) and story.theirs.is_open(day)):
        day -= ONE_DAY
    talk(story, day, kind="adhoc")


def try_to_reach(story: Story, first: date, last: date, *, every_days: int) -> None:
    """Ring in vain every so often."""
    day = first + timedelta(days=every_days)
    while day < last:
        attempt(story, day)
        day += timedelta(days=max(3, every_days + story.dice.whole(-3, 4)))


def _steady(story: Story, rhythm: Rhythm) -> None:
    live(story, rhythm, story.begins_on, story.as_of)
    keep_in_touch(story, rhythm.within_days)


def steady_weekly(story: Story) -> None:
    story.told = "A call every week, mail in between."
    _steady(story, WEEKLY)


def steady_fortnightly(story: Story) -> None:
    story.told = "A call every second week."
    _steady(story, FORTNIGHTLY)


def steady_monthly(story: Story) -> None:
    story.told = "A meeting every month."
    _steady(story, MONTHLY)


def steady_quarterly(story: Story) -> None:
    story.told = "A visit every quarter, little in between."
    visits(story, story.begins_on + timedelta(days=story.dice.whole(0, 80)), story.as_of, every_days=91)
    keep_in_touch(story, 75)


def quarterly_visitor_quiet_19_days(story: Story) -> None:
    """A visit every thirteen weeks, the last one 19 days ago to the day."""
    story.told = f"A visit every quarter, the last {NAMED_SILENCE_DAYS} days ago: nothing is the matter."
    last = story.days_ago(NAMED_SILENCE_DAYS)
    for quarter in range(7, 0, -1):
        day = last - timedelta(days=91 * quarter + story.dice.whole(-5, 5))
        talk(story, day, kind="quarterly", channel="visit", hour=10.0)
        thread(story, day, by_us=True, topic=phrases_mail.REVIEW, length=1)
    _end_on(story, last, kind="quarterly", channel="visit")


def weekly_caller_quiet_19_days(story: Story) -> None:
    """Never missed a week, and hardly a mail between the calls; then nothing for 19 days but calls nobody takes."""
    story.told = f"A call every week without fail; nothing for {NAMED_SILENCE_DAYS} days."
    last = story.days_ago(NAMED_SILENCE_DAYS)
    slots = weekly_slots(story.begins_on, last, min(last.weekday(), 4), 1)
    series(story, slots, kind="weekly", called_off_share=0.0, agenda_share=0.0, follow_up_share=0.0)
    _end_on(story, last, kind="weekly", channel="call")
    for days in (11, 6, 2):
        attempt(story, story.days_ago(days))


def _end_on(story: Story, last: date, *, kind: str, channel: str) -> None:
    """Make ``last`` the last day of contact, to the day; on a weekend with a text message instead of a talk."""
    story.drop_between(last + ONE_DAY, story.as_of)
    if story.ours.is_open(last) and story.theirs.is_open(last):
        talk(story, last, kind=kind, channel=channel, hour=10.0)
    else:
        contact = story.counterpart(last)
        colleague = story.owner
        voice = story.voice(last, colleague, contact, by_us=False)
        body = story.writer.line(phrases_short.TEXT_MESSAGES_THEIRS, last, voice)
        noon = story.ours.at(last, 11.5)
        story.happens(noon, "text", "inbound", "", body, colleague=colleague, contacts=(contact,))
    story.silent_from = last + ONE_DAY


def bursty_projects(story: Story) -> None:
    story.told = "Projects of some weeks with a lot of mail, a monthly call in between."
    dice = story.dice
    series(
        story,
        monthly_slots(story.begins_on, story.as_of, dice.whole(0, 3), dice.whole(1, 4)),
        kind="monthly",
        follow_up_share=0.3,
    )
    start = story.days_ago(dice.whole(10, 75))
    while start > story.begins_on:
        project(story, start, weeks=dice.whole(4, 8), last=story.as_of)
        start -= timedelta(days=dice.whole(110, 210))
    keep_in_touch(story, 18)


_SEASONS = {
    "summer": ((6, 20), 80, "School and summer break: nobody in before September."),
    "winter": ((11, 12), 100, "Off season: the teams are away until the spring."),
}


def seasonal(story: Story) -> None:
    """In touch every second week in the season, nothing outside it, the same every year."""
    name = story.dice.pick(("summer", "winter"))
    (month, day_of_month), length, reason = _SEASONS[name]
    shift = story.dice.whole(-8, 8)
    story.told = f"Busy in season, nothing at all every {name}."
    quiet = []
    for year in range(story.begins_on.year - 1, story.as_of.year + 1):
        first = date(year, month, day_of_month) + timedelta(days=shift)
        quiet.append((first, first + timedelta(days=length - 1)))
    live(story, FORTNIGHTLY, story.begins_on, story.as_of)
    for first, last in quiet:
        story.drop_between(first, last)
        # It is known every year, and written down by the one who knows.
        if first <= story.as_of and last >= story.begins_on:
            story.quiet_periods.append(DemoQuietPeriod(first, last, reason, story.owner.email))
    if not any(period.starts_on <= story.as_of <= period.ends_on for period in story.quiet_periods):
        keep_in_touch(story, 12)


def known_pause(story: Story) -> None:
    """They stand still and told us so; somebody wrote it down."""
    dice = story.dice
    pause_from, until = story.days_ago(dice.whole(18, 70)), story.as_of + timedelta(days=dice.whole(12, 60))
    story.told = "They told us that they stand still until a day."
    live(story, dice.pick((WEEKLY, FORTNIGHTLY)), story.begins_on, pause_from)
    story.drop_between(pause_from, story.as_of)
    day = story.theirs.last_open(pause_from - timedelta(days=4))
    contact, colleague = story.counterpart(day), story.colleague(day)
    voice = story.voice(day, colleague, contact, by_us=False)
    subject, body = story.writer.pair(phrases_talk.PAUSE_MAILS, day, voice, until=spoken_day(until))
    sent_at = story.theirs.office_moment(day, dice)
    story.happens(sent_at, "email", "inbound", subject, body, colleague=colleague, contacts=(contact,))
    story.silent_from = pause_from
    reason = dice.pick(("Plant shutdown, agreed with the client", "Moving premises", "Stocktaking and system change"))
    story.quiet_periods.append(DemoQuietPeriod(pause_from, until, reason, story.owner.email))


def slow_drift(story: Story) -> None:
    """They answer a little later each time, and talks are put off a little longer."""
    dice = story.dice
    story.told = "Gaps have been growing for months."
    turn = story.days_ago(dice.whole(200, 300))
    live(story, dice.pick((WEEKLY, FORTNIGHTLY)), story.begins_on, turn)
    story.drop_between(turn, story.as_of)
    gap, day = dice.between(6, 9), turn
    while day < story.as_of:
        if dice.chance(0.55):
            talk(story, day, kind="adhoc")
        else:
            thread(story, day, by_us=dice.chance(0.7), length=dice.whole(1, 3))
        day += timedelta(days=round(gap * dice.between(0.8, 1.2)))
        gap = min(gap * 1.13, 38)


def channel_shift(story: Story) -> None:
    """Calls give way to mail; the number of touches stays."""
    dice = story.dice
    story.told = "Calls have given way to e-mail."
    # Within the last half year: what was so for longer is how the client lives with us, and no change any more.
    turn = story.days_ago(dice.whole(150, 200))
    live(story, FORTNIGHTLY, story.begins_on, turn)
    for slot in weekly_slots(turn, story.as_of, dice.whole(0, 3), 1):
        still_calls = 1 - (slot - turn).days / 70
        if dice.chance(max(still_calls, 0.03)):
            talk(story, slot, kind="fortnightly")
        else:
            thread(story, slot, by_us=dice.chance(0.6), length=dice.whole(1, 4))
    if (story.as_of - (story.last_human_day() or turn)).days > 9:
        thread(story, story.days_ago(5), by_us=False, length=1)


def sponsor_left(story: Story) -> None:
    """The one person who stood up for us has gone; what is left is less often and lower down."""
    dice = story.dice
    left_on = story.days_ago(dice.whole(80, 130))
    sponsor = story.contacts[0] = replace(story.contacts[0], left_on=left_on)
    story.told = f"{sponsor.name} left; since then contact has thinned."
    live(story, FORTNIGHTLY, story.begins_on, left_on)
    day = story.theirs.last_open(left_on - timedelta(days=6))
    voice = story.voice(day, story.owner, sponsor, by_us=False)
    subject, body = story.writer.pair(phrases_talk.FAREWELL_MAILS, day, voice)
    sent_at = story.theirs.office_moment(day, dice)
    story.happens(sent_at, "email", "inbound", subject, body, colleague=story.owner, contacts=(sponsor,))
    for slot in weekly_slots(left_on + timedelta(days=14), story.as_of, dice.whole(0, 3), 3):
        if dice.chance(0.4):
            talk(story, slot, kind="adhoc")
        else:
            thread(story, slot, by_us=True, topic=phrases_mail.PLANNING, length=2)
    keep_in_touch(story, 24)


def one_sided(story: Story) -> None:
    """We write and write."""
    dice = story.dice
    story.told = "Our mails have not been answered for months."
    turn = story.days_ago(dice.whole(75, 120))
    live(story, dice.pick((WEEKLY, FORTNIGHTLY)), story.begins_on, turn)
    story.client_silent_from = turn
    story.drop_between(turn, story.as_of)
    for slot in weekly_slots(turn + timedelta(days=4), story.as_of, dice.whole(0, 4), 1):
        if dice.chance(0.85):
            thread(story, slot, by_us=True, topic=phrases_mail.CHECKING_IN, length=1)
        if dice.chance(0.2):
            attempt(story, slot)


def cadence_missed(story: Story) -> None:
    """A call every second week was promised; it has become one a month, and it is our doing."""
    dice = story.dice
    story.told = "A call every second week is agreed; for months it has been one in four or five weeks."
    turn = story.days_ago(dice.whole(150, 200))
    live(story, FORTNIGHTLY, story.begins_on, turn)
    story.drop_between(turn, story.as_of)
    day = turn
    while day < story.as_of:
        talk(story, day, kind="fortnightly")
        if dice.chance(0.4):
            thread(story, day, by_us=False, length=2)
        day += timedelta(days=dice.whole(26, 35))
    keep_in_touch(story, 28)


_SILENCES = ((WEEKLY, 26, 44), (WEEKLY, 30, 52), (FORTNIGHTLY, 48, 75), (FORTNIGHTLY, 50, 80), (MONTHLY, 110, 150))


def fell_silent(story: Story) -> None:
    """All was well, then nobody answers."""
    dice = story.dice
    rhythm, low, high = dice.pick(_SILENCES)
    last = story.days_ago(dice.whole(low, high))
    story.told = f"In touch {rhythm.kind}, then silence."
    live(story, rhythm, story.begins_on, last)
    _end_on(story, last, kind=rhythm.kind, channel=story.talks_by)
    try_to_reach(story, last, story.as_of, every_days=9)


def long_gone(story: Story) -> None:
    """Silent for most of a year or more, never closed on paper."""
    dice = story.dice
    rhythm = dice.pick((WEEKLY, FORTNIGHTLY, MONTHLY))
    last = story.days_ago(dice.whole(300, 440))
    story.told = f"In touch {rhythm.kind} until long ago; never came back."
    live(story, rhythm, story.begins_on, last)
    _end_on(story, last, kind=rhythm.kind, channel=story.talks_by)
    try_to_reach(story, last, last + timedelta(days=90), every_days=12)


def won_back(story: Story) -> None:
    """Silent for months; then somebody picked up, and since then it goes well again."""
    dice = story.dice
    back_on = story.days_ago(dice.whole(60, 200))
    gone_on = back_on - timedelta(days=dice.whole(95, 160))
    story.told = "Silent for months, then won back by a long talk."
    live(story, FORTNIGHTLY, story.begins_on, gone_on)
    story.drop_between(gone_on, story.as_of)
    story.silent_from = gone_on
    try_to_reach(story, gone_on, back_on, every_days=16)
    story.silent_from = None
    special_talk(story, back_on, phrases_talk.WIN_BACKS, "call")
    live(story, FORTNIGHTLY, back_on + timedelta(days=5), story.as_of)
    keep_in_touch(story, 9)


def closed(story: Story) -> None:
    """They ended it, with notice and a last talk."""
    last = story.silent_from or story.days_ago(60)
    story.told = "The client ended the contract."
    live(story, FORTNIGHTLY, story.begins_on, last - timedelta(days=20))
    special_talk(story, last - timedelta(days=8), phrases_talk.LAST_TALKS, "call")


def new(story: Story) -> None:
    """A first talk, perhaps a mail the same day: too little to learn from."""
    story.told = "New: one or two touches so far."
    day = story.meets_on(story.begins_on + ONE_DAY)
    special_talk(story, day, phrases_talk.FIRST_TALKS, "meeting" if story.dice.chance(0.6) else "call")
    if story.dice.chance(0.5):
        thread(story, day, by_us=True, topic=phrases_mail.TRAINING, length=1)
    if story.dice.chance(0.3):
        text_message(story, day, by_us=False)


def no_touches(story: Story) -> None:
    """In the books, but nobody has spoken yet."""
    story.told = "No touch on record."


TELL: dict[Pattern, Callable[[Story], None]] = {
    Pattern.STEADY_WEEKLY: steady_weekly,
    Pattern.STEADY_FORTNIGHTLY: steady_fortnightly,
    Pattern.STEADY_MONTHLY: steady_monthly,
    Pattern.STEADY_QUARTERLY: steady_quarterly,
    Pattern.BURSTY_PROJECTS: bursty_projects,
    Pattern.SEASONAL: seasonal,
    Pattern.KNOWN_PAUSE: known_pause,
    Pattern.SLOW_DRIFT: slow_drift,
    Pattern.CHANNEL_SHIFT: channel_shift,
    Pattern.SPONSOR_LEFT: sponsor_left,
    Pattern.ONE_SIDED: one_sided,
    Pattern.CADENCE_MISSED: cadence_missed,
    Pattern.FELL_SILENT: fell_silent,
    Pattern.LONG_GONE: long_gone,
    Pattern.WON_BACK: won_back,
    Pattern.CLOSED: closed,
    Pattern.NEW: new,
    Pattern.NO_TOUCHES: no_touches,
}
