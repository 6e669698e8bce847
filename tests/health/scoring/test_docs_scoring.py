"""The worked example in docs/scoring.md is what the code computes."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.special import logit

from health.scoring.alarm import alarm_many
from health.scoring.bands import Band, decide_bands_many
from health.scoring.contributions import contributions_many, points_per_log_odds
from health.scoring.explain import SilenceFacts, sentence
from health.scoring.explain_contributions import tell_steps
from health.scoring.gaps import component_weights, law_of
from health.scoring.histories import TouchHistories
from health.scoring.params import AlarmThresholds, FittedModel, LogNormalParams, Reference, ScoringSettings
from health.scoring.reference import ReferenceLaw
from health.scoring.rhythm import moments_of
from health.scoring.signals.settings import SignalSettings
from health.scoring.trust.params import TrustSettings
from tests.health.scoring.portfolios import EPOCH, calibration, scored

DOCUMENT = (Path(__file__).parents[3] / "docs" / "scoring.md").read_text()
EXAMPLE = DOCUMENT.split("## Worked example")[1]
CONSTANTS = DOCUMENT.split("## Chosen constants")[1].split("\n## ")[0]

PARAMS = LogNormalParams(2.5, 1.0, 4.0, 0.5, 0.5, 8.0, 0.3, (0.6, 0.3, 0.1), portfolio_gap_days=12.0)
MODEL = FittedModel(PARAMS, AlarmThresholds(2.9, 3.9, 2.0, 12.0), 0.0, 0, 0)
CLIENT = TouchHistories.of_one([EPOCH + day for day in (0, 7, 14, 22, 28)])
LABELS = ("open silence", "own rhythm", "slowing", "recent activity", "length of history", "calibration")


def documented(name: str) -> list[float]:
    """The figures of one table row."""
    row = re.search(rf"^\| {re.escape(name)} \|(.+)\|$", EXAMPLE, re.MULTILINE)
    assert row, name
    return [float(cell) for cell in row.group(1).split("|")]


def test_the_worked_example_is_computed() -> None:
    params, model = PARAMS, MODEL
    stats, evidence, scores = scored(CLIENT, model, EPOCH + 47)
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


def test_the_way_to_the_health_is_computed() -> None:
    """The figures of each step, and the steps again from the tails and dropout odds that stand in the text."""
    taught = calibration(intercept=0.2, base_logit=0.9, log_recent_days=-0.3, log_earlier_days=-0.1)
    model = replace(MODEL, calibration=taught, reference=Reference(9, 2.5, 0.3, 15.0, 0.0, 4.0, 4.0))
    stats, evidence, scores = scored(CLIENT, model, EPOCH + 47)
    why, typical = contributions_many(stats, evidence, scores, model), ReferenceLaw.of(model)
    start, end = typical.log_odds(model), logit(scores.risk)
    computed = {
        "typical m": typical.silence.law.location[0],
        "typical σ": typical.silence.law.scale[0],
        "typical ν": typical.silence.law.freedom[0],
        "typical calibrated log-odds": [start],
        "calibrated log-odds": end,
        "calibrated risk": scores.risk,
        "points per unit": points_per_log_odds(start, end),
        "reference health": [why.reference_health],
        "calibrated health": scores.health,
        "the whole way": [why.log_odds.sum(), why.points.sum()],
    }
    computed |= {label: [why.log_odds[0, at], why.points[0, at]] for at, label in enumerate(LABELS)}
    for name, values in computed.items():
        assert documented(name) == pytest.approx(list(values), abs=5.1e-5), name
    assert typical.horizon_days == 30
    assert why.reference_health + why.points.sum() == pytest.approx(scores.health[0], abs=1e-9)
    assert why.log_odds[0, LABELS.index("recent activity")] == pytest.approx(-0.3 * np.log(6 / 5) + 0.1 * np.log(5))
    whole = [step.whole_points for step in tell_steps(why.reference_health, why.points[0].tolist(), scores.health[0])]
    assert f"90 {' '.join(f'{points:+d}'.replace('-', '- ').replace('+', '+ ') for points in whole)} = 67" in EXAMPLE


def test_the_log_odds_of_each_state_follow_from_its_row() -> None:
    """What a hand calculator gives from the printed tails and odds, and the differences that the steps are."""
    rows = re.findall(r"^\|[^|]+\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| (-[\d.]+) \|$", EXAMPLE, re.MULTILINE)
    normal, later, odds, log_odds = np.array(rows, dtype=np.float64).T
    np.testing.assert_allclose(np.log((odds + later) / (normal - later)), log_odds, atol=1e-4)
    silence, rhythm, slowing, _, history, _ = (documented(label)[0] for label in LABELS)
    np.testing.assert_allclose(np.diff(log_odds), [silence, rhythm, slowing, history], atol=1.1e-4)


@pytest.mark.parametrize(
    "chosen", [ScoringSettings(), SignalSettings(), TrustSettings()], ids=lambda one: type(one).__name__
)
def test_every_chosen_constant_is_documented_with_its_value(
    chosen: ScoringSettings | SignalSettings | TrustSettings,
) -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.,_]+) \|", CONSTANTS, re.MULTILINE))
    values = chosen.to_dict()
    values.pop("signals", None)
    assert {name: float(told[name].replace(",", "")) for name in values} == values
