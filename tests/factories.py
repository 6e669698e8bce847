"""Makers of model rows for tests; every value that matters to a test is given by the test."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts.models import Account, AccountDomain, Contact, Segment, Team, User
from touchpoints.models import AccountActivity, ImportBatch, Source, Touchpoint

PASSWORD = "correct horse battery"


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Team {n}")


class SegmentFactory(DjangoModelFactory):
    class Meta:
        model = Segment
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Segment {n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@hark.example")
    full_name = factory.Sequence(lambda n: f"Person {n}")
    # An unusable password is made at once; tests that sign in by form set one.
    password = "!"


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda n: f"Account {n}")
    arr = Decimal("12000.00")


class AccountDomainFactory(DjangoModelFactory):
    class Meta:
        model = AccountDomain

    account = factory.SubFactory(AccountFactory)
    domain = factory.Sequence(lambda n: f"client{n}.example")


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@client.example")


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source
        django_get_or_create = ("name",)

    name = "Test source"


class ImportBatchFactory(DjangoModelFactory):
    class Meta:
        model = ImportBatch

    source = factory.SubFactory(SourceFactory)
    kind = "touchpoints"
    file = "imports/test.csv"
    file_name = "test.csv"
    size_bytes = 1
    sha256 = factory.Sequence(lambda n: f"{n:064d}")


class TouchpointFactory(DjangoModelFactory):
    class Meta:
        model = Touchpoint

    account = factory.SubFactory(AccountFactory)
    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"touch-{n}")
    occurred_at = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
    channel = "call"
    direction = "mutual"


def touches_on(account: Account, *days: dt.date, **fields: object) -> list[Touchpoint]:
    """Make one touch at nine o'clock UTC on each of `days`, and say that the account's touches have changed."""
    touches = [
        TouchpointFactory(account=account, occurred_at=dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC), **fields)
        for day in days
    ]
    known = AccountActivity.objects.filter(account=account).first()
    activity(account, version=known.version + 1 if known else 1)
    return touches


def activity(
    account: Account, version: int, changed_at: dt.datetime = dt.datetime(2026, 6, 15, 9, tzinfo=dt.UTC)
) -> None:
    """Say that the account's touches have changed, as every writer of touches does."""
    AccountActivity.objects.update_or_create(account=account, defaults={"version": version, "changed_at": changed_at})
