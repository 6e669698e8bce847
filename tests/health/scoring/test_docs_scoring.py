"""The worked example in docs/scoring.md is what the code computes."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from health.scoring.alarm import alarm_many
from health.scoring.bands import Band, decide_bands_many
from health.scoring.explain import SilenceFacts, sentence
from health.scoring.gaps import component_weights, law_of
from health.scoring.histories import TouchHistories
from health.scoring.params import AlarmThresholds, FittedModel, LogNormalParams
from health.scoring.rhythm import moments_of
from tests.health.scoring.portfolios import EPOCH, scored

DOCUMENT = (Path(__file__).parents[3] / "docs" / "scoring.md").read_text()
EXAMPLE = DOCUMENT.split("## Worked example")[1]


def documented(name: str) -> list[float]:
    """The figures of one table row."""
    row = re.search(rf"^\| {re.escape(name)} \|(.+)\|$", EXAMPLE, re.MULTILINE)
    assert row, name
    return [float(cell) for cell in row.group(1).split("|")]


def test_the_worked_example_is_computed() -> None:
    params = LogNormalParams(2.5, 1.0, 4.0, 0.5, 0.5, 8.0, 0.3, (0.6, 0.3, 0.1), portfolio_gap_days=12.0)
    model = FittedModel(params, AlarmThresholds(2.9, 3.9, 2.0, 12.0), 0.0, 0, 0)
    histories = TouchHistories.of_one([EPOCH + day for day in (0, 7, 14, 22, 28)])
    stats, evidence, scores = scored(histories, model, EPOCH + 47)
    moments, row = moments_of(stats), scores.row(0)
    law = law_of(moments, params)
    alarms = alarm_many(stats, evidence, scores, model)
    computed = {
        "N": moments.count[0],
        "S₁": moments.log_sum[0],
        "S₂": moments.log_square[0],
        "m": law.location[0],
        "σ": law.scale[0],
        "ν": law.freedom[0],
        "log evidence": evidence[0],
        "w": component_weights(evidence, params)[0],
        "S(19)": law.tail(np.array([19.0]))[0],
        "S(49)": law.tail(np.array([49.0]))[0],
        "normal": [row.normal],
        "q": [row.dropout_odds],
        "gone": [row.gone],
        "usual gap": [row.usual_gap_days],
        "horizon": [row.horizon_days],
        "risk": [row.risk],
        "health": [row.health],
        "alarm index": [row.alarm_index],
        "alarm from silent day": [alarms.onset_day[0] - stats.last_day[0]],
    }
    for name, values in computed.items():
        assert documented(name) == pytest.approx(list(values), abs=5.1e-5), name
    band = Band(decide_bands_many(scores, alarms, EPOCH + 47, model.settings).band[0])
    facts = SilenceFacts(
        row.silent_days,
        row.usual_gap_days,
        row.is_usual_own,
        row.normal,
        row.touch_days,
        band,
        row.risk,
        row.horizon_days,
        date.fromordinal(EPOCH + 47),
    )
    assert band is Band.SILENT
    assert f'"{sentence(facts).headline}"' in EXAMPLE
