"""Against figures that can be counted by hand."""

import numpy as np
import pytest

from benchmarks._measures import auc, average_precision, calibration_error, log_loss

SILENT = np.array([True, False, True, False])


def test_auc_counts_pairs_in_the_right_order_and_ties_by_half() -> None:
    assert auc(SILENT, np.array([4.0, 3.0, 2.0, 1.0])) == 0.75
    assert auc(SILENT, np.array([1.0, 1.0, 1.0, 1.0])) == 0.5
    assert auc(SILENT, np.array([2.0, 1.0, 2.0, 2.0])) == 0.75
    assert np.isnan(auc(SILENT | True, np.arange(4.0)))


def test_average_precision_of_ties_does_not_depend_on_their_order() -> None:
    assert average_precision(SILENT, np.array([4.0, 3.0, 2.0, 1.0])) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(SILENT, np.ones(4)) == 0.5
    assert average_precision(SILENT[::-1], np.ones(4)) == 0.5
    assert np.isnan(average_precision(SILENT & False, np.ones(4)))


def test_log_loss_of_a_certain_error_is_finite() -> None:
    assert log_loss(SILENT, np.full(4, 0.5)) == pytest.approx(np.log(2))
    assert log_loss(np.array([True]), np.array([0.0])) == pytest.approx(-np.log(1e-6))


def test_calibration_error_is_the_distance_within_groups() -> None:
    outcome = np.repeat([True, False], 50)
    assert calibration_error(outcome, outcome.astype(float)) == 0
    assert calibration_error(outcome, np.where(outcome, 0.8, 0.3)) == pytest.approx((0.2 + 0.3) / 2)
