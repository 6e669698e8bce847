"""One account while its two years are being told: who is there, when they work, what has been written down so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from touchpoints.demo.dice import Dice
from touchpoints.demo.records import DemoContact, DemoPerson, DemoQuietPeriod, DemoTouch
from touchpoints.demo.texts import Voice, Writer
from touchpoints.demo.workdays import WorkCalendar, mutual_open

MAILBOX, CALENDAR, BY_HAND, HELP_DESK, CAMPAIGNS = (
    "Mailbox",
    "Calendar",
    "Logged by hand",
    "Help desk",
    "Campaigns",
)
_SOURCES = {
    "call": BY_HAND,
    "visit": CALENDAR,
    "meeting": CALENDAR,
    "event": CALENDAR,
    "email": MAILBOX,
    "text": BY_HAND,
    "ticket": HELP_DESK,
    "survey": CAMPAIGNS,
}


@dataclass
class Story:
    """The growing history of one account.

    Nothing on or after ``as_of`` is ever written down, nor anything before ``begins_on``. From ``silent_from`` on
    people are no longer in touch (attempts and machines go on); from ``client_silent_from`` on only we still write.
    All these are days in the firm's own time zone.
    """

    account_id: str
    as_of: date
    begins_on: date
    zone: ZoneInfo
    dice: Dice
    writer: Writer
    ours: WorkCalendar
    theirs: WorkCalendar
    owner: DemoPerson
    mates: tuple[DemoPerson, ...]
    contacts: list[DemoContact]
    our_leave: tuple[tuple[date, date], ...] = ()
    previous_owner: DemoPerson | None = None
    handover_on: date | None = None
    pace: float = 1.0
    talks_by: str = "call"
    silent_from: date | None = None
    client_silent_from: date | None = None
    quiet_periods: list[DemoQuietPeriod] = field(default_factory=list)
    told: str = ""
    _written: list[DemoTouch] = field(default_factory=list)

    # Who is there

    def colleague(self, day: date) -> DemoPerson:
        """Who of us looks after the client on that day: the manager, the one before, or whoever covers."""
        away = any(first <= day <= last for first, last in self.our_leave)
        if self.mates and (away or self.dice.chance(0.05)):
            return self.mates[day.toordinal() % len(self.mates)]
        if self.previous_owner and self.handover_on and day < self.handover_on:
            return self.previous_owner
        return self.owner

    def present_contacts(self, day: date) -> list[DemoContact]:
        """Contacts who still work there. The last one never leaves, so that there is always somebody."""
        present = [contact for contact in self.contacts if contact.left_on is None or day < contact.left_on]
        return present or self.contacts[-1:]

    def counterpart(self, day: date) -> DemoContact:
        """Whom we deal with: mostly the first of the list, each next one less often."""
        present = self.present_contacts(day)
        return self.dice.weighted(present, [0.5**place for place in range(len(present))])

    def voice(self, day: date, colleague: DemoPerson, contact: DemoContact, *, by_us: bool) -> Voice:
        others = [other.short_name for other in self.present_contacts(day) if other is not contact]
        mate = self.mates[day.toordinal() // 7 % len(self.mates)].first_name if self.mates else "the team"
        if mate == colleague.first_name:
            mate = self.owner.first_name
        other = self.dice.pick(others) if others else "a colleague"
        if by_us:
            return Voice(colleague.first_name, contact.short_name, other, mate)
        return Voice(contact.short_name, colleague.first_name, other, mate)

    def meets_on(self, day: date) -> date:
        """``day`` or the next day on which both sides work."""
        return mutual_open(self.ours, self.theirs, day)

    # Writing down

    def firm_day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def happens(
        self,
        moment: datetime,
        channel: str,
        direction: str,
        subject: str,
        body: str,
        *,
        colleague: DemoPerson | None,
        contacts: tuple[DemoContact, ...] = (),
        outcome: str = "",
        is_automated: bool = False,
    ) -> bool:
        """Write a touch down, unless it lies outside the story or people had stopped talking; says whether it was."""
        day = self.firm_day(moment)
        if not self.begins_on <= day < self.as_of:
            return False
        is_human = not is_automated and outcome in {"", "talked"}
        if is_human and self.silent_from is not None and day >= self.silent_from:
            return False
        from_client = direction in {"inbound", "mutual"}
        if is_human and from_client and self.client_silent_from is not None and day >= self.client_silent_from:
            return False
        self._written.append(
            DemoTouch(
                external_id="",
                source=CAMPAIGNS if is_automated and channel == "email" else _SOURCES[channel],
                occurred_at=moment,
                channel=channel,
                direction=direction,
                outcome=outcome,
                is_automated=is_automated,
                subject=subject,
                body=body,
                colleague_email=colleague.email if colleague else None,
                contact_ids=tuple(contact.external_id for contact in contacts),
            )
        )
        return True

    def drop_between(self, first: date, last: date) -> None:
        """Take back what people did from ``first`` to ``last`` (both included): they were not in touch after all."""
        self._written = [
            touch for touch in self._written if not (touch.counts and first <= self.firm_day(touch.occurred_at) <= last)
        ]

    def last_human_day(self) -> date | None:
        days = [self.firm_day(touch.occurred_at) for touch in self._written if touch.counts]
        return max(days, default=None)

    def finished_touches(self) -> tuple[DemoTouch, ...]:
        """All touches in order of time, numbered."""
        ordered = sorted(self._written, key=lambda touch: touch.occurred_at)
        return tuple(
            replace(touch, external_id=f"{self.account_id}-{number:04d}")
            for number, touch in enumerate(ordered, start=1)
        )

    def days_ago(self, days: int) -> date:
        return self.as_of - timedelta(days=days)
