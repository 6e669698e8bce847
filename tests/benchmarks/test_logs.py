import gzip
from datetime import date
from pathlib import Path

import pytest

from benchmarks._logs import EventLog, read_log


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(text)
    return path


def days_of(log: EventLog, name: str) -> list[str]:
    place = int(log.any_touch.account_ids.searchsorted(log.names.index(name)))
    days = log.any_touch.days[log.any_touch.offsets[place] : log.any_touch.offsets[place + 1]]
    return [date.fromordinal(int(day)).isoformat() for day in days]


def test_ids_of_any_kind_dates_and_moments_in_any_order(tmp_path: Path) -> None:
    log = read_log(written(tmp_path, "account,at\n007,2024-03-02\nZoë & Co,2024-03-01T23:30+00:00\n007,2024-03-01\n"))
    assert log.names == ["007", "Zoë & Co"]
    assert days_of(log, "007") == ["2024-03-01", "2024-03-02"]
    assert log.client is None
    assert log.last_day == date(2024, 3, 2).toordinal()


def test_a_moment_falls_on_a_day_of_the_zone_and_a_date_is_that_day(tmp_path: Path) -> None:
    path = written(tmp_path, "at,note,Account\n2024-03-01T23:30:00,x,a\n2024-03-01,x,b\n")
    assert days_of(read_log(path), "a") == ["2024-03-01"]
    tokyo = read_log(path, "Asia/Tokyo")
    assert (days_of(tokyo, "a"), days_of(tokyo, "b")) == (["2024-03-02"], ["2024-03-01"])


def test_the_client_series_holds_what_the_client_took_part_in(tmp_path: Path) -> None:
    rows = "a,2024-03-01,inbound\na,2024-03-02,outbound\nb,2024-03-03,mutual\nb,2024-03-04,\nc,2024-03-05,sideways\n"
    log = read_log(written(tmp_path, f"account,at,direction\n{rows}"))
    assert [log.names[i] for i in log.client.account_ids] == ["a", "b"]
    assert log.client.touch_days.tolist() == [1, 1]


def test_touches_of_one_day_are_one_touch_day_and_two_touches(tmp_path: Path) -> None:
    log = read_log(written(tmp_path, "account,at\na,2024-03-01 09:00\na,2024-03-01 17:00\nb,2024-03-09\n"))
    assert log.any_touch.touch_days.tolist() == [1, 1]
    assert log.touches_by(date(2024, 3, 5).toordinal()).tolist() == [2]


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfaccount,at\n\na,2024-03-01\n"))
    assert days_of(read_log(path), "a") == ["2024-03-01"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "account and at"),
        ("who,when\n1,2\n", "who, when"),
        ("account,at\na,soon\n", "line 2"),
        ("account,at\na,2024-03-01\nb\n", "line 3"),
    ],
)
def test_what_cannot_be_read_is_named_and_never_left_out(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        read_log(written(tmp_path, text))
