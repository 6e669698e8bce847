"""The Celery application; its settings are the CELERY_* ones of `config.settings`."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("hark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

from config import heartbeat  # noqa: E402, F401 - worker and clock leave signs of life from their first moment on
