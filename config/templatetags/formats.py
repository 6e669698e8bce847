"""Template filters over `config.formats`. Load with `{% load formats %}`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html

from config import formats

register = template.Library()


@register.filter
def money(amount: Decimal | float | None) -> str:
    """€1.24M"""
    return formats.short_money(amount, settings.HARK_CURRENCY)


@register.filter
def exact_money(amount: Decimal | float | None) -> str:
    """€182 000"""
    return formats.full_money(amount, settings.HARK_CURRENCY)


@register.filter
def whole(value: float | None) -> str:
    """1 204"""
    return "–" if value is None else formats.whole_number(value)


@register.filter
def dashed(cells: list[str]) -> list[str]:
    """Cells as they can be read in a line: a dash stands for an empty one."""
    return [cell or "–" for cell in cells]


@register.filter
def counted(count: int, noun: str) -> str:
    """`{{ 3|counted:"day" }}` is "3 days"; an irregular plural follows a comma: `"person,people"`."""
    singular, _, plural = noun.partition(",")
    return formats.count_of(count, singular, plural)


@register.filter
def percent_of(part: float, whole_: float) -> str:
    """11%"""
    return formats.share(part, whole_)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """12 Aug, with the year when it is far; a moment is shown on its day in the reader's time zone."""
    return formats.short_date(_local_day(value), timezone.localdate())


@register.filter
def ago(value: dt.date | dt.datetime | None) -> str:
    """today, 3 days ago, in 2 days; beyond a week the date."""
    return formats.relative_days(_local_day(value), timezone.localdate())


@register.filter
def duration(length: dt.timedelta | None) -> str:
    """3 days"""
    return formats.duration(length)


@register.simple_tag
def moment(value: dt.date | dt.datetime | None) -> str:
    """Write when something was or will be: in words up to a week away, then the date; on hover exactly.

    Times are those of the reader's time zone. None is written as a dash.
    """
    if value is None:
        return "–"
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
        exact = formats.exact_moment(value)
    else:
        exact = formats.exact_day(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, ago(value))


def _local_day(value: dt.date | dt.datetime | None) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date()
    return value
