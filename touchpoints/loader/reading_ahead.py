"""Reading the next chunk while PostgreSQL works on this one: two processors instead of one."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
_END: Final = object()


def read_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """Give the items in their order, each of them computed in another thread while the one before is used.

    One item waits at most, so memory stays that of two. What `items` raises is raised here, in its place. The thread
    ends with the iteration, and when the iterator is closed; nothing of `items` may touch the database.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as thread:
        waiting = thread.submit(next, items, _END)
        while (item := waiting.result()) is not _END:
            waiting = thread.submit(next, items, _END)
            yield item  # type: ignore[misc] # not the end mark here
