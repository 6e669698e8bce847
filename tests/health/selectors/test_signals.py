"""Signals in words, with what the contact list knows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from accounts.models import Account
from health.scoring.signals.settings import SignalSettings
from health.scoring.signals.statistics import compute_talk_stats
from health.scoring.signals.talk_days import ContactFact, TalkDays, TouchFact
from health.selectors.signals import signals_of
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 6, 15)


@pytest.mark.parametrize(("age", "told"), [(None, ["single_threaded"]), (-1, ["single_threaded"]), (1, [])])
def test_nothing_hangs_on_a_person_who_left_after_the_last_touch(
    account: Account, age: int | None, told: list[str]
) -> None:
    left_on = None if age is None else TODAY - dt.timedelta(days=age)
    lone = factories.ContactFactory(account=account, left_on=left_on)
    other = factories.ContactFactory(account=account)
    days = TODAY.toordinal()
    touches = [
        TouchFact(account.pk, days - ago, True, True, False, ((lone.pk, other.pk)[ago % 2 and ago > 100],))
        for ago in range(450, 4, -7)
    ]
    contacts = [ContactFact(account.pk, lone.pk, False, left_on.toordinal() if left_on else 0)]
    stats = compute_talk_stats(TalkDays.of(touches, contacts))
    ids = np.array([account.pk])
    found = signals_of(ids, stats, np.array([np.nan]), as_of_day=days, settings=SignalSettings())
    assert [one["signal"] for one in found.of(account.pk)] == told
