import json
from dataclasses import replace

import pytest

from health.scoring.params import AlarmThresholds, FittedModel, ScoringSettings, params_from_dict
from tests.health.scoring.portfolios import FAMILIES, calibration, example_model, example_params, gamma, log_normal


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_survives_json(family: str) -> None:
    model = replace(example_model(family), failed="no luck", settings=ScoringSettings(hysteresis_days=3))
    calibrated = replace(model, calibration=calibration(drift=0.5, intercept=-1.0))
    assert FittedModel.from_dict(json.loads(json.dumps(model.to_dict()))) == model
    assert FittedModel.from_dict(json.loads(json.dumps(calibrated.to_dict()))) == calibrated


def test_a_model_of_other_scoring_code_is_refused() -> None:
    data = example_model("lognormal").to_dict() | {"code_version": "0"}
    with pytest.raises(ValueError, match="fit the model again"):
        FittedModel.from_dict(data)


def test_parameters_of_other_forgetting_factors_are_refused() -> None:
    data = example_params("gamma").to_dict() | {"deltas": [1.0, 0.9]}
    with pytest.raises(ValueError, match="refit"):
        params_from_dict(data)


def test_an_unknown_family_is_refused() -> None:
    with pytest.raises(ValueError, match="family must be"):
        params_from_dict({"family": "weibull"})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"k0": 0.0}, "k0"),
        ({"nu0": float("nan")}, "nu0"),
        ({"mu0": float("inf")}, "mu0"),
        ({"phi": 1.0}, "phi"),
        ({"weights": [0.5, 0.5]}, "weights must have 3"),
        ({"weights": [0.9, 0.9, -0.8]}, "weights must be at least 0"),
    ],
)
def test_impossible_log_normal_parameters_are_named(changes: dict, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        log_normal(**changes)


@pytest.mark.parametrize(("changes", "named"), [({"r": -1.0}, "r must"), ({"ks": []}, "ks"), ({"a": 0.0}, "a must")])
def test_impossible_gamma_parameters_are_named(changes: dict, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        gamma(**changes)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"false_alarms_per_account_year": 0.0}, "false_alarms_per_account_year"),
        ({"regularity_budget_share": 1.5}, "regularity_budget_share"),
        ({"hysteresis_days": -1}, "hysteresis_days"),
        ({"horizon_min_days": 200.0}, "horizon_min_days"),
    ],
)
def test_impossible_settings_are_named(changes: dict, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        ScoringSettings(**changes)


def test_settings_of_an_older_version_take_defaults_and_unknown_ones_are_refused() -> None:
    assert ScoringSettings.from_dict({"replay_days": 180}) == ScoringSettings(replay_days=180)
    with pytest.raises(ValueError, match="moon_phase"):
        ScoringSettings.from_dict({"moon_phase": 1})


def test_thresholds_must_be_finite() -> None:
    with pytest.raises(ValueError, match="index must be finite"):
        AlarmThresholds(float("inf"), 1.0, 2.0, 7.0)
