from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from touchpoints.parsers.fields import ACCOUNT_FIELDS
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import parse_cells
from touchpoints.parsers.records import AccountRecord

FIELDS = [field.name for field in ACCOUNT_FIELDS]
OPTIONS = ImportOptions(kind="accounts", mapping={name: number for number, name in enumerate(FIELDS)})
FULL = {
    "external_id": "K-17",
    "name": "Alder & Quill",
    "owner_email": "Dana <Dana@us.example>",
    "team": "North",
    "segment": "Enterprise",
    "arr": "€ 12.500,50",
    "renewal_on": "31.12.2026",
    "started_on": "1898-04-01",
    "status": "live",
    "agreed_cadence_days": "fortnightly",
    "domains": "alder.example; quill.example",
}


def parse(**cells: str):
    return parse_cells([(FULL | cells)[name] for name in FIELDS], 2, OPTIONS)


def test_every_field():
    assert parse() == AccountRecord(
        line=2,
        external_id="K-17",
        name="Alder & Quill",
        owner_email="dana@us.example",
        team="North",
        segment="Enterprise",
        arr=Decimal("12500.50"),
        renewal_on=date(2026, 12, 31),
        started_on=date(1898, 4, 1),
        status="active",
        agreed_cadence_days=14,
        domains=("alder.example", "quill.example"),
    )


def test_an_empty_cell_is_what_the_file_does_not_say():
    bare = parse_cells(["", "Alder", *[" "] * (len(FIELDS) - 2)], 2, OPTIONS)
    assert bare == AccountRecord(2, "", "Alder", "", "", "", None, None, None, "", None, ())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "", "external_id": ""}, "no_name"),
        ({"name": "n" * 201}, "too_long"),
        ({"external_id": "n" * 201}, "too_long"),
        ({"team": "n" * 121}, "too_long"),
        ({"owner_email": "Dana"}, "bad_email"),
        ({"arr": "a lot"}, "bad_amount"),
        ({"renewal_on": "01/02/2027"}, "ambiguous_date"),
        ({"started_on": "1066-10-14"}, "impossible_year"),
        ({"status": "sleepy"}, "unknown_status"),
        ({"agreed_cadence_days": "often"}, "bad_cadence"),
        ({"domains": "alder"}, "bad_domain"),
    ],
)
def test_what_is_wrong_is_said(changed, code):
    assert parse(**changed).code == code
