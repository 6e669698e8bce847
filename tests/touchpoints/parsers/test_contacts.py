from __future__ import annotations

from datetime import date

import pytest

from touchpoints.parsers.fields import CONTACT_FIELDS
from touchpoints.parsers.options import ImportOptions
from touchpoints.parsers.parse import parse_cells
from touchpoints.parsers.records import ContactRecord

FIELDS = [field.name for field in CONTACT_FIELDS]
OPTIONS = ImportOptions(kind="contacts", mapping={name: number for number, name in enumerate(FIELDS)})
FULL = {
    "account": "K-17",
    "name": "",
    "first_name": "Ana",
    "last_name": "Ruiz",
    "email": "Ana@X.example",
    "title": "Head of Supply",
    "level": "VP",
    "external_id": "C-4",
    "left_on": "2024-03-05",
}


def parse(**cells: str):
    return parse_cells([(FULL | cells)[name] for name in FIELDS], 2, OPTIONS)


def test_every_field():
    assert parse() == ContactRecord(
        2, "K-17", "Ana Ruiz", "ana@x.example", "Head of Supply", "director", "C-4", date(2024, 3, 5)
    )


def test_the_address_stands_in_for_a_missing_name_and_account():
    record = parse(first_name="", last_name="", account="")
    assert (record.name, record.account_ref) == ("ana", "ana@x.example")
    assert parse(name="Ana María Ruiz").name == "Ana María Ruiz"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"first_name": "", "last_name": "", "email": ""}, "no_name"),
        ({"account": "", "email": ""}, "no_account"),
        ({"email": "ana at x"}, "bad_email"),
        ({"level": "wizard"}, "unknown_level"),
        ({"left_on": "soon"}, "bad_date"),
        ({"first_name": "n" * 201}, "too_long"),
    ],
)
def test_what_is_wrong_is_said(changed, code):
    assert parse(**changed).code == code
