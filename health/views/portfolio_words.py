"""The sentences with which the portfolio page and its snapshot begin."""

from __future__ import annotations

from django.conf import settings

from config.formats import count_of, share, short_money, whole_number
from health.models import Band
from health.selectors.portfolio import BandTotal


def open_totals(totals: dict[str, BandTotal]) -> list[BandTotal]:
    """Return the totals of all bands but that of closed accounts."""
    return [total for band, total in totals.items() if band != Band.CLOSED]


def headline_of(totals: dict[str, BandTotal]) -> str:
    """Say what is at risk, or how many are silent where no value is known."""
    arr = sum(total.arr for total in open_totals(totals))
    if not arr:
        silent, count = totals[Band.SILENT].count, sum(total.count for total in open_totals(totals))
        verb = "is" if silent == 1 else "are"
        return f"{whole_number(silent)} of {count_of(count, 'account')} {verb} silent."
    at_risk = sum(total.value_at_risk for total in open_totals(totals))
    return f"{short_money(at_risk, settings.HARK_CURRENCY)} of {short_money(arr, settings.HARK_CURRENCY)} is at risk."


def lede_of(totals: dict[str, BandTotal]) -> str:
    """Say what the headline leaves open: how many are silent, probably lost, or not known well enough yet."""
    count = sum(total.count for total in open_totals(totals))
    silent, dormant, learning = totals[Band.SILENT], totals[Band.DORMANT], totals[Band.LEARNING]
    sentences = []
    if silent.arr:
        verb = "is" if silent.count == 1 else "are"
        money = short_money(silent.arr, settings.HARK_CURRENCY)
        sentences.append(
            f"{share(silent.count, count)} of {count_of(count, 'account')} {verb} silent, with {money} a year."
        )
    if dormant.count:
        has = "has" if dormant.count == 1 else "have"
        sentences.append(f"{whole_number(dormant.count)} {has} been silent so long as to be probably lost.")
    if learning.count > count / 4:
        sentences.append(f"{share(learning.count, count)} have too little history for a judgement of their own.")
    return " ".join(sentences)
