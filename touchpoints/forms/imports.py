"""What an administrator fills in to import a file: which file from where, and how it is to be read."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from touchpoints.models import Channel, Direction, ImportKind, Source, SourceKind
from touchpoints.parsers.dates import DateOrder
from touchpoints.parsers.fields import FIELDS, Kind
from touchpoints.parsers.inspect import Inspection
from touchpoints.parsers.options import ImportOptions

_MEGABYTE: Final = 1_000_000
_ENCODINGS: Final = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16 (Unicode text of Excel)"),
    ("cp1252", "Western European (Windows)"),
    ("cp1250", "Central European (Windows)"),
    ("cp1251", "Cyrillic (Windows)"),
    ("cp1253", "Greek (Windows)"),
    ("cp1254", "Turkish (Windows)"),
    ("mac-roman", "Western European (old Mac)"),
    ("cp850", "Western European (DOS)"),
    ("shift_jis", "Japanese (Shift-JIS)"),
    ("gb18030", "Chinese (GB 18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("euc_kr", "Korean (EUC-KR)"),
)
_DELIMITERS: Final = ((",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Vertical bar"))
_ORDERS: Final = (
    (DateOrder.DMY.value, "Day first: 31/12/2024"),
    (DateOrder.MDY.value, "Month first: 12/31/2024"),
    (DateOrder.YMD.value, "Year first: 24/12/31"),
)
_YES_NO: Final = (("yes", "Names of the columns"), ("no", "A row like the others"))
# What bytes become cells by: when one of these changes, the columns are guessed anew.
_CELLS: Final = frozenset({"encoding", "delimiter", "has_header", "first_line"})
_FOLLOWS_CELLS: Final = frozenset({"mapping", "column_count", "quote", "date_order", "dotted_order", "our_domains"})
_PREFIX: Final = "map-"


class UploadForm(forms.Form):
    """Which rows, where they come from, and the file."""

    kind = forms.ChoiceField(
        label="What is in it", choices=ImportKind.choices, widget=forms.RadioSelect, initial=ImportKind.TOUCHPOINTS
    )
    source = forms.CharField(
        label="Where it comes from",
        max_length=120,
        widget=forms.TextInput(attrs={"list": "known-sources", "autocomplete": "off"}),
        help_text="Such as “CRM” or “Phone system”. Rows of one source recognise each other in the next file.",
    )
    file = forms.FileField(
        label="File",
        max_length=255,
        help_text="CSV, with commas, semicolons or tabs, in any encoding; plain or gzip.",
        error_messages={"empty": "The file is empty. Export the list again and choose that file."},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gz,text/csv,text/plain"}),
    )

    def clean_source(self) -> str:
        name: str = self.cleaned_data["source"]
        if Source.objects.filter(name=name, kind=SourceKind.MANUAL).exists():
            raise ValidationError("Touches logged by hand have this name. Name the system the file comes from.")
        return name

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        most = settings.HARK_MAX_UPLOAD_MB
        if (file.size or 0) > most * _MEGABYTE:
            raise ValidationError(
                f"The file is larger than {most} MB. Compress it with gzip, split it, or import it with the command."
            )
        return file


class ReadingForm(forms.Form):
    """How to read a file, as the choices stand; `read_choices` reads what comes back."""

    encoding = forms.ChoiceField(label="Encoding")
    delimiter = forms.ChoiceField(label="Between cells", choices=_DELIMITERS)
    has_header = forms.ChoiceField(label="First row holds", choices=_YES_NO)
    first_line = forms.IntegerField(label="First row is on line", min_value=1, max_value=1000)
    date_order = forms.ChoiceField(label="Dates with slashes", choices=_ORDERS)
    dotted_order = forms.ChoiceField(
        label="Dates with dots",
        choices=[(DateOrder.DMY.value, "Day first: 31.12.2024"), (DateOrder.MDY.value, "Month first: 12.31.2024")],
    )
    time_zone = forms.ChoiceField(label="Times without a zone are in")
    default_channel = forms.ChoiceField(label="Channel, where none is given", choices=Channel.choices)
    default_direction = forms.ChoiceField(label="Direction, where none is given", choices=Direction.choices)
    unknown_channel = forms.ChoiceField(
        label="Channels not understood", choices=[("reject", "Reject the row"), ("other", "Take as “other”")]
    )
    unknown_outcome = forms.ChoiceField(
        label="Outcomes not understood", choices=[("reject", "Reject the row"), ("plain", "Leave them out")]
    )
    our_domains = forms.CharField(
        label="Our own e-mail domains", required=False, widget=forms.TextInput(attrs={"placeholder": "example.com"})
    )
    create_unknown_accounts = forms.ChoiceField(
        label="Accounts not known yet", choices=[("yes", "Create them"), ("no", "Reject the row")]
    )

    def __init__(self, options: ImportOptions, *, asked: Collection[str] = ()) -> None:
        """`asked`: options that the page asks about elsewhere."""
        plain = options.to_dict()
        shown = {name: _as_written(plain[name]) for name in self.base_fields}
        super().__init__(initial=shown)
        self._choose("encoding", _ENCODINGS, options.encoding)
        self._choose("time_zone", [(zone, zone.replace("_", " ")) for zone in _zones()], options.time_zone)
        if options.date_order == DateOrder.AMBIGUOUS:
            self._choose("date_order", [(DateOrder.AMBIGUOUS.value, "None seen so far"), *_ORDERS], "")
        for name in {*_left_out(options), *asked}:
            del self.fields[name]

    def _choose(self, name: str, choices: Any, chosen: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        known = [value for value, _ in choices]
        field.choices = [*choices, *([(chosen, chosen)] if chosen and chosen not in known else [])]


@functools.cache
def _zones() -> tuple[str, ...]:
    """Every time zone; looking for them reads hundreds of files."""
    return tuple(sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"))


def _left_out(options: ImportOptions) -> list[str]:
    """The questions that make no difference to this kind of file, or to these columns."""
    left_out = []
    if options.kind != Kind.TOUCHPOINTS:
        left_out += ["time_zone", "default_channel", "default_direction", "unknown_channel", "unknown_outcome"]
    if "from" not in options.mapping and "to" not in options.mapping:
        left_out.append("our_domains")
    if options.kind == Kind.ACCOUNTS:
        left_out.append("create_unknown_accounts")
    return left_out


def _as_written(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """Which column one field is taken from: `column` is its number, or -1; `values` are examples from it."""

    name: str
    label: str
    hint: str
    input_name: str
    column: int
    values: tuple[str, ...]
    is_unsure: bool


def field_choices(inspection: Inspection) -> list[FieldChoice]:
    """Return every field that this kind of file may fill, with the column it is taken from as things stand."""
    mapping = inspection.options.mapping
    columns = {column.number: column for column in inspection.columns}
    choices = []
    for field in FIELDS[Kind(inspection.options.kind)]:
        column = columns.get(mapping.get(field.name, -1))
        choices.append(
            FieldChoice(
                name=field.name,
                label=field.label,
                hint=field.hint,
                input_name=_PREFIX + field.name,
                column=column.number if column else -1,
                values=column.values if column else (),
                is_unsure=column is not None and column.field == field.name and column.confidence < 0.6,
            )
        )
    return choices


def read_choices(data: Mapping[str, str], kind: str) -> dict[str, Any]:
    """Return the options that a person chose, for `inspect_batch(fixed=...)`; the others are guessed.

    What the form showed travels with it, as `shown`, with the names of what was chosen before, as `chosen`: an option
    that comes back as it was shown was not chosen, so that a better guess may still replace it. Raises ValueError, in
    words for the person, for what cannot be.
    """
    shown = _read_shown(data, kind)
    given = _read_given(data, shown)
    changed = {name for name, value in given.items() if value != shown[name]}
    chosen = (set(data.get("chosen", "").split(",")) & set(shown)) - {"kind"}
    if changed & _CELLS:
        chosen -= _FOLLOWS_CELLS
        changed -= _FOLLOWS_CELLS
    fixed = {name: given.get(name, shown[name]) for name in chosen | changed}
    ImportOptions.from_dict({"kind": kind} | fixed)
    return fixed


def _read_shown(data: Mapping[str, str], kind: str) -> dict[str, Any]:
    try:
        shown = ImportOptions.from_dict(json.loads(data.get("shown", ""))).to_dict()
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("The form is incomplete. Reload the page and choose again.") from error
    if shown["kind"] != kind:
        raise ValueError("The form belongs to another file. Reload the page and choose again.")
    return shown


def _read_given(data: Mapping[str, str], shown: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for field in dataclasses.fields(ImportOptions):
        if field.name not in data or field.name == "kind":
            continue
        text = data[field.name].replace("\0", "")
        if isinstance(shown[field.name], bool):
            given[field.name] = text == "yes"
        elif isinstance(shown[field.name], int):
            given[field.name] = _whole(text, field.name)
        elif isinstance(shown[field.name], list):
            given[field.name] = [part.lower().lstrip("@") for part in re.split(r"[\s,;]+", text) if part.strip("@")]
        elif isinstance(shown[field.name], str):
            given[field.name] = text
    columns = {name: data[_PREFIX + name] for name in _field_names(shown["kind"]) if _PREFIX + name in data}
    if columns:
        given["mapping"] = {name: _whole(text, name) for name, text in columns.items() if text}
    return given


def _field_names(kind: str) -> list[str]:
    return [field.name for field in FIELDS[Kind(kind)]]


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise ValueError(f"{name}: write a whole number, not “{text[:20]}”")
    return int(text)
