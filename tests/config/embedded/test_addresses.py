"""Addresses follow from the data directory and nothing else."""

from pathlib import Path

import dj_database_url
import pytest

from config.embedded import addresses

DEEP = Path("/srv") / "/".join(["a-folder-with-a-long-name"] * 12)


def test_socket_paths_stay_below_the_limit_for_a_deep_folder() -> None:
    postgres_socket = addresses.postgres_socket_dir(DEEP) / ".s.PGSQL.5432"

    assert len(str(DEEP)) > 250
    assert len(str(postgres_socket)) < 100
    assert len(str(addresses.redis_socket(DEEP))) < 100


def test_two_data_directories_have_different_addresses() -> None:
    assert addresses.database_url(Path("/srv/a")) != addresses.database_url(Path("/srv/b"))
    assert addresses.redis_url(Path("/srv/a")) != addresses.redis_url(Path("/srv/b"))


def test_one_data_directory_has_one_address_however_it_is_spelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "var")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = addresses.database_url(tmp_path / "var")

    spellings = [Path("var"), Path("~/var"), Path("link"), tmp_path / "x" / ".." / "var"]

    assert {addresses.database_url(spelling) for spelling in spellings} == {expected}


def test_the_database_url_is_understood_by_the_settings() -> None:
    parsed = dj_database_url.parse(addresses.database_url(DEEP))

    assert parsed["HOST"] == str(addresses.postgres_socket_dir(DEEP))
    assert (parsed["NAME"], parsed["USER"]) == ("hark", "hark")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///tmp/r.sock?db=0", "redis+socket:///tmp/r.sock?virtual_host=0"),
        ("unix:///tmp/r.sock?db=7", "redis+socket:///tmp/r.sock?virtual_host=7"),
        ("unix:///tmp/r.sock", "redis+socket:///tmp/r.sock?virtual_host=0"),
        ("redis://:secret@redis:6379/2", "redis://:secret@redis:6379/2"),
    ],
)
def test_broker_url(url: str, expected: str) -> None:
    assert addresses.broker_url(url) == expected
