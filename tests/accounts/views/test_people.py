"""The administrator's pages about people: invited, changed, kept out, their book handed over; and who did it."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Account, Team, User
from tests import factories
from tests.factories import PASSWORD

INVITED = {"full_name": "Ines Ito", "email": "Ines@hark.example", "role": "manager", "team": ""}


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def changes() -> list[tuple[str, str, str]]:
    entries = LogEntry.objects.order_by("pk").select_related("user")
    return [(entry.user.full_name, entry.object_repr, entry.change_message) for entry in entries]


def test_who_is_invited_sets_a_password_by_the_link_that_is_shown_once(as_root: Client) -> None:
    page = as_root.post("/manage/people/new/", INVITED, follow=True)
    link = page.context["link"]
    assert link in page.content.decode()
    assert as_root.get(page.request["PATH_INFO"]).context["link"] == ""
    invited = User.objects.get(email="Ines@hark.example")
    assert (invited.is_active, invited.has_usable_password()) == (True, False)
    theirs = Client()
    form = theirs.get(link, follow=True).request["PATH_INFO"]
    theirs.post(form, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    invited.refresh_from_db()
    assert invited.check_password(PASSWORD)
    assert changes() == [("Ruth Root", "Ines Ito", "added")]


def test_two_people_do_not_sign_in_with_one_address(as_root: Client, alice: User) -> None:
    answer = as_root.post("/manage/people/new/", INVITED | {"email": "ALICE@hark.example"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]


def test_what_changed_is_kept_with_who_changed_it(as_root: Client, alice: User, south: Team) -> None:
    sent = {"full_name": "Alice Berg", "email": alice.email, "role": "lead", "team": south.pk, "is_active": "on"}
    assert as_root.post(f"/manage/people/{alice.pk}/", sent)["Location"] == "/manage/people/"
    alice.refresh_from_db()
    assert (alice.full_name, alice.role, alice.team) == ("Alice Berg", "lead", south)
    assert changes() == [("Ruth Root", "Alice Berg", "changed name, role, team")]
    assert "changed name, role, team" in as_root.get("/manage/").content.decode()


def test_nothing_is_noted_where_nothing_changed(as_root: Client, alice: User) -> None:
    sent = {"full_name": alice.full_name, "email": alice.email, "role": "manager", "team": alice.team_id}
    as_root.post(f"/manage/people/{alice.pk}/", sent | {"is_active": "on"})
    assert changes() == []


def test_whoever_is_kept_out_leaves_a_book_to_hand_over(
    as_root: Client, alice: User, amir: User, charlie: User, account: Account
) -> None:
    closed = factories.AccountFactory(owner=alice, team=alice.team, status="closed", closed_on="2026-01-01")
    sent = {"full_name": alice.full_name, "email": alice.email, "role": "manager", "team": alice.team_id}
    page = as_root.post(f"/manage/people/{alice.pk}/", sent, follow=True)
    assert page.request["PATH_INFO"] == f"/manage/people/{alice.pk}/hand-over/"
    assert page.context["book"] == 1
    before = account.updated_at
    as_root.post(page.request["PATH_INFO"], {"owner": charlie.pk})
    account.refresh_from_db()
    closed.refresh_from_db()
    assert (account.owner, account.team, closed.owner) == (charlie, charlie.team, alice)
    assert account.updated_at > before  # so that it is scored and counted anew
    assert [words for _, _, words in changes()] == ["changed can sign in", "handed 1 accounts over to Charlie Chen"]


def test_a_book_goes_to_nobody_who_cannot_sign_in_or_has_it(as_root: Client, alice: User, amir: User) -> None:
    amir.is_active = False
    amir.save()
    for nobody in (amir, alice):
        answer = as_root.post(f"/manage/people/{alice.pk}/hand-over/", {"owner": nobody.pk})
        assert answer.status_code == 422


def test_administrators_do_not_lock_themselves_out(as_root: Client, root: User) -> None:
    sent = {"full_name": "Ruth", "email": root.email, "role": "executive", "team": ""}
    answer = as_root.post(f"/manage/people/{root.pk}/", sent)
    assert sorted(answer.context["form"].errors) == ["is_active", "role"]


def test_who_cannot_sign_in_gets_no_link(as_root: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    page = as_root.post(f"/manage/people/{alice.pk}/link/", follow=True)
    assert page.context["link"] == ""
    assert "cannot sign in" in page.content.decode()


@pytest.mark.parametrize("people", [3, 12])
def test_the_list_asks_as_much_for_many_people_as_for_few(
    as_root: Client, people: int, django_assert_num_queries: object
) -> None:
    factories.UserFactory.create_batch(people)
    # session, user, people with team and book
    with django_assert_num_queries(3):  # type: ignore[operator]
        as_root.get("/manage/people/")
