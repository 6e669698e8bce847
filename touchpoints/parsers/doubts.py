"""What is doubtful about a file and its options, in words: problems to show, questions to ask before importing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from touchpoints.parsers.dates import DateEvidence, DateOrder, infer_date_order
from touchpoints.parsers.dialect import Encoding
from touchpoints.parsers.fields import FIELDS, Kind, Shape
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.records import Record, RowError
from touchpoints.parsers.values import domain_of, split_people

_NAMED_WORDS = 5
_OWN_DOMAIN_SHARE = 0.8


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to know (warning) or to settle (blocking) before importing."""

    code: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Question:
    """A choice only a person can make: which option it sets, and the (value, label) pairs to choose from.

    Without choices the answer is free text.
    """

    option: str
    message: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...]


def find_doubts(
    options: ImportOptions,
    names: Sequence[str],
    body: list[list[str]],
    tried: Sequence[Record | RowError],
    encoding: Encoding,
) -> Doubts:
    """Everything doubtful about reading `body` (sample rows) with `options`; `tried` is the outcome of doing so."""
    problems: list[Problem] = []
    questions: list[Question] = []
    for what in options.missing():
        message = f"No column is chosen for {what}. Choose the one that holds it."
        problems.append(Problem("missing_field", message, Severity.BLOCKING))
    if not encoding.is_certain:
        message = (
            f"The encoding is not certain; the file is read as {encoding.name}. Check that names look right below."
        )
        problems.append(Problem("encoding_guessed", message, Severity.WARNING))
    _doubt_dates(options, body, problems, questions)
    _doubt_sides(options, problems, questions)
    _doubt_names(names, problems)
    _doubt_rows(options, tried, problems)
    return Doubts(tuple(problems), tuple(questions))


def mapped_dates(options: ImportOptions, body: list[list[str]]) -> list[str]:
    """The cells of every column that is mapped to a date."""
    columns = [
        options.mapping[field.name]
        for field in FIELDS[Kind(options.kind)]
        if field.shape in (Shape.MOMENT, Shape.DAY) and field.name in options.mapping
    ]
    return [cells[column] for cells in body for column in columns if column < len(cells)]


def _doubt_dates(
    options: ImportOptions, body: list[list[str]], problems: list[Problem], questions: list[Question]
) -> None:
    evidence = infer_date_order(mapped_dates(options, body))
    if options.date_order == DateOrder.AMBIGUOUS and (evidence.ambiguous or evidence.contradiction):
        message = _ask_for_order(evidence)
        problems.append(Problem("ambiguous_dates", message, Severity.BLOCKING))
        choices = (
            (str(DateOrder.DMY), "Day first: 31/12/2024"),
            (str(DateOrder.MDY), "Month first: 12/31/2024"),
        )
        questions.append(Question("date_order", message, choices))
    if evidence.numbers:
        message = f"{evidence.numbers:,} dates are numbers, read as a spreadsheet's day numbers (45292 is 2024-01-01)."
        problems.append(Problem("number_dates", message, Severity.WARNING))
    if evidence.without_offset:
        message = f"Times without a time zone are read as {options.time_zone}."
        problems.append(Problem("naive_times", message, Severity.WARNING))


def _ask_for_order(evidence: DateEvidence) -> str:
    if evidence.contradiction:
        first, second = evidence.contradiction
        return (
            f"Dates are written in two orders: “{first}” and “{second}”. Say which order the file uses;"
            " rows in the other order that do not fit are kept aside as rejected."
        )
    return f"Dates such as “{evidence.ambiguous}” can be read with the day or the month first. Say which it is."


def _doubt_sides(options: ImportOptions, problems: list[Problem], questions: list[Question]) -> None:
    if "from" not in options.mapping and "to" not in options.mapping:
        return
    if options.our_domains:
        message = f"Addresses at {', '.join(options.our_domains)} are taken for your own; all others for the client's."
        problems.append(Problem("own_domains", message, Severity.WARNING))
        return
    message = "Which e-mail domains are your own? They tell your side of From and To from the client's."
    questions.append(Question("our_domains", message, ()))
    severity = Severity.WARNING if "direction" in options.mapping else Severity.BLOCKING
    problems.append(Problem("own_domains_unknown", message, severity))


def guess_our_domains(options: ImportOptions, body: list[list[str]]) -> tuple[str, ...]:
    """The one domain that takes part in nearly every row of From and To, if there is one."""
    columns = [options.mapping[name] for name in ("from", "to") if name in options.mapping]
    if len(columns) < 2 or len(body) < 3:
        return ()
    rows: Counter[str] = Counter()
    for cells in body:
        people = {person for column in columns if column < len(cells) for person in split_people(cells[column])}
        rows.update({domain_of(person) for person in people if "@" in person})
    (domain, times), *others = rows.most_common(2) or [("", 0)]
    is_alone = not others or others[0][1] < times
    return (domain,) if is_alone and times >= _OWN_DOMAIN_SHARE * len(body) else ()


def _doubt_names(names: Sequence[str], problems: list[Problem]) -> None:
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        message = f"More than one column is called {', '.join(f'“{name}”' for name in repeated[:_NAMED_WORDS])}."
        problems.append(Problem("repeated_columns", message, Severity.WARNING))


def _doubt_rows(options: ImportOptions, tried: Sequence[Record | RowError], problems: list[Problem]) -> None:
    rejected = [row for row in tried if isinstance(row, RowError)]
    for code, count in Counter(row.code for row in rejected).most_common():
        first = next(row for row in rejected if row.code == code)
        rows = "row" if len(tried) == 1 else "rows"
        message = (
            f"{count:,} of the first {len(tried):,} {rows} would be rejected, line {first.line} first: {first.message}"
        )
        if code == "unknown_channel":
            message += " Or let unknown channels be taken as other."
        if code == "unknown_outcome":
            message += " Or let unknown outcomes be left out."
        problems.append(Problem(code, message, Severity.WARNING))
    if tried and len(rejected) == len(tried) and not options.missing():
        message = "None of the first rows can be read like this. Check the columns and the reasons below."
        problems.append(Problem("nothing_readable", message, Severity.BLOCKING))
