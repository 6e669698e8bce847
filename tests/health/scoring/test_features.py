import numpy as np
import pytest
from scipy.special import logit

from health.scoring.features import FEATURE_NAMES, LOG_NORMAL_FLOOR, features_many
from health.scoring.histories import TouchHistories
from health.scoring.rhythm import compute_rhythm
from tests.health.scoring.portfolios import TODAY, history_of_gaps


def features_of(days: list[int], silent: float, **changes: float) -> dict[str, float]:
    values = {"base_risk": 0.3, "normal": 0.2, "typical_gap_days": 9.0, "drift": 0.4} | changes
    stats = compute_rhythm(TouchHistories.of_one(days))
    row = features_many(stats, np.array([silent]), **{name: np.array([value]) for name, value in values.items()})
    assert row.shape == (1, len(FEATURE_NAMES))
    return dict(zip(FEATURE_NAMES, row[0].tolist(), strict=True))


def test_each_feature_says_what_its_name_says() -> None:
    """Touched 100, 70, 50, 20 and 5 days ago."""
    got = features_of(history_of_gaps(30, 20, 30, 15, last_day=TODAY - 5), 5)
    assert got == pytest.approx(
        {
            "base_logit": logit(0.3),
            "log_normal": np.log(0.2),
            "log_gap_count": np.log(5),
            "log_typical_gap": np.log(9),
            "drift": 0.4,
            "log_recent_days": np.log(4),
            "log_earlier_days": np.log(3),
            "log_silence": np.log(6),
            "is_first_touch": 0,
        }
    )


def test_the_recent_touch_days_fade_while_the_silence_lasts() -> None:
    days = history_of_gaps(30, 20, 30, 15)
    recent = [features_of(days, silent)["log_recent_days"] for silent in (0, 44, 59, 60)]
    earlier = [features_of(days, silent)["log_earlier_days"] for silent in (0, 60, 119, 120)]
    np.testing.assert_allclose(np.expm1(recent), [3, 2, 1, 0], atol=1e-12)
    np.testing.assert_allclose(np.expm1(earlier), [2, 3, 1, 0], atol=1e-12)


def test_floors_keep_the_logs_finite() -> None:
    got = features_of([TODAY], 4000, normal=1e-12, typical_gap_days=0.1)
    assert got["log_normal"] == LOG_NORMAL_FLOOR
    assert got["log_typical_gap"] == pytest.approx(np.log(0.5))
    assert got["is_first_touch"] == 1
