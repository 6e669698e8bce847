"""The embedded Redis-compatible server: what was accepted survives a kill."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis

from config.embedded import addresses, processes, redis
from config.embedded.errors import EmbeddedError


@pytest.fixture
def server(var: Path) -> Iterator[psutil.Process]:
    yield redis.start(var)
    redis.stop(var)


@pytest.fixture
def client(var: Path, server: psutil.Process) -> Iterator[Redis]:
    client = Redis.from_url(addresses.redis_url(var), decode_responses=True)
    yield client
    client.close()


def test_it_answers_and_only_its_owner_may_connect(var: Path, client: Redis) -> None:
    assert client.ping()
    assert addresses.redis_socket(var).stat().st_mode & 0o077 == 0
    assert client.config_get("port") == {"port": "0"}


def test_what_was_accepted_survives_kill_9(var: Path, server: psutil.Process, client: Redis) -> None:
    client.rpush("tasks", "score account 7")
    server.kill()
    server.wait()

    restarted = redis.start(var)

    assert restarted.pid != server.pid
    assert client.lrange("tasks", 0, -1) == ["score account 7"]


def test_a_second_start_finds_the_running_server(var: Path, server: psutil.Process) -> None:
    assert redis.start(var).pid == server.pid


def test_a_server_without_record_is_not_pushed_aside(var: Path, server: psutil.Process, client: Redis) -> None:
    record = processes.read_record(var, redis.NAME)
    assert record is not None
    processes.forget(var, redis.NAME)

    with pytest.raises(EmbeddedError, match="no record of"):
        redis.start(var)

    assert client.ping()
    processes.write_record(var, record)


def test_stopping_removes_process_and_record(var: Path, server: psutil.Process) -> None:
    redis.stop(var)

    assert not processes.is_alive(server)
    assert processes.find(var, redis.NAME) is None
