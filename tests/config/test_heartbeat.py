"""Whether worker and clock live, as the pages know it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from config import heartbeat
from config.heartbeat import CLOCK_KEY, WORKER_KEY, BackgroundProbe, Pulse


@pytest.fixture(autouse=True)
def no_signs_of_life() -> Iterator[redis.Redis]:
    client = heartbeat.connect()
    client.delete(WORKER_KEY, CLOCK_KEY)
    yield client
    client.delete(WORKER_KEY, CLOCK_KEY)
    after_task_publish.disconnect(heartbeat._clock_lives)


@pytest.fixture
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign of life was left a moment ago by another test."""
    monkeypatch.setattr(heartbeat, "_worker_pulse", Pulse(WORKER_KEY, 45, 10.0))
    monkeypatch.setattr(heartbeat, "_clock_pulse", Pulse(CLOCK_KEY, 150, 10.0))


def test_a_living_worker_and_clock_are_no_trouble(rested: None) -> None:
    heartbeat_sent.send(sender=None)
    assert BackgroundProbe().trouble() == heartbeat.NO_CLOCK
    beat_init.send(sender=None)
    assert BackgroundProbe().trouble() == ""


def test_a_silent_worker_is_named_first(rested: None) -> None:
    beat_init.send(sender=None)
    assert BackgroundProbe().trouble() == heartbeat.NO_WORKER


def test_a_task_published_by_a_page_is_no_sign_of_the_clock(rested: None) -> None:
    after_task_publish.send(sender="health.tasks.sweep_stale")
    heartbeat_sent.send(sender=None)
    assert BackgroundProbe().trouble() == heartbeat.NO_CLOCK


def test_signs_of_life_end_by_themselves(rested: None, no_signs_of_life: redis.Redis) -> None:
    heartbeat_sent.send(sender=None)
    beat_init.send(sender=None)
    assert 0 < no_signs_of_life.ttl(WORKER_KEY) <= 45
    assert 0 < no_signs_of_life.ttl(CLOCK_KEY) <= 150


def test_a_sign_is_left_only_every_so_often(no_signs_of_life: redis.Redis) -> None:
    pulse = Pulse(WORKER_KEY, 45, 3600.0)
    pulse.beat()
    no_signs_of_life.delete(WORKER_KEY)
    pulse.beat()
    assert not no_signs_of_life.exists(WORKER_KEY)


def test_no_redis_is_said_and_harms_nobody(settings: Settings) -> None:
    settings.HARK_REDIS_URL = "unix:///nowhere/redis.sock"
    Pulse(WORKER_KEY, 45, 0.0).beat()
    assert BackgroundProbe().trouble() == heartbeat.NO_REDIS


def test_redis_is_not_asked_at_every_page(settings: Settings) -> None:
    probe, eager = BackgroundProbe(3600.0), BackgroundProbe(0.0)
    assert (probe.trouble(), eager.trouble()) == (heartbeat.NO_WORKER, heartbeat.NO_WORKER)
    settings.HARK_REDIS_URL = "unix:///nowhere/redis.sock"
    assert (probe.trouble(), eager.trouble()) == (heartbeat.NO_WORKER, heartbeat.NO_REDIS)


def test_nobody_waits_for_an_answer_that_another_waits_for() -> None:
    probe = BackgroundProbe(0.0)
    with probe._asking:
        assert probe.trouble() == ""


@pytest.mark.parametrize(("who", "is_told"), [("bob", True), ("root", True), ("alice", False), ("erin", False)])
def test_who_can_do_something_about_it_is_told(
    client: Client, who: str, is_told: bool, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    user: User = request.getfixturevalue(who)
    monkeypatch.setattr("config.context.background_trouble", lambda: heartbeat.NO_WORKER)
    client.force_login(user)
    assert (b"the worker is not running" in client.get("/settings/").content) is is_told


def test_without_trouble_nothing_is_said(client: Client, root: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.context.background_trouble", lambda: "")
    client.force_login(root)
    assert b"Background work" not in client.get("/settings/").content
