import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone

from config import formats

TODAY = dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "–"),
        (0, "€0"),
        (85, "€85"),
        (999, "€999"),
        (999.6, "€1k"),
        (Decimal(603000), "€603k"),
        (1240000, "€1.24M"),
        (18_600_000, "€18.6M"),
        (999_960, "€1M"),
        (-1500, "−€1.5k"),
        (2_000_000_000, "€2B"),
    ],
)
def test_short_money_takes_three_figures_and_a_unit(amount, text):
    assert formats.short_money(amount, "EUR") == text


def test_a_currency_without_a_sign_is_named():
    assert formats.short_money(1000, "PLN") == "PLN 1k"


def test_full_money_has_thin_spaces():
    assert formats.full_money(Decimal("182000.4"), "USD") == "$182\u202f000"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "–"), (0, 10, "0%"), (1, 1000, "under 1%"), (999, 1000, "over 99%"), (10, 10, "100%"), (1, 3, "33%")],
)
def test_shares_never_round_to_nothing_or_to_all(part, whole, text):
    assert formats.share(part, whole) == text


def test_counts_agree_with_their_noun():
    assert formats.count_of(1, "day") == "1 day"
    assert formats.count_of(1204, "account") == "1\u202f204 accounts"
    assert formats.count_of(2, "person", "people") == "2 people"


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "today"), (-1, "yesterday"), (1, "tomorrow"), (-3, "3 days ago"), (5, "in 5 days"), (-30, "16 May")],
)
def test_relative_days_become_dates_after_a_week(days, text):
    assert formats.relative_days(TODAY + dt.timedelta(days=days), TODAY) == text


def test_a_far_date_names_its_year():
    assert formats.short_date(dt.date(2025, 1, 2), TODAY) == "2 Jan 2025"


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0.4, "under an hour"), (1, "1 hour"), (35, "35 hours"), (36, "2 days"), (24 * 7, "7 days")],
)
def test_a_length_of_time_is_said_in_its_leading_unit(hours: float, text: str) -> None:
    assert formats.duration(dt.timedelta(hours=hours)) == text


def test_what_is_not_known_has_no_length() -> None:
    assert formats.duration(None) == "–"


def test_a_moment_is_told_exactly_on_hover_in_the_readers_zone() -> None:
    template = Template("{% load formats %}{% moment value %}")
    value = dt.datetime(2026, 1, 5, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Asia/Tokyo"):
        written = template.render(Context({"value": value}))
    assert 'title="Tue 6 Jan 2026, 08:30 JST"' in written
    assert 'datetime="2026-01-06T08:30:00+09:00"' in written


def test_a_day_is_told_without_a_time() -> None:
    written = Template("{% load formats %}{% moment value %}").render(Context({"value": dt.date(2026, 1, 5)}))
    assert 'title="Mon 5 Jan 2026"' in written
    assert Template("{% load formats %}{% moment value %}").render(Context({"value": None})) == "–"
