"""The simulated portfolio: the same every time, of the promised size, nothing in the future, texts that vary."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from touchpoints.demo.names import LONG_NAME
from touchpoints.demo.people import PEOPLE
from touchpoints.demo.personas import DEMO_PERSONAS
from touchpoints.demo.portfolio import HISTORY_DAYS, generate_portfolio
from touchpoints.demo.records import DemoPortfolio, DemoTouch
from touchpoints.demo.truth import PATTERN_COUNTS

AS_OF = dt.date(2026, 6, 15)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def portfolio() -> DemoPortfolio:
    return generate_portfolio(AS_OF)


@pytest.fixture(scope="module")
def touches(portfolio: DemoPortfolio) -> list[DemoTouch]:
    return list(chain.from_iterable(account.touches for account in portfolio.accounts))


def test_same_arguments_give_the_same_portfolio(portfolio: DemoPortfolio) -> None:
    assert generate_portfolio(AS_OF) == portfolio


def test_another_seed_gives_another_portfolio(portfolio: DemoPortfolio) -> None:
    other = generate_portfolio(AS_OF, seed=7)
    assert [account.touches for account in other.accounts] != [account.touches for account in portfolio.accounts]


def test_size(portfolio: DemoPortfolio) -> None:
    assert len(portfolio.accounts) == 240
    assert 36_000 <= portfolio.touch_count <= 48_000


def test_patterns_come_as_often_as_the_truth_says(portfolio: DemoPortfolio) -> None:
    assert Counter(account.expected.pattern for account in portfolio.accounts) == PATTERN_COUNTS


def test_nothing_happens_on_the_day_itself_or_later(touches: list[DemoTouch]) -> None:
    # The day itself is a Monday, so the last working day was three days ago.
    newest = max(touch.occurred_at.astimezone(BERLIN).date() for touch in touches)
    assert newest in {AS_OF - dt.timedelta(days=days) for days in (1, 2, 3)}


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_nothing_is_in_the_future_in_far_time_zones(zone: str) -> None:
    portfolio = generate_portfolio(AS_OF, time_zone=zone)
    newest = max(touch.occurred_at for account in portfolio.accounts for touch in account.touches)
    assert newest.astimezone(ZoneInfo(zone)).date() < AS_OF


def test_history_is_two_years_long(touches: list[DemoTouch]) -> None:
    oldest = min(touch.occurred_at.astimezone(BERLIN).date() for touch in touches)
    assert dt.timedelta(days=HISTORY_DAYS - 7) <= AS_OF - oldest <= dt.timedelta(days=HISTORY_DAYS)


def test_nothing_happens_before_the_account_began(portfolio: DemoPortfolio) -> None:
    early = [
        account.name
        for account in portfolio.accounts
        if any(touch.occurred_at.astimezone(BERLIN).date() < account.started_on for touch in account.touches)
    ]
    assert early == []


def test_ids_names_and_domains_are_unique(portfolio: DemoPortfolio, touches: list[DemoTouch]) -> None:
    domains = [domain for account in portfolio.accounts for domain in account.domains]
    for values in (
        [account.name for account in portfolio.accounts],
        [account.external_id for account in portfolio.accounts],
        [touch.external_id for touch in touches],
        [(account.name, contact.email) for account in portfolio.accounts for contact in account.contacts],
        domains,
    ):
        assert len(values) == len(set(values))


def test_no_address_can_receive_mail(portfolio: DemoPortfolio) -> None:
    domains = [domain for account in portfolio.accounts for domain in account.domains]
    addresses = [contact.email for account in portfolio.accounts for contact in account.contacts]
    addresses += [person.email for person in portfolio.people]
    assert all(text.endswith(".example") for text in domains + addresses)


def test_touches_name_contacts_and_colleagues_that_exist(portfolio: DemoPortfolio) -> None:
    staff = {person.email for person in PEOPLE} | {None}
    for account in portfolio.accounts:
        known = {contact.external_id for contact in account.contacts}
        assert all(set(touch.contact_ids) <= known for touch in account.touches)
        assert {touch.colleague_email for touch in account.touches} <= staff


def test_who_left_is_not_met_again(portfolio: DemoPortfolio) -> None:
    left = {
        contact.external_id: contact.left_on
        for account in portfolio.accounts
        for contact in account.contacts
        if contact.left_on
    }
    late = [
        touch
        for account in portfolio.accounts
        for touch in account.touches
        for contact_id in touch.contact_ids
        if touch.channel in {"call", "meeting", "visit"}
        and touch.counts
        and contact_id in left
        and touch.occurred_at.astimezone(BERLIN).date() >= left[contact_id]
    ]
    assert len(left) == 4
    assert late == []


def test_people_talk_on_working_days_in_office_hours(touches: list[DemoTouch]) -> None:
    talks = [touch.occurred_at.astimezone(BERLIN) for touch in touches if touch.channel in {"call", "meeting", "visit"}]
    assert {moment.weekday() for moment in talks} == {0, 1, 2, 3, 4}
    assert all(8 <= moment.hour < 18 for moment in talks)
    assert not any((moment.month, moment.day) in {(12, 25), (1, 1)} for moment in talks)


def test_all_kinds_of_touches_occur(touches: list[DemoTouch]) -> None:
    assert {touch.channel for touch in touches} == {
        "call",
        "visit",
        "meeting",
        "email",
        "text",
        "ticket",
        "survey",
        "event",
    }
    assert {touch.outcome for touch in touches} == {"", "talked", "voicemail", "no_answer", "cancelled"}
    assert {touch.direction for touch in touches} == {"inbound", "outbound", "mutual"}
    assert 0.05 < sum(touch.is_automated for touch in touches) / len(touches) < 0.15


def test_texts_are_filled_in(touches: list[DemoTouch]) -> None:
    assert [touch for touch in touches if "{" in touch.subject + touch.body] == []
    assert [touch for touch in touches if not touch.body] == []


def test_texts_do_not_repeat_themselves(touches: list[DemoTouch]) -> None:
    subjects = [touch.subject for touch in touches if touch.subject and not touch.subject.startswith("Re: ")]
    bodies = [touch.body for touch in touches]
    assert len(set(subjects)) / len(subjects) > 0.35
    assert len(set(bodies)) / len(bodies) > 0.8
    assert Counter(bodies).most_common(1)[0][1] / len(bodies) < 0.005


def test_threads_answer_each_other(touches: list[DemoTouch]) -> None:
    mails = [touch for touch in touches if touch.channel == "email" and not touch.is_automated]
    answers = [touch for touch in mails if touch.subject.startswith("Re: ")]
    assert 0.3 < len(answers) / len(mails) < 0.8


@pytest.mark.parametrize("script", ["ARABIC", "CJK", "HIRAGANA", "GREEK", "CYRILLIC", "HEBREW"])
def test_scripts_are_present_in_firms_and_people(portfolio: DemoPortfolio, script: str) -> None:
    def is_written_so(text: str) -> bool:
        return any(unicodedata.name(letter, "").startswith(script) for letter in text)

    assert any(is_written_so(account.name) for account in portfolio.accounts)
    assert any(is_written_so(touch.body) for account in portfolio.accounts for touch in account.touches)


def test_one_name_is_sixty_characters_long(portfolio: DemoPortfolio) -> None:
    assert len(LONG_NAME) == 60
    assert portfolio.account_named(LONG_NAME).name == LONG_NAME


def test_books_are_even_and_each_persona_works_there(portfolio: DemoPortfolio) -> None:
    books = Counter(account.owner_email for account in portfolio.accounts)
    assert len(books) == 9
    assert max(books.values()) - min(books.values()) <= 3
    assert {persona.role for persona in DEMO_PERSONAS} == {"manager", "lead", "executive", "administrator"}
    assert {persona.email for persona in DEMO_PERSONAS} <= {person.email for person in portfolio.people}


def test_renewals_are_spread_over_the_next_fourteen_months(portfolio: DemoPortfolio) -> None:
    days = [(account.renewal_on - AS_OF).days for account in portfolio.accounts if account.expected.pattern != "closed"]
    assert min(days) > 0
    assert max(days) <= 425
    assert 0.1 < sum(day <= 90 for day in days) / len(days) < 0.35


def test_about_half_of_the_accounts_have_an_agreed_cadence(portfolio: DemoPortfolio) -> None:
    agreed = sum(account.agreed_cadence_days is not None for account in portfolio.accounts)
    assert 0.4 < agreed / len(portfolio.accounts) < 0.75
