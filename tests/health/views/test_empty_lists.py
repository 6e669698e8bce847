"""A list without rows says why in its headline too."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Account, User

pytestmark = pytest.mark.django_db


def test_filters_that_match_nobody_are_not_taken_for_an_empty_book(
    client: Client, alice: User, account: Account
) -> None:
    client.force_login(alice)
    page = client.get("/", {"q": "no account is called this", "band": "all"}).content.decode()
    assert "<h1>No account matches.</h1>" in page
    assert "Nothing to listen to yet." not in page
