"""The embedded PostgreSQL server: data is kept, crashes are recovered from, other people's data is left alone."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from config.embedded import addresses, placement, postgres, processes
from config.embedded.errors import EmbeddedError


def query(var: Path, sql: str) -> list[tuple]:
    with closing(psycopg2.connect(addresses.database_url(var))) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
        return rows


@pytest.fixture
def server(var: Path) -> Iterator[psutil.Process]:
    yield postgres.start(var)
    postgres.stop(var)


def test_it_runs_from_a_deep_folder(var: Path, server: psutil.Process) -> None:
    assert len(str(var)) > 150
    assert query(var, "SHOW server_version_num")[0][0].startswith("18")


def test_it_does_not_run_as_root_and_listens_on_no_port(var: Path, server: psutil.Process) -> None:
    assert server.uids().effective != 0
    assert query(var, "SHOW listen_addresses") == [("",)]
    assert not [c for c in server.net_connections("inet") if c.status == psutil.CONN_LISTEN]


def test_nobody_else_may_enter_the_socket_directory(var: Path, server: psutil.Process) -> None:
    assert addresses.postgres_socket_dir(var).stat().st_mode & 0o077 == 0


def test_a_second_start_finds_the_running_server(var: Path, server: psutil.Process) -> None:
    assert postgres.start(var).pid == server.pid


def test_data_is_kept_across_restarts(var: Path, server: psutil.Process) -> None:
    query(var, "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop(var)
    assert not processes.is_alive(server)

    postgres.start(var, is_durable=False)

    assert query(var, "SELECT answer FROM kept") == [(42,)]


def test_it_recovers_from_kill_9_and_leaves_no_orphans(var: Path, server: psutil.Process) -> None:
    query(var, "CREATE TABLE survivor AS SELECT 7 AS answer")
    children = server.children(recursive=True)
    server.kill()
    server.wait()

    restarted = postgres.start(var)

    assert restarted.pid != server.pid
    assert query(var, "SELECT answer FROM survivor") == [(7,)]
    assert children
    assert not [child for child in children if processes.is_alive(child)]


def test_it_ends_a_server_it_has_no_record_of(var: Path, server: psutil.Process) -> None:
    processes.forget(var, postgres.NAME)

    restarted = postgres.start(var, is_durable=False)

    assert not processes.is_alive(server)
    assert restarted.pid != server.pid


def test_a_pid_file_that_names_another_program_is_no_obstacle(var: Path, server: psutil.Process) -> None:
    postgres.stop(var)
    identity = placement.server_identity(var / "postgres")
    drop = {} if identity is None else {"user": identity.uid, "group": identity.gid, "extra_groups": []}
    # Of the same user, as the server takes just those for rivals.
    with subprocess.Popen(["/bin/sleep", "60"], **drop) as bystander:
        pid_file = placement.data_dir(var) / "postmaster.pid"
        pid_file.write_text(f"{bystander.pid}\n{var / 'postgres'}\n1\n5432\n\n\n\nready\n")

        postgres.start(var, is_durable=False)

        assert query(var, "SELECT 1") == [(1,)]
        assert bystander.poll() is None
        bystander.kill()


def test_data_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 16.*PostgreSQL 18.*pg_dump"):
        postgres.start(tmp_path)

    assert (tmp_path / "postgres" / "PG_VERSION").read_text() == "16\n"


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis.txt").touch()

    with pytest.raises(EmbeddedError, match="holds no PostgreSQL data"):
        postgres.start(tmp_path)


def test_a_server_that_cannot_start_says_why(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres.SETTINGS, "shared_buffers", "plenty")

    with pytest.raises(EmbeddedError, match='invalid value for parameter "shared_buffers"'):
        postgres.start(var)


def test_a_socket_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EmbeddedError, match="belongs to another user"):
        postgres.prepare_private_dir(tmp_path / "link", os.geteuid())


def test_stopping_ends_open_connections(var: Path, server: psutil.Process) -> None:
    with closing(psycopg2.connect(addresses.database_url(var))) as connection:
        postgres.stop(var)

        with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def test_nothing_is_left_of_deleted_data(open_folder: Path) -> None:
    var = open_folder / "short-lived"
    process = postgres.start(var, is_durable=False)

    postgres.delete_data(var)
    shutil.rmtree(addresses.sockets_dir(var))

    assert not processes.is_alive(process)
    assert not (var / "postgres").exists()


def test_it_outlives_its_starter_and_is_found_again(var: Path) -> None:
    """A supervisor killed with -9 leaves its servers behind; the next start takes them over."""
    program = "import sys, pathlib; from config.embedded import postgres; "
    program += "print(postgres.start(pathlib.Path(sys.argv[1]), is_durable=False).pid, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(var)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        starter.send_signal(signal.SIGKILL)

    taken_over = postgres.start(var)
    postgres.stop(var)

    assert taken_over.pid == pid
    assert not processes.is_alive(taken_over)
