"""How well Hark tells who will stay silent, on a log of your own, beside the ways others use.

    .venv/bin/python benchmarks/accuracy.py LOG.csv.gz --at 2006-09-30,2006-12-31 --horizon 91
    .venv/bin/python benchmarks/accuracy.py LOG.csv.gz --at 2006-09-30 --own-horizon --predictions said.csv
    .venv/bin/python benchmarks/accuracy.py LOG.csv.gz --at 2006-09-30 --horizon 91 --early

A log has the columns account, at and, if you like, direction and channel. At each date everything is fitted on what
was known by then, by the very code that the product runs; what came after is only used to judge. `--horizon` asks who
has no touch in so many days; `--own-horizon` asks it of each account's own horizon, as the product does, and leaves out
accounts whose horizon reaches beyond the end of the log. Three groups are judged: all accounts, those with at least
three touch days (repeat), and of these the ones silent for less than the horizon (watch). Without a log, CDNOW is
measured.

`--early` walks the log week by week from the first date on: days from the last touch of lost clients to the alarm, at
equal false alarms per account and year.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks._early import BUDGETS, RHYTHM_TOUCH_DAYS, EarlyReport, measure_early
from benchmarks._logs import EventLog, read_cdnow, read_log
from benchmarks._measures import auc, average_precision, calibration_error, log_loss
from benchmarks._peers import PEERS, Answer, Known, logistic_regression
from health.scoring.arrays import BoolArray, FloatArray
from health.scoring.fit import fit_model
from health.scoring.gaps import evidence_many
from health.scoring.histories import TouchHistories
from health.scoring.params import ScoringSettings
from health.scoring.rhythm import compute_rhythm, median_gaps
from health.scoring.risk import Scores, score_many

SEED = 20_250_101
CDNOW_SPLITS = "1997-06-30,1997-09-30,1997-12-31,1998-03-31"
PREDICTION_COLUMNS = (
    "split", "account", "touch_days", "silent_days", "usual_gap_days", "normal", "gone", "risk", "alarm_index",
)  # fmt: skip
_LEAST_TRAINED_ON = 20


@dataclass(frozen=True)
class Figures:
    """One method at one split. What a method cannot have, such as the log-loss of a ranking, is nan."""

    method: str
    split: str
    accounts: int
    auc_all: float
    auc_repeat: float
    auc_watch: float
    average_precision: float
    log_loss_all: float
    log_loss_repeat: float
    log_loss_watch: float
    calibration_error: float
    calibration_error_watch: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Split:
    """What was known on a day, what Hark said, and what came; all arrays over the known accounts."""

    day: int
    known: TouchHistories
    scores: Scores
    stays_silent: BoolArray
    is_judged: BoolArray
    seconds: float

    @property
    def label(self) -> str:
        """The date."""
        return date.fromordinal(self.day).isoformat()


def main() -> None:
    """Measure and print."""
    options = _options()
    log = read_log(options.log, options.zone) if options.log else read_cdnow()
    days = [date.fromisoformat(text).toordinal() for text in options.at.split(",")]
    settings = ScoringSettings()
    if options.horizon:
        settings = replace(settings, horizon_min_days=float(options.horizon), horizon_max_days=float(options.horizon))
    splits = [_split(log, day, settings) for day in days]
    if options.predictions:
        _write_predictions(options.predictions, log, splits)
    figures = [one for split in splits for one in _measure(log, split, peers=not options.no_peers)]
    early = None
    if options.early:
        early = measure_early(log, days[0], ScoringSettings(), seed=SEED, peers=not options.no_peers)
    if options.json:
        print(json.dumps(_as_json(figures, early), indent=1))
    else:
        _print_table(figures)
        if early:
            _print_early(early)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", type=Path, nargs="?", help="account,at[,direction][,channel]; CDNOW without one")
    parser.add_argument("--at", help="dates of the splits, separated by commas")
    question = parser.add_mutually_exclusive_group()
    question.add_argument("--horizon", type=int, help="days")
    question.add_argument("--own-horizon", action="store_true", help="two usual gaps of each account, 30 to 180 days")
    parser.add_argument("--zone", default="UTC", help="time zone in which a day is a day")
    parser.add_argument("--predictions", type=Path, help="write what Hark said of each account")
    parser.add_argument("--early", action="store_true", help="also measure how early lost clients ring")
    parser.add_argument("--no-peers", action="store_true", help="Hark alone, which needs no other packages")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.log and not options.at:
        parser.error("--at is needed: the date or dates at which to ask")
    if options.log and not (options.horizon or options.own_horizon):
        parser.error("one of --horizon DAYS and --own-horizon is needed")
    options.at = options.at or CDNOW_SPLITS
    if not (options.horizon or options.own_horizon):
        options.horizon = 91
    return options


def _split(log: EventLog, day: int, settings: ScoringSettings) -> Split:
    known = log.any_touch.as_of(day)
    if not len(known):
        raise SystemExit(f"{date.fromordinal(day)}: the log knows no touch by then")
    begun = time.perf_counter()
    client = None if log.client is None else log.client.as_of(day)
    model = fit_model(known, day, settings, rng=np.random.default_rng(SEED), histories_client=client)
    scores = score_many(compute_rhythm(known), evidence_many(known, model.params), day, model)
    seconds = time.perf_counter() - begun
    ends = day + scores.horizon_days
    is_judged = ends <= log.last_day
    if not is_judged.all() and settings.horizon_min_days == settings.horizon_max_days:
        print(f"{date.fromordinal(day)}: the log ends before the horizon does; later touches are missing",
              file=sys.stderr)  # fmt: skip
        is_judged = np.ones(len(known), dtype=bool)
    return Split(day, known, scores, _next_touch(log.any_touch, known) > ends, is_judged, seconds)


def _next_touch(histories: TouchHistories, known: TouchHistories) -> FloatArray:
    """float64[A]: the first touch day after what is known, infinite where there is none."""
    rows = np.searchsorted(histories.account_ids, known.account_ids)
    following = histories.offsets[rows] + known.touch_days
    days = histories.days[np.minimum(following, len(histories.days) - 1)]
    return np.where(following < histories.offsets[rows + 1], days, np.inf)


def _measure(log: EventLog, split: Split, *, peers: bool) -> list[Figures]:
    figures = [_figures("Hark", split, Answer(split.scores.risk, True), split.seconds)]
    figures.append(_figures("Hark, not calibrated", split, Answer(split.scores.base_risk, True), math.nan))
    if peers:
        known = Known.of(split.known, log.touches_by(split.day), split.day, split.scores.horizon_days)
        methods: dict[str, Callable[[Known], Answer]] = {
            **PEERS,
            "logistic regression": lambda now: logistic_regression(now, *_earlier(log, split)),
        }
        for name, ask in methods.items():
            begun = time.perf_counter()
            try:
                answer = ask(known)
            except RuntimeError as error:
                print(f"{split.label}, {name}: {error}", file=sys.stderr)
                answer = Answer(np.full(len(known.age), math.nan), False)
            figures.append(_figures(name, split, answer, time.perf_counter() - begun))
    return figures


def _earlier(log: EventLog, split: Split) -> tuple[Known | None, FloatArray]:
    """An earlier day of the log from which the longest horizon has passed by the split, and what came of it."""
    nothing = None, np.zeros(0)
    day = split.day - math.ceil(float(split.scores.horizon_days.max()))
    known = log.any_touch.as_of(day)
    if len(known) < _LEAST_TRAINED_ON:
        return nothing
    settings = ScoringSettings()
    medians = median_gaps(known)
    usual = np.where(known.n_gaps >= settings.own_gap_min_gaps, medians, np.nanmedian(medians))
    least, most = float(split.scores.horizon_days.min()), float(split.scores.horizon_days.max())
    horizon = np.clip(np.nan_to_num(settings.horizon_usual_gaps * usual, nan=most), least, most)
    stayed = _next_touch(split.known, known) > day + horizon
    return Known.of(known, log.touches_by(day), day, horizon), stayed.astype(np.float64)


def _figures(method: str, split: Split, answer: Answer, seconds: float) -> Figures:
    scores, judged = split.scores, split.is_judged
    repeat = judged & (scores.touch_days >= 3)
    watch = repeat & (scores.silent_days < scores.horizon_days)
    outcome, score = split.stays_silent, answer.score
    is_answered = not np.isnan(score).any()

    def over(measure: Callable[[BoolArray, FloatArray], float], rows: BoolArray, *, of_chance: bool = False) -> float:
        if not is_answered or (of_chance and not answer.is_chance):
            return math.nan
        return measure(outcome[rows], score[rows])

    return Figures(
        method=method,
        split=split.label,
        accounts=int(judged.sum()),
        auc_all=over(auc, judged),
        auc_repeat=over(auc, repeat),
        auc_watch=over(auc, watch),
        average_precision=over(average_precision, judged),
        log_loss_all=over(log_loss, judged, of_chance=True),
        log_loss_repeat=over(log_loss, repeat, of_chance=True),
        log_loss_watch=over(log_loss, watch, of_chance=True),
        calibration_error=over(calibration_error, judged, of_chance=True),
        calibration_error_watch=over(calibration_error, watch, of_chance=True),
        seconds=seconds,
    )


def _write_predictions(path: Path, log: EventLog, splits: Sequence[Split]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(PREDICTION_COLUMNS)
        for split in splits:
            for row in split.scores.rows():
                writer.writerow(
                    (
                        split.label,
                        log.names[row.account_ids],
                        row.touch_days,
                        f"{row.silent_days:.0f}",
                        *(f"{value:.10g}" for value in (row.usual_gap_days, row.normal, row.gone, row.risk)),
                        f"{row.alarm_index:.10g}",
                    )
                )


_SHOWN = (
    ("AUC all", "auc_all", 3), ("repeat", "auc_repeat", 3), ("watch", "auc_watch", 3),
    ("av. precision", "average_precision", 3), ("log-loss all", "log_loss_all", 3), ("watch", "log_loss_watch", 3),
    ("cal. error", "calibration_error", 3), ("watch", "calibration_error_watch", 3), ("seconds", "seconds", 2),
)  # fmt: skip


def means(figures: Sequence[Figures]) -> list[dict[str, Any]]:
    """One row per method: the mean over the splits that have the figure, nan where none has."""
    rows = []
    for method in dict.fromkeys(one.method for one in figures):
        of_method = [asdict(one) for one in figures if one.method == method]
        names = [name for name, value in of_method[0].items() if isinstance(value, float)]
        rows.append({"method": method, **{name: _mean([one[name] for one in of_method]) for name in names}})
    return rows


def _mean(values: Sequence[float]) -> float:
    there = [value for value in values if not math.isnan(value)]
    return sum(there) / len(there) if there else math.nan


def _print_table(figures: Sequence[Figures]) -> None:
    splits = list(dict.fromkeys(one.split for one in figures))
    known = ", ".join(f"{one.split} ({one.accounts:,} accounts)" for one in figures if one.method == "Hark")
    print(f"Mean over {len(splits)} splits: {known}\n")
    print("| method | " + " | ".join(title for title, _, _ in _SHOWN) + " |")
    print("|---|" + "---|" * len(_SHOWN))
    for row in means(figures):
        cells = ["-" if math.isnan(row[name]) else f"{row[name]:.{digits}f}" for _, name, digits in _SHOWN]
        print(f"| {row['method']} | " + " | ".join(cells) + " |")


def _print_early(early: EarlyReport) -> None:
    print(
        f"\nEarly warning from {date.fromordinal(early.first_day)} on: median days from the last touch to the alarm, of"
        f" {early.lost_with_rhythm:,} lost clients with at least {RHYTHM_TOUCH_DAYS} touch days (in brackets: of"
        f" {early.lost:,} with at least 3), at equal false alarms per account and year"
        f" ({early.account_years:,.0f} account-years)\n"
    )
    print("| method | " + " | ".join(f"{budget:g} a year" for budget in BUDGETS) + " |")
    print("|---|" + "---|" * len(BUDGETS))
    for one in early.figures:
        cells = [f"{_days(a)} ({_days(b)})" for a, b in zip(one.rhythm_days, one.all_days, strict=True)]
        print(f"| {one.method} | " + " | ".join(cells) + " |")


def _days(days: float) -> str:
    if math.isnan(days):
        return "-"
    return f"{days:.0f}" if math.isfinite(days) else "never"


def _as_json(figures: Sequence[Figures], early: EarlyReport | None) -> dict[str, Any]:
    report: dict[str, Any] = {"mean": means(figures), "splits": [asdict(one) for one in figures]}
    if early:
        report["early"] = {**asdict(early), "first_day": date.fromordinal(early.first_day).isoformat(),
                           "budgets": list(BUDGETS)}  # fmt: skip
    return _finite(report)


def _finite(value: Any) -> Any:
    """JSON knows neither nan nor infinity: both become null."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    main()
