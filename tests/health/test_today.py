"""Today: who sees what, in which order, and how many queries that costs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Team, User
from config.days import firm_day
from health.models import AccountHealth, Band, QuietPeriod, Snooze
from tests import factories


def today() -> dt.date:
    return firm_day(timezone.now())


def scored(account: Account, band: str = Band.SILENT, **fields: object) -> AccountHealth:
    """Give `account` a score as the nightly run would have left it this morning."""
    return AccountHealth.objects.create(
        **{
            "account": account,
            "as_of_on": today(),
            "computed_at": timezone.now(),
            "band": band,
            "band_since_on": today() - dt.timedelta(days=3),
            "health_score": 40.0,
            "risk": 0.6,
            "usual_gap_days": 9.0,
            "is_usual_gap_own": True,
            "last_touch_on": today() - dt.timedelta(days=41),
            "due_on": today() - dt.timedelta(days=32),
            "normal": 0.025,
            "horizon_days": 30.0,
            "touch_days": 20,
            "segment": account.segment,
            "renewal_on": account.renewal_on,
            "arr": account.arr,
            "value_at_risk": (account.arr or Decimal(0)) * Decimal("0.6"),
            "priority": 1.0,
            **fields,
        }
    )


def page(client: Client, user: User, address: str = "/", **headers: str) -> str:
    client.force_login(user)
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    """Return the account names of the rows, in order."""
    rows = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [part.partition("</bdi>")[0] for part in rows.split("<bdi>")[1:]]


def test_a_silent_account_is_listed_with_its_reason(client: Client, alice: User, account: Account) -> None:
    scored(account)
    html = page(client, alice)
    assert names(html) == ["Alder &amp; Quill"]
    assert "A gap this long comes about 1 time in 40" in html
    assert "<b>41</b> days" in html
    assert "usually every 9" in html
    assert "1 client has gone quiet." in html
    assert "<title>(1) Today · Hark</title>" in html


def test_names_are_escaped(client: Client, alice: User, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(name="<script>alert(1)</script>")
    scored(account)
    html = page(client, alice)
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("who", "address", "seen"),
    [
        ("alice", "/", True),
        ("amir", "/", False),
        ("amir", "/?scope=team", True),
        ("bob", "/", True),
        ("dora", "/", False),
        ("dora", "/?scope=everyone", False),
        ("charlie", "/?scope=team", False),
        ("erin", "/", True),
        ("root", "/", True),
    ],
)
def test_a_list_shows_only_what_the_role_may_see(
    client: Client, request: pytest.FixtureRequest, account: Account, who: str, address: str, seen: bool
) -> None:
    scored(account)
    html = page(client, request.getfixturevalue(who), address)
    assert names(html) == (["Alder &amp; Quill"] if seen else [])
    assert ("1 client has gone quiet" in html) == seen


def test_rows_that_may_only_be_read_offer_no_action(client: Client, amir: User, account: Account) -> None:
    scored(account)
    assert f"/accounts/snooze/?ids={account.pk}" not in page(client, amir, "/?scope=team")


def test_an_executive_is_offered_no_change(client: Client, erin: User, account: Account) -> None:
    scored(account)
    html = page(client, erin)
    assert "/accounts/snooze/" not in html
    assert "Log a touch" not in html


def book(owner: User, *priorities: float, **fields: object) -> list[Account]:
    accounts = [factories.AccountFactory(name=f"Client {p}", owner=owner, team=owner.team) for p in priorities]
    for account, priority in zip(accounts, priorities, strict=True):
        scored(account, priority=priority, **fields)
    return accounts


def test_the_list_is_ordered_by_priority(client: Client, alice: User) -> None:
    book(alice, 1, 3, 2)
    assert names(page(client, alice)) == ["Client 3", "Client 2", "Client 1"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["a", "b", "c"]),
        ("-name", ["c", "b", "a"]),
        ("silent", ["b", "a", "c"]),
        ("value", ["c", "a", "b"]),
        ("-value", ["a", "c", "b"]),
        ("health", ["a", "c", "b"]),
        ("renewal", ["b", "c", "a"]),
    ],
)
def test_each_sort_key_orders_the_list_and_puts_what_is_unknown_last(
    client: Client, alice: User, sort: str, expected: list[str]
) -> None:
    day = today()
    for name, arr, silent_days, health_score, renewal in [
        ("a", 10, 20, 10.0, None),
        ("b", None, 30, None, day + dt.timedelta(days=5)),
        ("c", 20, 10, 30.0, day + dt.timedelta(days=9)),
    ]:
        account = factories.AccountFactory(name=name, owner=alice, arr=arr, renewal_on=renewal)
        scored(account, last_touch_on=day - dt.timedelta(days=silent_days), health_score=health_score)
    assert names(page(client, alice, f"/?sort={sort}")) == expected


def test_equal_keys_keep_the_order_of_ids(client: Client, alice: User) -> None:
    accounts = book(alice, 1, 1, 1)
    assert [f'id="account-{a.pk}"' for a in accounts] == [
        part.split(" ")[0] for part in page(client, alice).split("<tr ")[1:]
    ]


def test_steady_accounts_are_behind_their_tile(client: Client, alice: User) -> None:
    book(alice, 1, band=Band.STEADY)
    assert names(page(client, alice)) == []
    assert names(page(client, alice, "/?band=steady")) == ["Client 1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?renews=90", ["soon"]),
        ("?one_sided=1", ["one-sided"]),
        ("?segment={segment}", ["soon"]),
        ("?owner={owner}", ["one-sided", "soon"]),
        ("?team={team}", ["one-sided", "soon"]),
        ("?band=drifting", ["one-sided"]),
        ("?q=OO", ["soon"]),
    ],
)
def test_each_filter_narrows_the_list(
    client: Client, bob: User, alice: User, north: Team, query: str, expected: list[str]
) -> None:
    segment = factories.SegmentFactory(name="Enterprise")
    soon = factories.AccountFactory(
        name="soon", owner=alice, team=north, segment=segment, renewal_on=today() + dt.timedelta(days=30)
    )
    scored(soon)
    scored(factories.AccountFactory(name="one-sided", owner=alice, team=north), Band.DRIFTING, alarm_series="client")
    html = page(client, bob, "/" + query.format(segment=segment.pk, owner=alice.pk, team=north.pk))
    assert sorted(names(html)) == expected
    # The counter beneath the list counts the same rows.
    assert f"1–{len(expected)} of {len(expected)}" in html


def test_a_snoozed_account_is_off_the_list_until_its_day(client: Client, alice: User) -> None:
    (account,) = book(alice, 1)
    snooze = Snooze.objects.create(
        account=account,
        author=alice,
        reason="Waiting for the board",
        created_at=timezone.now(),
        until_on=today() + dt.timedelta(days=5),
    )
    assert names(page(client, alice)) == []
    snoozed = page(client, alice, "/?snoozed=1")
    assert names(snoozed) == ["Client 1"]
    assert "Waiting for the board" in snoozed
    Snooze.objects.filter(pk=snooze.pk).update(until_on=today())
    assert names(page(client, alice)) == ["Client 1"]


def test_an_unknown_filter_is_named_and_left_out(client: Client, alice: User) -> None:
    book(alice, 1)
    html = page(client, alice, "/?sort=colour&band=purple&renews=5&page=x")
    assert names(html) == ["Client 1"]
    for part in ("sort=colour", "band=purple", "renews=5", "page=x"):
        assert part in html


def test_pages_follow_each_other_without_gap_or_overlap(client: Client, alice: User) -> None:
    book(alice, *range(30))
    first, second = page(client, alice), page(client, alice, "/?page=2")
    assert "1–25 of 30" in first
    assert "26–30 of 30" in second
    assert names(first) + names(second) == [f"Client {number}" for number in reversed(range(30))]


def test_everyones_list_puts_its_bands_into_one_order_across_pages(client: Client, alice: User, erin: User) -> None:
    silent = book(alice, *range(0, 60, 2))
    book(alice, *range(1, 60, 2), band=Band.DRIFTING)
    book(alice, 99, band=Band.STEADY)
    Snooze.objects.create(
        account=silent[-1],
        author=alice,
        reason="Waiting for the board",
        created_at=timezone.now(),
        until_on=today() + dt.timedelta(days=5),
    )
    pages = [page(client, erin, f"/?page={number}") for number in (1, 2, 3)]
    assert [n for html in pages for n in names(html)] == [f"Client {n}" for n in reversed(range(60)) if n != 58]
    assert "51–59 of 59" in pages[2]


def test_values_beside_a_list_of_renewals_are_those_of_its_rows(client: Client, alice: User) -> None:
    for arr, days in [("1200.05", 30), ("300.10", 89), ("77000", 91), ("88000", -1), ("55000", None)]:
        renewal_on = None if days is None else today() + dt.timedelta(days=days)
        scored(factories.AccountFactory(owner=alice, arr=Decimal(arr), renewal_on=renewal_on))
    client.force_login(alice)
    narrowed = client.get("/?renews=90").context
    assert narrowed["silent"].count == 2
    assert narrowed["silent"].arr == Decimal("1500.15")
    assert narrowed["total"].arr == Decimal("221500.15")
    assert narrowed["total"].value_at_risk == Decimal("132900.09")
    assert client.get("/").context["facets"].renewing_count() == 2


def test_a_capacity_shows_what_matters_most_and_counts_the_rest(client: Client, alice: User) -> None:
    alice.daily_capacity = 2
    alice.save()
    book(alice, 1, 2, 3, 4, 5)
    html = page(client, alice)
    assert names(html) == ["Client 5", "Client 4"]
    assert "3 more flagged, not shown" in html
    assert len(names(page(client, alice, "/?all=1"))) == 5


def test_htmx_gets_the_part_and_a_browser_the_page(client: Client, alice: User) -> None:
    book(alice, 1)
    part = page(client, alice, "/", **{"HX-Request": "true"})
    assert "<html" not in part
    assert names(part) == ["Client 1"]
    restored = page(client, alice, "/", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored


def test_nobody_quiet_filters_and_no_data_are_three_different_pages(client: Client, alice: User) -> None:
    assert "No accounts yet." in page(client, alice)
    account = factories.AccountFactory(owner=alice)
    assert "their scores are on the way" in page(client, alice)
    scored(account, Band.STEADY)
    assert "Nobody has gone quiet." in page(client, alice)
    assert "The filters hide everything." in page(client, alice, "/?band=paused")


def test_a_headline_over_a_narrowed_list_does_not_speak_of_everybody(client: Client, alice: User) -> None:
    scored(factories.AccountFactory(owner=alice))
    scored(factories.AccountFactory(owner=alice, renewal_on=today() + dt.timedelta(days=9)), Band.STEADY)
    assert "<h1>1 client has gone quiet.</h1>" in page(client, alice)
    assert "<h1>1 client has gone quiet.</h1>" in page(client, alice, "/?band=steady")
    assert "<h1>Nobody who matches has gone quiet.</h1>" in page(client, alice, "/?renews=90")


def test_the_account_list_holds_every_band_by_name(client: Client, alice: User) -> None:
    for name, band in [("zeta", Band.SILENT), ("Alpha", Band.STEADY), ("midway", Band.DORMANT)]:
        scored(factories.AccountFactory(name=name, owner=alice), band)
    assert names(page(client, alice, "/accounts/")) == ["Alpha", "midway", "zeta"]
    assert names(page(client, alice, "/accounts/?q=LPH")) == ["Alpha"]


@pytest.mark.parametrize("address", ["/", "/accounts/"])
def test_the_number_of_queries_does_not_grow_with_the_accounts(client: Client, alice: User, address: str) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(address)
        return [query["sql"] for query in captured]

    client.force_login(alice)
    few = book(alice, *range(3))
    client.get(address)
    counts = [len(queries())]
    many = book(alice, *range(60), band=Band.DRIFTING)
    for account in [*few, *many]:
        factories.touches_on(account, today() - dt.timedelta(days=41))
    counts.append(len(queries()))
    # 1 session, 2 user, 3 counts of tiles and chips, 4 names of segments, 5 rows, 6 touches of the strips,
    # 7 last scoring, 8 saved views, on Today also 9 movement since yesterday.
    expected = 9 if address == "/" else 8
    assert counts == [expected, expected]


def test_a_paused_account_says_until_when_and_why(client: Client, alice: User) -> None:
    (account,) = book(alice, 1, band=Band.PAUSED)
    for days, reason in [(-1, "Long over"), (40, "Summer shutdown")]:
        QuietPeriod.objects.create(
            account=account,
            author=alice,
            reason=reason,
            starts_on=today() - dt.timedelta(days=9),
            ends_on=today() + dt.timedelta(days=days),
        )
    html = page(client, alice, "/?band=paused")
    assert "Expected quiet until" in html
    assert "Summer shutdown" in html
    assert "Long over" not in html


def test_only_a_change_since_yesterday_is_called_new(client: Client, alice: User) -> None:
    book(alice, 1, band_since_on=today())  # the first score ever: nothing changed
    assert "new today" not in page(client, alice)
    book(alice, 2, band_since_on=today(), previous_band=Band.STEADY)
    assert "new today" in page(client, alice)
