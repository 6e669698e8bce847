"""The one signal between apps: a nudge that accounts have new or changed touches.

Correctness never rests on it: whoever misses it finds the stale accounts by predicate.
"""

from __future__ import annotations

from django.dispatch import Signal

# Sent after commit with `account_ids: tuple[int, ...]`, or None for "many: find them yourself".
activity_changed = Signal()
