"""What people do: talk in series, write threads, run projects, mend incidents, visit, fail to reach somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from touchpoints.demo import phrases_mail, phrases_short, phrases_talk
from touchpoints.demo.phrases_mail import EVERYDAY_TOPICS, EVERYDAY_WEIGHTS, Topic
from touchpoints.demo.story import Story
from touchpoints.demo.workdays import ONE_DAY


def talk(
    story: Story,
    day: date,
    *,
    kind: str,
    channel: str | None = None,
    hour: float | None = None,
    said: tuple[str, str] | None = None,
) -> bool:
    """A live talk on a day both sides work; ``said`` is a subject and note when the talk is a special one."""
    dice = story.dice
    day = story.meets_on(day)
    channel = channel or story.talks_by
    colleague, contact = story.colleague(day), story.counterpart(day)
    voice = story.voice(day, colleague, contact, by_us=True)
    subject = said[0] if said else story.writer.line(phrases_talk.SERIES_SUBJECTS[kind], day, voice)
    options = phrases_talk.VISIT_NOTES if channel == "visit" else phrases_talk.NOTES
    body = said[1] if said else story.writer.note(day, voice, options)
    moment = story.ours.at(day, (hour or dice.pick((9, 9.5, 10, 10.5, 11, 13.5, 14, 15))) + dice.whole(0, 6) / 60)
    contacts = [contact]
    if channel != "call" or dice.chance(0.2):
        contacts += [other for other in story.present_contacts(day)[:3] if other is not contact and dice.chance(0.5)]
    return story.happens(
        moment,
        channel,
        "mutual",
        subject,
        body,
        colleague=colleague,
        contacts=tuple(contacts),
        outcome="talked" if channel == "call" else "",
    )


def special_talk(story: Story, day: date, texts: tuple[tuple[str, str], ...], channel: str, **more: str) -> bool:
    """A talk that is a turning point, with its own words."""
    day = story.meets_on(day)
    voice = story.voice(day, story.colleague(day), story.counterpart(day), by_us=True)
    return talk(story, day, kind="adhoc", channel=channel, said=story.writer.pair(texts, day, voice, **more))


def attempt(story: Story, day: date) -> None:
    """We ring and nobody answers; kept, but not a touch."""
    dice = story.dice
    day = story.ours.next_open(day)
    colleague, contact = story.colleague(day), story.counterpart(day)
    voice = story.voice(day, colleague, contact, by_us=True)
    is_voicemail = dice.chance(0.55)
    story.happens(
        story.ours.office_moment(day, dice),
        "call",
        "outbound",
        f"Tried to reach {contact.short_name}",
        story.writer.line(phrases_talk.VOICEMAILS if is_voicemail else phrases_talk.NO_ANSWERS, day, voice),
        colleague=colleague,
        contacts=(contact,),
        outcome="voicemail" if is_voicemail else "no_answer",
    )


def called_off(story: Story, day: date, kind: str, hour: float) -> None:
    """A talk that stood in the calendar and did not take place."""
    colleague, contact = story.colleague(day), story.counterpart(day)
    voice = story.voice(day, colleague, contact, by_us=True)
    story.happens(
        story.ours.at(day, hour),
        "meeting" if story.talks_by == "meeting" else "call",
        "mutual",
        story.writer.line(phrases_talk.SERIES_SUBJECTS[kind], day, voice),
        story.writer.line(phrases_talk.CALLED_OFF, day, voice),
        colleague=colleague,
        contacts=(contact,),
        outcome="cancelled",
    )


def thread(
    story: Story,
    day: date,
    *,
    by_us: bool,
    topic: Topic | None = None,
    length: int | None = None,
    answered: float = 0.9,
) -> None:
    """Mails to and fro, each answer in the other side's office hours; it may end unanswered at any point."""
    dice = story.dice
    topic = topic or dice.weighted(EVERYDAY_TOPICS, EVERYDAY_WEIGHTS)
    length = length or dice.weighted((1, 2, 3, 4, 5, 6), (20, 36, 23, 13, 6, 2))
    day = (story.ours if by_us else story.theirs).next_open(day)
    colleague, contact = story.colleague(day), story.counterpart(day)
    moment = (story.ours if by_us else story.theirs).office_moment(day, dice)
    subject = ""
    for turn in range(length):
        voice = story.voice(day, colleague, contact, by_us=by_us)
        if turn == 0:
            options = topic.ours if by_us else topic.theirs
            native = None if by_us else story.writer.native_mail(day, voice)
            subject = native[0] if native else story.writer.subject(topic, day, voice)
            body = native[1] if native else story.writer.mail(options, day, voice, by_us=by_us)
        else:
            options = topic.our_answers if by_us else topic.their_answers
            body = story.writer.mail(options, day, voice, by_us=by_us)
        is_written = story.happens(
            moment,
            "email",
            "outbound" if by_us else "inbound",
            f"Re: {subject}" if turn else subject,
            body,
            colleague=colleague,
            contacts=(contact,),
        )
        if not is_written or not dice.chance(answered):
            return
        by_us = not by_us
        moment = _answered_at(story, moment, by_us)
        day = story.firm_day(moment)


def _answered_at(story: Story, moment: datetime, by_us: bool) -> datetime:
    calendar = story.ours if by_us else story.theirs
    return calendar.answer_after(moment, story.dice, 0.85 if by_us else story.pace)


def everyday_mail(story: Story, first: date, last: date, *, per_week: float) -> None:
    """Threads as they come up between two days, either side beginning; some weeks none, some three."""
    day = first
    while day < last:
        for _ in range(story.dice.count(per_week)):
            start = day + timedelta(days=story.dice.whole(0, 6))
            if start < last:
                thread(story, start, by_us=story.dice.chance(0.45))
        day += timedelta(days=7)


def text_message(story: Story, day: date, *, by_us: bool) -> None:
    """A short message on the phone."""
    side = story.ours if by_us else story.theirs
    day = side.next_open(day)
    colleague, contact = story.colleague(day), story.counterpart(day)
    voice = story.voice(day, colleague, contact, by_us=by_us)
    options = phrases_short.TEXT_MESSAGES_OURS if by_us else phrases_short.TEXT_MESSAGES_THEIRS
    story.happens(
        side.office_moment(day, story.dice),
        "text",
        "outbound" if by_us else "inbound",
        "",
        story.writer.line(options, day, voice),
        colleague=colleague,
        contacts=(contact,),
    )


def weekly_slots(first: date, last: date, weekday: int, every_weeks: int) -> Iterator[date]:
    """The standing slot in the calendar: the same weekday every so many weeks."""
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    while day < last:
        yield day
        day += timedelta(weeks=every_weeks)


def monthly_slots(first: date, last: date, weekday: int, nth: int) -> Iterator[date]:
    """The nth such weekday of every month (``nth`` from 1 to 4)."""
    year, month = first.year, first.month
    while True:
        start = date(year, month, 1)
        day = start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))
        if day >= last:
            return
        if day >= first:
            yield day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def series(
    story: Story,
    slots: Iterator[date],
    *,
    kind: str,
    called_off_share: float = 0.05,
    agenda_share: float = 0.2,
    follow_up_share: float = 0.36,
) -> None:
    """A standing talk: held on its slot, moved over holidays, sometimes called off and caught up within days."""
    dice = story.dice
    hour = dice.pick((9.0, 9.5, 10.0, 11.0, 13.5, 14.0, 15.0))
    for slot in slots:
        held_on = slot
        if not (story.ours.is_open(slot) and story.theirs.is_open(slot)):
            held_on = story.meets_on(slot)
            # A short holiday moves the talk; a long one swallows it.
            if (held_on - slot).days > 4:
                continue
        elif dice.chance(called_off_share):
            called_off(story, slot, kind, hour)
            held_on = slot + timedelta(days=dice.whole(1, 3))
        if dice.chance(agenda_share):
            thread(story, held_on - ONE_DAY, by_us=dice.chance(0.7), topic=phrases_mail.REVIEW, length=dice.whole(1, 2))
        if dice.chance(0.05):
            attempt(story, held_on)
        if talk(story, held_on, kind=kind, hour=hour) and dice.chance(follow_up_share):
            thread(story, held_on, by_us=True, length=dice.weighted((1, 2, 3, 4), (3, 4, 2, 1)))
        if dice.chance(0.06):
            text_message(story, held_on, by_us=dice.chance(0.5))


def visits(story: Story, first: date, last: date, *, every_days: int, follow_up_share: float = 0.6) -> None:
    """Visits about every so many days, the date agreed by mail weeks before."""
    dice = story.dice
    day = first
    while day < last:
        held_on = story.meets_on(day)
        if dice.chance(0.3):
            ahead = held_on - timedelta(days=dice.whole(12, 25))
            thread(story, ahead, by_us=True, topic=phrases_mail.MEETING_PLANS, length=dice.whole(1, 2))
        if talk(story, held_on, kind="quarterly", channel="visit") and dice.chance(follow_up_share):
            thread(story, held_on, by_us=True, topic=phrases_mail.REVIEW, length=1)
        day = held_on + timedelta(days=every_days + dice.whole(-9, 9))


def incident(story: Story, day: date) -> None:
    """Something breaks: a ticket, our answer within hours, a call when it is bad, the all-clear."""
    dice = story.dice
    topic = phrases_mail.INCIDENT
    day = story.theirs.next_open(day)
    colleague, contact = story.colleague(day), story.counterpart(day)
    subject = story.writer.subject(topic, day, story.voice(day, colleague, contact, by_us=False))
    moment = story.theirs.office_moment(day, dice)
    by_us = False
    for turn in range(dice.whole(2, 5)):
        voice = story.voice(day, colleague, contact, by_us=by_us)
        options = topic.theirs if turn == 0 else topic.our_answers if by_us else topic.their_answers
        is_written = story.happens(
            moment,
            "ticket",
            "outbound" if by_us else "inbound",
            f"Re: {subject}" if turn else subject,
            story.writer.line(options, day, voice),
            colleague=colleague,
            contacts=(contact,),
        )
        if not is_written:
            return
        by_us = not by_us
        moment = _answered_at(story, moment, by_us)
        day = story.firm_day(moment)
    if dice.chance(0.4):
        talk(story, day, kind="adhoc", channel="call")


def incidents(story: Story, first: date, last: date, *, per_year: float) -> None:
    """Incidents at random moments of a period."""
    span = (last - first).days
    for _ in range(story.dice.count(max(per_year * span / 365, 0.0))):
        incident(story, first + timedelta(days=story.dice.whole(0, max(span - 1, 0))))


def project(story: Story, first: date, *, weeks: int, last: date) -> None:
    """Weeks of work together: kick-off, stand-ups, a mail a day or more, sign-off."""
    dice = story.dice
    end = min(first + timedelta(weeks=weeks), last)
    special_talk(story, first, phrases_talk.KICK_OFFS, "meeting")
    series(story, weekly_slots(first + timedelta(days=5), end, dice.whole(0, 3), 1), kind="project", agenda_share=0.4)
    topics = (phrases_mail.PLANNING, phrases_mail.FILES, phrases_mail.DELIVERY, phrases_mail.TRAINING)
    day = first
    while day < end:
        for _ in range(dice.count(0.42)):
            thread(story, day, by_us=dice.chance(0.5), topic=dice.pick(topics))
        if dice.chance(0.06):
            text_message(story, day, by_us=dice.chance(0.5))
        day += ONE_DAY
    if end < last:
        special_talk(story, end, phrases_talk.GO_LIVES, "meeting" if dice.chance(0.6) else "visit")


def machine_mail(story: Story, first: date, last: date) -> None:
    """What no person writes: a monthly newsletter, a survey twice a year, an absence notice now and then."""
    dice = story.dice
    for slot in monthly_slots(first, last, dice.whole(1, 3), dice.whole(1, 4)):
        contact = story.counterpart(slot)
        voice = story.voice(slot, story.owner, contact, by_us=True)
        subject, body = story.writer.pair(phrases_short.NEWSLETTERS, slot, voice)
        sent_at = story.ours.at(slot, 7.0 + dice.whole(0, 20) / 60)
        story.happens(
            sent_at, "email", "outbound", subject, body, colleague=None, contacts=(contact,), is_automated=True
        )
        if dice.chance(0.05):
            notice = story.writer.line(phrases_short.OUT_OF_OFFICE, slot, voice)
            story.happens(
                sent_at + timedelta(minutes=1),
                "email",
                "inbound",
                f"Automatic reply: {subject}",
                notice,
                colleague=None,
                contacts=(contact,),
                is_automated=True,
            )


def surveys(story: Story, first: date, last: date) -> None:
    """A survey twice a year, sent by a machine, answered by about four in ten."""
    dice = story.dice
    day = first + timedelta(days=dice.whole(20, 180))
    while day < last:
        day = story.theirs.next_open(day)
        contact = story.counterpart(day)
        voice = story.voice(day, story.owner, contact, by_us=True)
        asked_at = story.ours.at(day, 8.0)
        question = (story.writer.line(phrases_talk.SURVEY_ASKED[:1], day, voice), phrases_talk.SURVEY_ASKED[1])
        body = story.writer.line(question[1:], day, voice)
        story.happens(
            asked_at, "survey", "outbound", question[0], body, colleague=None, contacts=(contact,), is_automated=True
        )
        if dice.chance(0.4):
            subject, body = story.writer.pair(phrases_talk.SURVEY_ANSWERS, day, voice)
            answered_at = story.theirs.answer_after(asked_at, dice, 1.4)
            story.happens(answered_at, "survey", "inbound", subject, body, colleague=None, contacts=(contact,))
        day += timedelta(days=dice.whole(165, 200))
