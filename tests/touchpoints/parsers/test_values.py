from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchpoints.parsers import values
from touchpoints.parsers.records import CellError
from touchpoints.parsers.values import ChannelReading


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Phone", ChannelReading("call")),
        ("E-Mail", ChannelReading("email")),
        ("e_mail", ChannelReading("email")),
        ("Téléphone", ChannelReading("call")),
        ("message", ChannelReading("text")),
        ("WhatsApp", ChannelReading("text")),
        ("Incoming call", ChannelReading("call", "inbound")),
        ("Email (sent)", ChannelReading("email", "outbound")),
        ("Eingehender Anruf", ChannelReading("call", "inbound")),
        ("Voicemail", ChannelReading("call", "", "voicemail")),
        ("missed call", ChannelReading("call", "", "no_answer")),
        ("Newsletter", ChannelReading("email", "", "", True)),
        ("Kundenbesuch", ChannelReading("visit")),
        ("rendez-vous", ChannelReading("meeting")),
        ("Encuesta", ChannelReading("survey")),
        ("klacht", ChannelReading("ticket")),
        ("other", ChannelReading("other")),
    ],
)
def test_channel_words(cell, expected):
    assert values.read_channel(cell) == expected


def test_an_unknown_channel_is_refused_and_the_known_ones_named():
    with pytest.raises(CellError, match=r"carrier pigeon.*call, visit") as caught:
        values.read_channel("carrier pigeon")
    assert caught.value.code == "unknown_channel"


@pytest.mark.parametrize(
    ("read", "cell", "expected"),
    [
        (values.read_direction, "IN", "inbound"),
        (values.read_direction, "Sent", "outbound"),
        (values.read_direction, "two-way", "mutual"),
        (values.read_direction, "ausgehend", "outbound"),
        (values.read_direction, "reçu", "inbound"),
        (values.read_outcome, "Left message", "voicemail"),
        (values.read_outcome, "No-Answer", "no_answer"),
        (values.read_outcome, "nicht erreicht", "no_answer"),
        (values.read_outcome, "canceled", "cancelled"),
        (values.read_outcome, "Connected", "talked"),
        (values.read_outcome, "Hard Bounce", "bounced"),
        (values.read_outcome, "delivered", ""),
        (values.read_level, "VP", "director"),
        (values.read_level, "C-Level", "executive"),
        (values.read_level, "Geschäftsführer", "executive"),
        (values.read_status, "Churned", "closed"),
        (values.read_status, "aktiv", "active"),
        (values.read_flag, "Ja", True),
        (values.read_flag, "", False),
        (values.read_flag, "0", False),
    ],
)
def test_vocabulary_words(read, cell, expected):
    assert read(cell) == expected


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (values.read_direction, "unknown_direction"),
        (values.read_outcome, "unknown_outcome"),
        (values.read_level, "unknown_level"),
        (values.read_status, "unknown_status"),
        (values.read_flag, "bad_flag"),
        (values.read_money, "bad_amount"),
        (values.read_cadence_days, "bad_cadence"),
        (values.read_email, "bad_email"),
        (values.split_domains, "bad_domain"),
    ],
)
def test_words_nobody_knows_are_refused(read, code):
    with pytest.raises(CellError) as caught:
        read("zzgl-zzgl")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1234", "1234"),
        ("1.234", "1234"),
        ("1,234", "1234"),
        ("1.234.567", "1234567"),
        ("1,00,000", "100000"),
        ("12,5", "12.50"),
        ("0.125", "0.13"),
        ("€ 12 000", "12000"),
        ("12.000 €", "12000"),
        ("12\u202f000,50\xa0€", "12000.50"),
        ("CHF 1'234.50", "1234.50"),
        ("US$1,200", "1200"),
        ("EUR 12.500,-", "12500"),
        ("12k", "12000"),
        ("12.5k EUR", "12500"),
        ("1.5 Mio", "1500000"),
    ],
)
def test_amounts(cell, expected):
    assert values.read_money(cell) == Decimal(expected)


@pytest.mark.parametrize(
    "cell", ["", "-5", "5-", "(5)", "1,2,3", "1.2.3,4.5", "12%", "=1+1", "1e5", "9999999999999", "k"]
)
def test_what_is_no_amount(cell):
    with pytest.raises(CellError):
        values.read_money(cell)


@given(
    st.decimals(0, 10**9, places=2), st.sampled_from(["{:,.2f}", "{:.2f}", "€{:,.2f}", "{:,.2f} USD"]), st.booleans()
)
def test_amounts_come_back_in_both_notations(amount, form, is_continental):
    cell = form.format(amount)
    if is_continental:
        cell = cell.translate(str.maketrans(",.", ".,"))
    assert values.read_money(cell) == amount


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("14", 14),
        ("14.0", 14),
        ("weekly", 7),
        ("every 2 weeks", 14),
        ("30 Tage", 30),
        ("quarterly", 91),
        ("Vierteljährlich", 91),
    ],
)
def test_cadences(cell, days):
    assert values.read_cadence_days(cell) == days


@pytest.mark.parametrize("cell", ["0", "-3", "3651", "2.5", "often"])
def test_what_is_no_cadence(cell):
    with pytest.raises(CellError):
        values.read_cadence_days(cell)


def test_people_are_addresses_or_names_once_each():
    assert values.split_people("") == ()
    assert values.split_people("Doe, Jane") == ("Doe, Jane",)
    assert values.split_people("Jane Doe; Li Wei;Jane Doe") == ("Jane Doe", "Li Wei")
    assert values.split_people('"Doe, Jane" <JANE@x.example>, li@y.example; jane@x.example') == (
        "jane@x.example",
        "li@y.example",
    )
    assert values.split_people("@handle") == ("@handle",)


def test_addresses_are_taken_out_of_their_brackets():
    assert values.read_email("Jane <Jane.Doe@X.Example>") == "jane.doe@x.example"
    with pytest.raises(CellError):
        values.read_email("a@x.example, b@x.example")


def test_domains_come_out_of_web_and_mail_addresses():
    cell = "https://www.Alder.example/about, @quill.example; bücher.example"
    assert values.split_domains(cell) == ("alder.example", "quill.example", "xn--bcher-kva.example")
    assert values.split_domains("") == ()
