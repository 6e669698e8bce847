"""Saved views: what they hold, what each reader sees through them, and who may change them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Team, User
from config.days import firm_day
from health.models import Band, SavedView
from health.services.saved_views import MOST_VIEWS
from tests import factories
from tests.health.test_today import names, page, scored

STATE = "?scope=team&band=steady&sort=-value&col=account&col=risk"


def save(client: Client, user: User, name: str, state: str = STATE, **data: str) -> str:
    """Save a view of the account list and return where that leads."""
    client.force_login(user)
    response = client.post("/lists/account-list/save/", {"name": name, "state": state, **data})
    assert response.status_code == 302
    return response.url


def opened(client: Client, user: User, view: SavedView) -> str:
    client.force_login(user)
    return client.get(f"/views/{view.pk}/").url


def test_a_view_leads_to_the_list_with_its_filters_order_and_columns(client: Client, alice: User) -> None:
    assert save(client, alice, " Steady   value ") == f"/accounts/{STATE}"
    view = SavedView.objects.get()
    assert (view.name, view.team, view.list_name) == ("Steady value", None, "account-list")
    assert opened(client, alice, view) == f"/accounts/{STATE}"


def test_the_list_shows_its_views_and_which_of_them_it_is(client: Client, alice: User, account: Account) -> None:
    scored(account, Band.STEADY)
    address = save(client, alice, "Steady value")
    html = page(client, alice, address)
    chip = html.partition('aria-label="Saved views"')[2].partition("</nav>")[0]
    assert 'aria-current="true"><bdi>Steady value</bdi>' in chip
    assert "aria-current" not in page(client, alice, "/accounts/").partition("Saved views")[2].partition("</nav>")[0]
    assert "Steady value" not in page(client, alice, "/")


@pytest.mark.parametrize(("who", "is_seen"), [("amir", True), ("bob", True), ("charlie", False), ("erin", False)])
def test_a_shared_view_is_seen_by_the_team_alone(
    client: Client, alice: User, who: str, is_seen: bool, request: pytest.FixtureRequest
) -> None:
    save(client, alice, "Steady value", shared="on")
    html = page(Client(), request.getfixturevalue(who), "/views/")
    assert ("Steady value" in html) is is_seen


def test_a_private_view_does_not_exist_for_anybody_else(client: Client, alice: User, bob: User, root: User) -> None:
    save(client, alice, "Secret plan")
    view = SavedView.objects.get()
    for person in (bob, root):
        client = Client()
        client.force_login(person)
        assert client.get(f"/views/{view.pk}/").status_code == 404
        assert client.post(f"/views/{view.pk}/remove/").status_code == 404
        assert "Secret plan" not in page(client, person, "/views/")
        assert "Secret plan" not in page(client, person, "/accounts/")


def test_a_shared_view_shows_each_reader_their_own_scope(
    client: Client, alice: User, amir: User, account: Account
) -> None:
    scored(account)
    own = factories.AccountFactory(name="Amirs", owner=amir, team=amir.team)
    scored(own)
    save(client, alice, "Book", "?scope=mine&band=silent", shared="on")
    view = SavedView.objects.get()
    assert names(page(client, alice, opened(client, alice, view))) == ["Alder &amp; Quill"]
    assert names(page(client, amir, opened(client, amir, view))) == ["Amirs"]


def test_a_view_of_everyone_is_narrowed_to_what_the_reader_may_list(
    client: Client, root: User, charlie: User, account: Account
) -> None:
    scored(account)
    view = SavedView.objects.create(
        owner=root, team=charlie.team, list_name="account-list", name="All", query="?scope=everyone&band=all",
        created_at=timezone.now(),
    )  # fmt: skip
    assert opened(client, charlie, view) == "/accounts/"
    assert names(page(client, charlie, opened(client, charlie, view))) == []


def test_the_same_name_replaces_the_view(client: Client, alice: User) -> None:
    save(client, alice, "Mine")
    save(client, alice, "Mine", "?band=silent")
    assert "band=silent" in SavedView.objects.get().query


def test_a_view_is_renamed_shared_removed_and_brought_back(client: Client, alice: User, north: Team) -> None:
    save(client, alice, "Mine")
    view = SavedView.objects.get()
    client.post(f"/views/{view.pk}/change/", {"name": "Ours", "shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.team) == ("Ours", north)
    client.post(f"/views/{view.pk}/remove/")
    assert client.get(f"/views/{view.pk}/").status_code == 404
    assert "Bring Ours back" in page(client, alice, "/views/")
    client.post(f"/views/{view.pk}/restore/")
    assert client.get(f"/views/{view.pk}/").status_code == 302


def test_two_views_never_have_one_name(client: Client, alice: User) -> None:
    save(client, alice, "One")
    save(client, alice, "Two")
    two = SavedView.objects.get(name="Two")
    changed = client.post(f"/views/{two.pk}/change/", {"name": "One"}, follow=True)
    assert "Another of your views is called “One”." in changed.content.decode()
    client.post(f"/views/{two.pk}/remove/")
    save(client, alice, "Two")
    restored = client.post(f"/views/{two.pk}/restore/", follow=True)
    assert "Another of your views is called “Two” by now." in restored.content.decode()


@pytest.mark.parametrize("name", ["", "  ", "\x00"])
def test_a_view_needs_a_name(client: Client, alice: User, name: str) -> None:
    assert save(client, alice, name) == f"/accounts/{STATE}"
    assert not SavedView.objects.exists()


def test_there_is_an_end_to_views(client: Client, alice: User) -> None:
    SavedView.objects.bulk_create(
        SavedView(owner=alice, list_name="today", name=str(n), created_at=timezone.now()) for n in range(MOST_VIEWS)
    )
    save(client, alice, "One more")
    assert SavedView.objects.count() == MOST_VIEWS


def test_the_file_of_a_view_carries_its_name(client: Client, alice: User, account: Account) -> None:
    address = save(client, alice, "Steady & value").replace("/accounts/", "/lists/account-list.csv")
    disposition = client.get(address)["Content-Disposition"]
    assert f'filename="hark-steady-value-{firm_day(timezone.now())}.csv"' in disposition


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", "1110"), ("?col=account", "0000"), ("?col=account&col=risk", "0001"), ("?col=silent&col=nonsense", "1000")],
)
def test_a_list_shows_the_columns_that_its_address_asks_for(
    client: Client, alice: User, account: Account, query: str, shown: str
) -> None:
    scored(account)
    html = page(client, alice, f"/accounts/{query}")
    found = "".join(str(int(f'<td class="{css}"' in html)) for css in ("sil", "rhythm", "why", "value atrisk"))
    assert found == shown
    assert names(html) == ["Alder &amp; Quill"]
    assert '<span class="band silent">' in html


def test_the_form_of_columns_keeps_the_rest_of_the_state(client: Client, alice: User, account: Account) -> None:
    scored(account)
    form = page(client, alice, "/accounts/?band=silent&col=account&col=risk").partition("<summary")[2]
    form = form.partition("Columns")[2].partition("</form>")[0]
    assert '<input type="hidden" name="state" value="?band=silent&amp;col=account&amp;col=risk">' in form
    assert form.count("checked") == 1
    assert form.count('type="checkbox"') == 5
