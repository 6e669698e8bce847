from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.parsers.dates import DateOrder
from touchpoints.parsers.fields import FIELDS, Kind
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.values import CHANNELS, DIRECTIONS


@st.composite
def options(draw: st.DrawFn) -> ImportOptions:
    kind = draw(st.sampled_from(list(Kind)))
    names = st.sampled_from([field.name for field in FIELDS[kind]])
    return ImportOptions(
        kind=kind,
        encoding=draw(st.sampled_from(["utf-8", "cp1252", "utf-16"])),
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])),
        quote=draw(st.sampled_from(['"', "'", ""])),
        has_header=draw(st.booleans()),
        first_line=draw(st.integers(1, 9)),
        mapping=draw(st.dictionaries(names, st.integers(0, 300))),
        date_order=draw(st.sampled_from(list(DateOrder))),
        time_zone=draw(st.sampled_from(["UTC", "Europe/Berlin"])),
        default_channel=draw(st.sampled_from(CHANNELS)),
        default_direction=draw(st.sampled_from(DIRECTIONS)),
        our_domains=tuple(draw(st.lists(st.sampled_from(["a.example", "b.example"])))),
        create_unknown_accounts=draw(st.booleans()),
    )


@given(options())
def test_options_survive_json(chosen):
    assert ImportOptions.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"kind": "invoices"}, "kind"),
        ({"encoding": "klingon"}, "encoding"),
        ({"encoding": "base64"}, "encoding"),
        ({"delimiter": "x"}, "delimiter"),
        ({"quote": "`"}, "quote"),
        ({"date_order": "ydm"}, "date_order"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"default_channel": "pigeon"}, "default_channel"),
        ({"default_direction": "up"}, "default_direction"),
        ({"unknown_channel": "guess"}, "unknown_channel"),
        ({"first_line": 0}, "first_line"),
        ({"column_count": "4"}, "column_count"),
        ({"has_header": "yes"}, "has_header"),
        ({"mapping": {"colour": 1}}, "mapping"),
        ({"mapping": {"at": -1}}, "mapping"),
        ({"mapping": {"at": 4}, "column_count": 4}, "mapping"),
        ({"mapping": [1]}, "mapping"),
        ({"our_domains": "us.example"}, "our_domains"),
        ({"our_domains": [1]}, "our_domains"),
        ({"speed": "fast"}, "unknown options: speed"),
    ],
)
def test_impossible_values_are_refused_by_name(changed, named):
    with pytest.raises(ValueError, match=named):
        ImportOptions.from_dict({"kind": "touchpoints"} | changed)


def test_the_kind_must_be_said():
    with pytest.raises(ValueError, match="kind"):
        ImportOptions.from_dict({})


def test_what_is_missing_is_told_in_words():
    bare = ImportOptions(kind="touchpoints")
    assert bare.missing() == ["Account or Account name or Contact or From or To", "When"]
    assert replace(bare, mapping={"contact": 0, "at": 1}).missing() == []
