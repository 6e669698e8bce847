"""The geometry of the rhythm strip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from health.strips import STRIP_DAYS, TODAY_X, Strip, StripDays, draw_strip, strip_svg


def strip(days: StripDays = StripDays(), **fields: object) -> Strip:  # noqa: B008 - frozen, safe to share
    given = {"silent_days": 41, "usual_gap_days": 9.2, "overdue_days": 32, "is_calm": False, **fields}
    return draw_strip(days, **given)  # type: ignore[arg-type]


def test_ticks_stand_at_their_days_oldest_first() -> None:
    drawn = strip(StripDays(voice=(41, 50), text=(180,), attempts=(0,)))
    assert drawn.voice_path == f"M{TODAY_X - 50} 6v22M{TODAY_X - 41} 6v22"
    assert drawn.text_path == "M2 14v14"
    assert drawn.attempt_path == f"M{TODAY_X} 22v6"


def test_days_outside_the_strip_are_not_drawn() -> None:
    drawn = strip(StripDays(voice=(181, -1), text=(181,)))
    assert (drawn.voice_path, drawn.text_path) == ("", "")


def test_the_silence_is_shaded_from_the_last_touch_to_today() -> None:
    drawn = strip()
    assert (drawn.quiet_x, drawn.quiet_width) == (TODAY_X - 41, 41)
    assert drawn.due_x == TODAY_X - 32


def test_a_silence_longer_than_the_strip_fills_it() -> None:
    drawn = strip(silent_days=900, overdue_days=800)
    assert (drawn.quiet_x, drawn.quiet_width) == (0, TODAY_X)
    assert drawn.due_x is None


@pytest.mark.parametrize("silent_days", [0, None])
def test_nothing_is_shaded_without_a_silence(silent_days: int | None) -> None:
    assert strip(silent_days=silent_days).quiet_x is None


@pytest.mark.parametrize("overdue_days", [-1, None])
def test_no_line_before_a_touch_is_due(overdue_days: int | None) -> None:
    assert strip(overdue_days=overdue_days).due_x is None


def test_the_label_says_what_the_picture_shows() -> None:
    days = StripDays(voice=(50,), text=(41, 60))
    assert strip(days).label == (
        "Last 180 days: 1 day with live talk, 2 days with messages; silent for 41 days; usually every 9 days"
    )
    assert strip(silent_days=None).label.endswith("no touch yet")
    assert "in touch today" in strip(silent_days=0).label


def test_a_busy_strip_stays_light() -> None:
    every_day = tuple(range(STRIP_DAYS + 1))
    assert len(strip_svg(strip(StripDays(every_day, every_day)))) < 5_000


def test_the_drawing_holds_what_there_is_and_nothing_else() -> None:
    drawn = strip_svg(strip(StripDays(voice=(50,), text=(41,))))
    assert [part for part in ("q", "d", "a", "x", "v", "n") if f'class="{part}"' in drawn] == ["q", "d", "x", "v", "n"]
    assert f'd="M{TODAY_X - 41} 5h41v24h-41z"' in drawn
    assert drawn.count("Last 180 days: 1 day with live talk") == 2
    assert 'class="calm"' not in drawn
    assert 'class="calm"' in strip_svg(strip(is_calm=True))


def test_the_label_of_a_drawing_is_escaped() -> None:
    drawn = strip_svg(replace(strip(), label='<b> "quoted"'))
    assert 'aria-label="&lt;b&gt; &quot;quoted&quot;"><title>&lt;b&gt; &quot;quoted&quot;</title>' in drawn
