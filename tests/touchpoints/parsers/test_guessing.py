from __future__ import annotations

import pytest

from touchpoints.parsers.fields import FIELDS, Kind
from touchpoints.parsers.guessing import guess_mapping, is_header


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Activity ID;Account ID;Account Name;Type;Subject;Due Date;Assigned To;Description",
            "00T1;001A;Alder;Call;Prices;2024-03-05;Dana;Long talk",
            ["external_id", "account", "account_name", "channel", "subject", "at", "our_person", "body"],
        ),
        (
            "Datum;Uhrzeit;Kundennummer;Richtung;Kanal;Ergebnis;Betreff;Notiz",
            "05.03.2024;14:30;1001;eingehend;Anruf;erreicht;Preise;x",
            ["at", "time", "account", "direction", "channel", "outcome", "subject", "body"],
        ),
        (
            "Date et heure;Société;Canal;Sens;Objet;Interlocuteur",
            "05/03/2024 14h30;Alder;Courriel;reçu;Prix;Ana",
            ["at", "account_name", "channel", "direction", "subject", "contact"],
        ),
        (
            "Fecha;Empresa;Medio;Dirección;Asunto",
            "5/3/2024;Alder;Llamada;entrante;Precios",
            ["at", "account_name", "channel", "direction", "subject"],
        ),
        (
            "Tijdstip;Klantnummer;Kanaal;Richting;Onderwerp",
            "2024-03-05 14:30;17;telefoon;inkomend;Prijs",
            ["at", "account", "channel", "direction", "subject"],
        ),
        ("From;To;Sent;Subject", "a@x.example;b@y.example;2024-03-05 14:30;Hi", ["from", "to", "at", "subject"]),
        ("accountId;occurredAt;isAutomated", "17;2024-03-05;false", ["account", "at", "automated"]),
        ("Customer;Time", "17;2024-03-05 14:30", ["account", "at"]),
        (
            "Call Date (UTC);Customer Name (billing);Call Result",
            "2024-03-05;Alder;no answer",
            ["at", "account_name", "outcome"],
        ),
    ],
)
def test_headers_of_touch_logs(header, row, expected):
    guess = guess_mapping(header.split(";"), [row.split(";")], "touchpoints")
    assert sorted(guess.mapping, key=guess.mapping.__getitem__) == expected
    assert set(guess.confidence) == set(guess.mapping)


def test_a_name_that_fits_is_surer_than_one_that_contains():
    guess = guess_mapping(["Customer reference text", "account", "date"], [["x", "y", "2024-03-05"]], "touchpoints")
    assert guess.mapping["account"] == 1
    assert guess.confidence["account"] == 1.0


def test_a_status_that_names_no_outcome_is_surely_not_taken_for_a_channel():
    guess = guess_mapping(["account", "date", "type"], [["a", "2024-03-05", "Gold tier"]] * 3, "touchpoints")
    assert guess.confidence.get("channel", 0) < 0.5


def test_every_column_serves_one_field_at_most():
    guess = guess_mapping(["name", "email", "email address", "company"], [["A", "a@x.example", "", "X"]], "contacts")
    assert len(set(guess.mapping.values())) == len(guess.mapping)
    assert (guess.mapping["name"], guess.mapping["email"], guess.mapping["account"]) == (0, 1, 3)


def test_columns_without_a_header_are_named_by_their_cells():
    rows = [["K-1", "out", "2024-03-05 10:00", "call"], ["K-2", "in", "2024-03-06 10:00", "email"]]
    guess = guess_mapping(None, rows, "touchpoints")
    assert guess.mapping == {"account": 0, "direction": 1, "at": 2, "channel": 3}
    assert guess_mapping(None, [["Ana", "ana@x.example"]], "contacts").mapping == {"name": 0, "email": 1}


def test_a_header_is_known_by_its_words_or_by_being_unlike_its_column():
    assert is_header(["account", "at"], [["a", "2024-03-05"]], "touchpoints")
    assert is_header(["foo", "bar"], [["a", "2024-03-05"], ["b", "2024-03-06"]], "touchpoints")
    assert not is_header(["a", "2024-03-04"], [["a", "2024-03-05"], ["b", "2024-03-06"]], "touchpoints")


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_is_found_by_its_own_name(kind):
    for field in FIELDS[kind]:
        assert field.name in guess_mapping([field.name], [[""]], kind).mapping
