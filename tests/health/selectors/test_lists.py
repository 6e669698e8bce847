"""The rows of a list, as the database is asked for them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from accounts.models import User
from health.filters import directory_defaults
from health.models import AccountHealth
from health.selectors.lists import ROW_FIELDS, with_notes

pytestmark = pytest.mark.django_db


def test_the_rows_join_no_more_tables_than_the_planner_puts_in_order(erin: User) -> None:
    """With one more, the page is picked last: a tenth of a second for 25 of 100,000 accounts becomes half a second."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW join_collapse_limit")
        most = int(cursor.fetchone()[0])
    ids = AccountHealth.objects.order_by("pk").values("pk")[:25]
    page = AccountHealth.objects.filter(pk__in=ids)
    rows = with_notes(page, directory_defaults(erin), dt.date(2026, 6, 15)).only(*ROW_FIELDS)
    joined = str(rows.query).split(' FROM "health_accounthealth" ')[1].split(" WHERE ")[0]
    assert joined.count(" JOIN ") + 2 <= most  # the scores, and the page, which is joined too
