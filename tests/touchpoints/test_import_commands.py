"""`import_accounts`, `import_contacts`, `import_touchpoints`: exit codes and what they say."""

from __future__ import annotations

import gzip
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Account, Contact
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db

CLEAN = "account,at,direction,channel\n" + "".join(
    f"Client {n % 4},2026-05-{n + 1:02d}T09:00:00Z,inbound,call\n" for n in range(20)
)


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "received"


def call(path: Path, content: bytes | str, *arguments: str, command: str = "import_touchpoints") -> tuple[int, str]:
    """Run a command on a file of this content; return its exit code and all that it said."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    said = StringIO()
    try:
        call_command(command, str(path), *arguments, stdout=said, stderr=said)
    except CommandError as error:
        return error.returncode, said.getvalue() + str(error)
    except SystemExit as end:
        return int(str(end.code)), said.getvalue()
    return 0, said.getvalue()


def test_a_clean_file_is_taken_and_summed_up(tmp_path: Path) -> None:
    code, said = call(tmp_path / "log.csv", CLEAN)
    assert code == 0
    assert "20 created, 0 updated, 0 unchanged, 0 rejected; 4 new accounts" in said


def test_the_same_file_again_creates_nothing_and_says_so(tmp_path: Path) -> None:
    call(tmp_path / "log.csv", CLEAN)
    code, said = call(tmp_path / "log.csv", CLEAN)
    assert (code, Touchpoint.objects.count()) == (0, 20)
    assert "Nothing was changed: 0 created" in said


def test_a_longer_export_of_the_same_log_adds_only_what_is_new(tmp_path: Path) -> None:
    call(tmp_path / "log.csv", CLEAN)
    code, said = call(tmp_path / "log.csv", CLEAN + "Client 0,2026-05-30T09:00:00Z,inbound,call\n")
    assert code == 0
    assert "1 created, 0 updated, 20 unchanged" in said


def test_rejected_rows_have_an_exit_code_of_their_own(tmp_path: Path) -> None:
    code, said = call(tmp_path / "log.csv", CLEAN + "Client 0,yesterday-ish,inbound,call\n")
    assert (code, Touchpoint.objects.count()) == (3, 20)
    assert "line 22:" in said


def test_a_gzipped_file_needs_no_unpacking(tmp_path: Path) -> None:
    assert call(tmp_path / "log.csv.gz", gzip.compress(CLEAN.encode()))[0] == 0
    assert Touchpoint.objects.count() == 20


def test_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file") as refused:
        call_command("import_touchpoints", str(tmp_path / "missing.csv"))
    assert refused.value.returncode == 2


def test_accounts_and_contacts_have_their_commands(tmp_path: Path) -> None:
    accounts = "external id,account name,ARR,domains\nC-7,Acme,12000,acme.example\n"
    assert call(tmp_path / "a.csv", accounts, command="import_accounts")[0] == 0
    contacts = "name,email,account\nJo Pell,jo@acme.example,C-7\n"
    assert call(tmp_path / "c.csv", contacts, "--reject-unknown", command="import_contacts")[0] == 0
    assert Contact.objects.get().account == Account.objects.get(external_id="C-7")


def test_utf_16_with_semicolons_is_read_as_it_is(tmp_path: Path) -> None:
    text = "account;date;channel\nBäckerei Süß;31.12.2025 09:00;call\nBäckerei Süß;15.01.2026 09:00;email\n"
    assert call(tmp_path / "log.csv", text.encode("utf-16"))[0] == 0
    assert Account.objects.get().name == "Bäckerei Süß"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"account,at,channel\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
        ("account,at,channel\nA,01/02/2026,call\nB,03/02/2026,call\n", "day"),
        ("1,2\n3,4\n5,6\n", "Still to be chosen"),
    ],
    ids=["empty", "header only", "picture", "ambiguous dates", "no dates"],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path, content: bytes | str, words: str) -> None:
    code, said = call(tmp_path / "log.csv", content)
    assert code == 2
    assert words in said
    assert not Touchpoint.objects.exists()


@pytest.mark.parametrize(
    ("rows", "created", "rejected"),
    [
        ("\n\n;;;\nClient 9,2026-05-30T09:00:00Z,inbound,call\n\n", 21, 1),
        ("Client 9,2026-05-30T09:00:00Z,inbound,call" + ",x" * 300 + "\n", 20, 1),
        ('"' + "x" * 1_000_000 + '",2026-05-30T09:00:00Z,inbound,call\n', 20, 1),
        ("Client\0 9,2026-05-30T09:00:00Z,inbound,call\n", 20, 1),
        ("=HYPERLINK(1),2026-05-30T09:00:00Z,inbound,call\n", 21, 0),
        ("Client 9,99/99/9999,inbound,call\n", 20, 1),
    ],
    ids=["blank lines", "300 columns", "a cell of a megabyte", "NUL", "formula", "impossible date"],
)
def test_one_messy_row_does_not_spoil_the_others(tmp_path: Path, rows: str, created: int, rejected: int) -> None:
    code, said = call(tmp_path / "log.csv", CLEAN + rows)
    assert code == (3 if rejected else 0)
    assert f"{created} created" in said
    assert f"{rejected} rejected" in said


def test_columns_can_be_named(tmp_path: Path) -> None:
    text = "who,when\nAcme,2026-05-01T09:00:00Z\nAcme,2026-05-02T09:00:00Z\n"
    arguments = ("--map", "account=who", "--map", "at=2", "--default-channel", "call")
    assert call(tmp_path / "log.csv", text, *arguments)[0] == 0
    assert set(Touchpoint.objects.values_list("channel", flat=True)) == {"call"}


@pytest.mark.parametrize("pair", ["account", "colour=who", "account=nobody"])
def test_a_column_that_cannot_be_is_named_back(tmp_path: Path, pair: str) -> None:
    code, said = call(tmp_path / "log.csv", CLEAN, "--map", pair)
    assert code == 2
    assert f"--map {pair}" in said


def test_touches_in_the_future_are_told(tmp_path: Path) -> None:
    text = "account,at,channel\nAcme,2026-05-01T09:00:00Z,call\nAcme,2099-05-01T09:00:00Z,meeting\n"
    code, said = call(tmp_path / "log.csv", text)
    assert code == 0
    assert "1 of its touches lie in the future" in said
