"""Touch days with who took part, and what of them was known on a day."""

from __future__ import annotations

from health.scoring.signals.talk_days import ContactFact, TalkDays
from tests.health.scoring.signals.talks import TODAY, answer, call, mail

ADA, BEN = 7, 8
TOUCHES = [call(30, ADA), mail(20), call(10, ADA, BEN), answer(0, BEN)]


def test_as_of_a_day_later_touches_and_meetings_are_unknown() -> None:
    known = TalkDays.of(TOUCHES, [ContactFact(1, ADA, True)]).as_of(TODAY - 10)
    assert (TODAY - known.day).tolist() == [30, 20, 10]
    assert known.has_voice.tolist() == [True, False, True]
    assert known.is_ours.tolist() == [False, True, False]
    met = zip(known.person.tolist(), (TODAY - known.person_day).tolist(), strict=True)
    assert list(met) == [(ADA, 30), (ADA, 10), (BEN, 10)]
    assert known.contact.tolist() == [ADA]


def test_before_its_first_touch_an_account_is_unknown() -> None:
    assert len(TalkDays.of(TOUCHES).as_of(TODAY - 31)) == 0
    assert len(TalkDays.of(TOUCHES).as_of(TODAY - 30)) == 1
