"""Fixtures that every test may use. Alice owns the account, Bob leads her team, Charlie is a stranger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from accounts.models import Account, Team, User
from tests import factories

AS_OF = dt.datetime(2026, 6, 15, 10, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session", autouse=True)
def quick_settings() -> Iterator[None]:
    """Pages name static files without collecting them first, and a password is hashed in no time."""
    Path(django_settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    plain_files = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**django_settings.STORAGES, "staticfiles": plain_files},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def as_of() -> dt.datetime:
    """The moment at which tests look: a Monday morning."""
    return AS_OF


@pytest.fixture
def north(db: None) -> Team:
    return factories.TeamFactory(name="North")


@pytest.fixture
def south(db: None) -> Team:
    return factories.TeamFactory(name="South")


@pytest.fixture
def alice(north: Team) -> User:
    """Account manager in North, owner of `account`."""
    return factories.UserFactory(full_name="Alice Ahlgren", email="alice@hark.example", team=north)


@pytest.fixture
def amir(north: Team) -> User:
    """Another account manager in North: may read `account`, not change it."""
    return factories.UserFactory(full_name="Amir Nasser", email="amir@hark.example", team=north)


@pytest.fixture
def bob(north: Team) -> User:
    """Lead of North."""
    return factories.UserFactory(full_name="Bob Bryce", email="bob@hark.example", team=north, role="lead")


@pytest.fixture
def dora(south: Team) -> User:
    """Lead of another team."""
    return factories.UserFactory(full_name="Dora Diaz", email="dora@hark.example", team=south, role="lead")


@pytest.fixture
def charlie(south: Team) -> User:
    """Account manager in South: a stranger to `account`."""
    return factories.UserFactory(full_name="Charlie Chen", email="charlie@hark.example", team=south)


@pytest.fixture
def erin(db: None) -> User:
    """Executive."""
    return factories.UserFactory(full_name="Erin Evans", email="erin@hark.example", role="executive")


@pytest.fixture
def root(db: None) -> User:
    """Administrator."""
    return factories.UserFactory(full_name="Ruth Root", email="ruth@hark.example", role="administrator")


@pytest.fixture
def account(alice: User, north: Team) -> Account:
    return factories.AccountFactory(name="Alder & Quill", owner=alice, team=north)
