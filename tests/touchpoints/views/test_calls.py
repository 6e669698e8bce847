"""A call in one word: what is logged, for one or many, and how it is taken back."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from tests import factories
from touchpoints.models import Touchpoint

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("outcome", "direction", "counts"),
    [("talked", "mutual", True), ("voicemail", "outbound", False), ("no_answer", "outbound", False)],
)
def test_each_outcome_is_logged_as_it_was(
    client: Client, alice: User, account: Account, outcome: str, direction: str, counts: bool
) -> None:
    client.force_login(alice)
    client.post("/touches/call/", {"ids": account.pk, "outcome": outcome})
    touch = Touchpoint.objects.get()
    assert (touch.channel, touch.outcome, touch.direction, touch.counts) == ("call", outcome, direction, counts)
    assert list(touch.colleagues.all()) == [alice]


def test_one_undo_takes_back_the_calls_with_many(client: Client, alice: User, account: Account) -> None:
    other = factories.AccountFactory(owner=alice)
    client.force_login(alice)
    response = client.post("/touches/call/", {"ids": [account.pk, other.pk], "outcome": "no_answer"}, headers=HTMX)
    said = json.loads(response["HX-Trigger"])
    assert f"account-changed-{other.pk}" in said
    client.post(said["toast"]["undo"], headers=HTMX)
    assert Touchpoint.objects.count() == 2
    assert not Touchpoint.objects.shown().exists()


def test_a_double_press_is_one_call(
    client: Client, alice: User, account: Account, monkeypatch: pytest.MonkeyPatch, as_of: dt.datetime
) -> None:
    client.force_login(alice)
    monkeypatch.setattr(timezone, "now", lambda: as_of)
    for _ in range(2):
        client.post("/touches/call/", {"ids": account.pk, "outcome": "talked"})
    assert Touchpoint.objects.count() == 1


def test_a_call_without_a_word_on_how_it_went_is_refused(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    assert client.post("/touches/call/", {"ids": account.pk, "outcome": "bounced"}).status_code == 400
    assert not Touchpoint.objects.exists()


@pytest.mark.parametrize("touches", [[], ["x"], ["-1"], ["1"] * 201])
def test_touches_that_are_none_are_refused(client: Client, alice: User, touches: list[str]) -> None:
    client.force_login(alice)
    assert client.post("/touches/take-back/", {"touch": touches}).status_code == 400


def test_one_touch_out_of_reach_stops_the_whole(client: Client, alice: User, account: Account) -> None:
    client.force_login(alice)
    mine, strange = factories.TouchpointFactory(account=account), factories.TouchpointFactory()
    assert client.post("/touches/take-back/", {"touch": [mine.pk, strange.pk]}).status_code == 404
    assert Touchpoint.objects.shown().count() == 2
