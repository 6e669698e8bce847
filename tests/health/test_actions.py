"""Acting from the list: snooze, wake, assign, expect quiet, resume; with htmx, and as plain forms."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Team, User
from config.days import firm_day
from health.models import QuietPeriod, Snooze
from tests import factories


def in_days(days: int) -> dt.date:
    return firm_day(timezone.now()) + dt.timedelta(days=days)


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_a_snooze_needs_no_javascript(as_alice: Client, account: Account, alice: User) -> None:
    form = as_alice.get("/accounts/snooze/", {"ids": account.pk, "next": "/?band=silent"})
    assert b"<html" in form.content
    assert b'action="/accounts/snooze/"' in form.content
    response = as_alice.post(
        "/accounts/snooze/", {"ids": account.pk, "length": "14", "reason": "Board meets first", "next": "/?band=silent"}
    )
    assert (response.status_code, response["Location"]) == (302, "/?band=silent")
    snooze = Snooze.objects.get()
    assert (snooze.account, snooze.author, snooze.reason) == (account, alice, "Board meets first")
    assert snooze.until_on == in_days(14)


def test_over_htmx_the_page_is_told_what_changed_and_how_to_take_it_back(as_alice: Client, account: Account) -> None:
    response = as_alice.post(
        "/accounts/snooze/",
        {"ids": account.pk, "length": "7", "reason": "Away"},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 204
    triggers = json.loads(response["HX-Trigger"])
    assert {"accounts-changed", f"account-changed-{account.pk}", "close-dialog"} <= set(triggers)
    as_alice.post(triggers["toast"]["undo"], headers={"HX-Request": "true"})
    assert not Snooze.objects.filter(ended_at__isnull=True).exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"length": "7", "reason": ""}, "This field is required."),
        ({"length": "date", "reason": "x"}, "Choose the day on which the account is listed again."),
        ({"length": "date", "reason": "x", "until_on": in_days(91)}, "at most 90 days ahead"),
        ({"length": "date", "reason": "x", "until_on": in_days(0)}, "at most 90 days ahead"),
        ({"length": "date", "reason": "x", "until_on": "soon"}, "Enter a valid date."),
        ({"length": "never", "reason": "x"}, "Select a valid choice"),
    ],
)
def test_a_snooze_without_reason_or_end_is_refused(
    as_alice: Client, account: Account, data: dict[str, object], message: str
) -> None:
    response = as_alice.post("/accounts/snooze/", {"ids": account.pk, **data}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert b"<html" not in response.content
    assert not Snooze.objects.exists()


def test_a_new_snooze_replaces_the_open_one(as_alice: Client, account: Account) -> None:
    for reason in ("first", "second"):
        as_alice.post("/accounts/snooze/", {"ids": account.pk, "length": "7", "reason": reason})
    assert list(Snooze.objects.filter(ended_at__isnull=True).values_list("reason", flat=True)) == ["second"]
    assert Snooze.objects.exclude(ended_at__isnull=True).get().ended_why == "replaced by Alice Ahlgren"


def test_many_accounts_are_snoozed_at_once(as_alice: Client, account: Account, alice: User) -> None:
    other = factories.AccountFactory(owner=alice)
    as_alice.post("/accounts/snooze/", {"ids": [account.pk, other.pk], "length": "3", "reason": "Fair week"})
    assert set(Snooze.objects.values_list("account", flat=True)) == {account.pk, other.pk}


def test_one_account_out_of_reach_stops_the_whole_change(as_alice: Client, account: Account) -> None:
    strange = factories.AccountFactory()
    response = as_alice.post("/accounts/snooze/", {"ids": [account.pk, strange.pk], "length": "7", "reason": "x"})
    assert response.status_code == 404
    assert not Snooze.objects.exists()


ACTIONS = ("snooze", "wake", "assign", "pause", "resume")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("who", "status"), [("amir", 403), ("charlie", 404), ("dora", 404), ("erin", 403)])
def test_who_may_only_read_or_not_even_that_changes_nothing(
    client: Client, request: pytest.FixtureRequest, account: Account, action: str, who: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"/accounts/{action}/", {"ids": account.pk}).status_code == status


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["9" * 30], ["1"] * 201])
def test_ids_that_are_none_are_refused_in_words(as_alice: Client, action: str, ids: list[str]) -> None:
    assert as_alice.post(f"/accounts/{action}/", {"ids": ids}).status_code == 400


def test_a_foreign_address_is_never_gone_to(as_alice: Client, account: Account) -> None:
    response = as_alice.post("/accounts/wake/", {"ids": account.pk, "next": "https://elsewhere.example/"})
    assert response["Location"] == "/"


def test_an_assigned_account_moves_to_the_team_of_its_new_owner(
    client: Client, bob: User, amir: User, account: Account, north: Team
) -> None:
    client.force_login(bob)
    client.post("/accounts/assign/", {"ids": account.pk, "owner": amir.pk}, headers={"HX-Request": "true"})
    account.refresh_from_db()
    assert (account.owner, account.team) == (amir, north)


def test_nobody_outside_the_team_can_be_chosen_by_its_lead(
    client: Client, bob: User, charlie: User, account: Account
) -> None:
    client.force_login(bob)
    assert client.post("/accounts/assign/", {"ids": account.pk, "owner": charlie.pk}).status_code == 422
    account.refresh_from_db()
    assert account.owner != charlie


def test_expected_quiet_is_recorded_and_can_be_ended(as_alice: Client, account: Account) -> None:
    data = {"ids": account.pk, "starts_on": in_days(0), "ends_on": in_days(20), "reason": "Summer shutdown"}
    assert as_alice.post("/accounts/pause/", data).status_code == 302
    period = QuietPeriod.objects.get()
    assert (period.starts_on, period.ends_on, period.reason) == (in_days(0), in_days(20), "Summer shutdown")
    as_alice.post("/accounts/resume/", {"ids": account.pk})
    period.refresh_from_db()
    assert period.ended_at is not None


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [(5, 2, "lies before the first"), (-9, -2, "over already"), (0, 400, "a year at most")],
)
def test_impossible_quiet_periods_are_refused(
    as_alice: Client, account: Account, first: int, last: int, message: str
) -> None:
    data = {"ids": account.pk, "starts_on": in_days(first), "ends_on": in_days(last), "reason": "x"}
    response = as_alice.post("/accounts/pause/", data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not QuietPeriod.objects.exists()
