"""Whether the worker and the clock are alive, as the pages know it.

Both leave a key in Redis that expires by itself: present is alive, and no clock is compared. The worker's main process
does so also while all its children are busy with long imports. Pages ask Redis once in a while, never at each request,
and never wait long for it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

import redis
from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

WORKER_KEY: Final = "hark:alive:worker"
CLOCK_KEY: Final = "hark:alive:clock"
WORKER_SECONDS: Final = 45
# The clock hands out the sweep every minute; two missed are a reason to say so.
CLOCK_SECONDS: Final = 150
_WORKER_EVERY_SECONDS: Final = 10.0
_ASK_EVERY_SECONDS: Final = 10.0
_WAIT_SECONDS: Final = 0.3

NO_REDIS: Final = "Redis does not answer"
NO_WORKER: Final = "the worker is not running"
NO_CLOCK: Final = "the clock (beat) is not running"


def connect() -> redis.Redis:
    """Return a client of Hark's Redis that gives up at once: no answer is an answer here."""
    return redis.Redis.from_url(
        settings.HARK_REDIS_URL,
        socket_connect_timeout=_WAIT_SECONDS,
        socket_timeout=_WAIT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


@dataclass(slots=True)
class Pulse:
    """Leaves the sign of life of one process, at most every so often; a Redis that is away is tried again later."""

    key: str
    lasts_seconds: int
    every_seconds: float
    _left_at: float = field(default=float("-inf"))

    def beat(self) -> None:
        now = time.monotonic()
        if now - self._left_at < self.every_seconds:
            return
        self._left_at = now
        try:
            connect().set(self.key, "1", ex=self.lasts_seconds)
        except redis.RedisError as error:
            logger.debug("no sign of life could be left: %s", error)


class BackgroundProbe:
    """What is wrong with the background work, asked at most every `every_seconds` by one thread of a process."""

    def __init__(self, every_seconds: float = _ASK_EVERY_SECONDS) -> None:
        self.every_seconds = every_seconds
        self._asked_at = float("-inf")
        self._trouble = ""
        self._asking = threading.Lock()

    def trouble(self) -> str:
        """Return what is not running, in words; empty when all is well."""
        if time.monotonic() - self._asked_at >= self.every_seconds and self._asking.acquire(blocking=False):
            try:
                self._trouble = _ask()
                self._asked_at = time.monotonic()
            finally:
                self._asking.release()
        return self._trouble


def _ask() -> str:
    try:
        worker, clock = connect().mget(WORKER_KEY, CLOCK_KEY)
    except redis.RedisError:
        return NO_REDIS
    if worker is None:
        return NO_WORKER
    return NO_CLOCK if clock is None else ""


_worker_pulse = Pulse(WORKER_KEY, WORKER_SECONDS, _WORKER_EVERY_SECONDS)
_clock_pulse = Pulse(CLOCK_KEY, CLOCK_SECONDS, _WORKER_EVERY_SECONDS)
_probe = BackgroundProbe()

background_trouble = _probe.trouble


@heartbeat_sent.connect
def _worker_lives(**kwargs: Any) -> None:
    _worker_pulse.beat()


@beat_init.connect
def _clock_starts(**kwargs: Any) -> None:
    # Tasks are published by web and worker too: only the process of the clock listens.
    after_task_publish.connect(_clock_lives)
    _clock_pulse.beat()


def _clock_lives(**kwargs: Any) -> None:
    _clock_pulse.beat()
