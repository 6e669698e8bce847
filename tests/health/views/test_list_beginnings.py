"""How a list begins for a person: the columns they chose, and the saved view it opens with. The address wins."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from health.list_beginnings import Beginning, beginning_of
from health.models import Band, SavedView
from health.services.list_beginnings import open_with
from tests.health.test_today import names, page, scored

COLUMNS = {"sil": "silent", "rhythm": "rhythm", "why": "why", "value atrisk": "risk"}


def shown(html: str) -> list[str]:
    return [key for css, key in COLUMNS.items() if f'<td class="{css}"' in html]


def choose(client: Client, user: User, *keys: str, state: str = "", name: str = "account-list", **data: str) -> str:
    client.force_login(user)
    response = client.post(f"/lists/{name}/columns/", {"col": keys, "state": state, **data})
    assert response.status_code == 302
    return str(response.url)


@pytest.fixture
def view(alice: User) -> SavedView:
    return SavedView.objects.create(
        owner=alice, list_name="today", name="Steady ones", query="?band=steady&sort=-value", created_at=timezone.now()
    )


def test_columns_are_remembered_for_the_person_and_the_list(
    client: Client, alice: User, bob: User, account: Account
) -> None:
    scored(account)
    assert choose(client, alice, "silent", "risk", "nonsense") == "/accounts/"
    assert shown(page(client, alice, "/accounts/")) == ["silent", "risk"]
    assert shown(page(client, alice, "/")) == ["silent", "rhythm", "why"]
    assert shown(page(client, bob, "/accounts/")) == ["silent", "rhythm", "why"]


def test_the_state_of_the_list_stays_and_its_address_wins(client: Client, alice: User, account: Account) -> None:
    scored(account)
    state = "?band=silent&sort=-value&col=account&col=why"
    assert choose(client, alice, "risk", state=state) == "/accounts/?band=silent&sort=-value"
    assert shown(page(client, alice, f"/accounts/{state}")) == ["why"]
    assert shown(page(client, alice, "/accounts/?band=silent")) == ["risk"]


def test_no_columns_at_all_can_be_remembered_and_the_usual_ones_are_one_button_away(
    client: Client, alice: User, account: Account
) -> None:
    scored(account)
    assert "The usual ones" not in page(client, alice, "/accounts/")
    choose(client, alice)
    html = page(client, alice, "/accounts/")
    assert shown(html) == []
    assert "The usual ones" in html
    choose(client, alice, "risk", reset="1")
    assert shown(page(client, alice, "/accounts/")) == ["silent", "rhythm", "why"]
    alice.refresh_from_db()
    assert alice.list_settings == {}


def test_a_list_that_is_none_has_no_columns(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.post("/lists/nowhere/columns/", {"col": "risk"}).status_code == 404


def test_today_opens_with_the_view_that_was_chosen(
    client: Client, alice: User, bob: User, account: Account, view: SavedView
) -> None:
    scored(account, Band.STEADY)
    client.force_login(alice)
    assert client.get("/").status_code == 200
    client.post(f"/views/{view.pk}/opens/")
    assert client.get("/").url == "/?band=steady&sort=-value"
    assert names(page(client, alice, "/?band=steady&sort=-value")) == ["Alder &amp; Quill"]
    assert client.get("/accounts/").status_code == 200
    assert Client().get("/").url.startswith("/sign-in/")
    other = Client()
    other.force_login(bob)
    assert other.get("/").status_code == 200


def test_the_usual_list_stays_within_reach_and_its_links_do_not_lead_back_to_the_view(
    client: Client, alice: User, account: Account, view: SavedView
) -> None:
    scored(account)
    open_with(user=alice, list_name="today", view=view)
    html = page(client, alice, "/?band=steady&sort=-value")
    assert '<a class="chip" href="/?usual=1"' in html
    usual = page(client, alice, "/?usual=1")
    assert names(usual) == ["Alder &amp; Quill"]
    assert 'href="/?usual=1" hx-get="/?usual=1" hx-target="#list" hx-push-url="true" aria-current="true"' in usual
    # The tile that is on leads back to the usual list.
    tile = page(client, alice, "/?band=silent").partition('class="tile silent"')[2]
    assert tile.startswith(' href="/?usual=1"')
    assert "does not know" not in usual


def test_the_way_back_is_the_same_button(client: Client, alice: User, view: SavedView) -> None:
    client.force_login(alice)
    client.post(f"/views/{view.pk}/opens/")
    html = page(client, alice, "/views/")
    assert "<b>opens first</b>" in html
    assert "Do not open first" in html
    client.post(f"/views/{view.pk}/opens/")
    assert client.get("/").status_code == 200


def test_a_view_that_is_gone_or_no_longer_shared_opens_nothing(
    client: Client, alice: User, amir: User, view: SavedView
) -> None:
    SavedView.objects.update(team=alice.team)
    open_with(user=amir, list_name="today", view=view)
    client.force_login(amir)
    assert client.get("/").status_code == 302
    SavedView.objects.update(team=None)
    assert client.get("/").status_code == 200
    SavedView.objects.update(team=alice.team, removed_at=timezone.now())
    assert client.get("/").status_code == 200


def test_a_view_of_another_list_is_refused(alice: User, view: SavedView) -> None:
    with pytest.raises(ValueError, match="view: it is one of today"):
        open_with(user=alice, list_name="account-list", view=view)
    assert beginning_of(alice, "account-list") == Beginning()


def test_a_view_that_was_removed_is_brought_back_by_the_one_undo(
    client: Client, alice: User, bob: User, view: SavedView
) -> None:
    open_with(user=alice, list_name="today", view=view)
    client.force_login(alice)
    removed = client.post(f"/views/{view.pk}/remove/", follow=True)
    (message,) = removed.context["messages"]
    assert f'action="{message.extra_tags}"' in removed.content.decode()
    stranger = Client()
    stranger.force_login(bob)
    assert stranger.post(message.extra_tags).status_code == 400
    assert client.post(message.extra_tags, {"next": "/views/"})["Location"] == "/views/"
    view.refresh_from_db()
    assert view.removed_at is None
    assert client.get("/").status_code == 302
    assert (
        client.post(message.extra_tags, follow=True).context["messages"]._loaded_data[-1].message.startswith("Nothing")
    )


def test_an_undo_takes_no_name_away_from_a_view_saved_since(client: Client, alice: User, view: SavedView) -> None:
    client.force_login(alice)
    (message,) = client.post(f"/views/{view.pk}/remove/", follow=True).context["messages"]
    SavedView.objects.create(owner=alice, list_name="today", name=view.name, query="", created_at=timezone.now())
    client.post(message.extra_tags)
    view.refresh_from_db()
    assert view.removed_at is not None
