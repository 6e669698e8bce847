"""The administration: only for administrators, quick on large tables, and no way around the rules."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account, Team, User
from config import admin_site
from tests import factories

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def make_rows(count: int) -> None:
    for _ in range(count):
        account = factories.AccountFactory(
            owner=factories.UserFactory(team=factories.TeamFactory()), segment=factories.SegmentFactory()
        )
        batch = factories.ImportBatchFactory(uploaded_by=account.owner)
        factories.ContactFactory(account=account)
        factories.TouchpointFactory(account=account, batch=batch)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_opens_is_searchable_and_asks_a_fixed_number_of_questions(as_root: Client, model: type) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    make_rows(1)
    as_root.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert as_root.get(address, {"q": "a"}).status_code == 200
    make_rows(5)
    with CaptureQueriesContext(connection) as many:
        assert as_root.get(address, {"q": "a"}).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize("name", ["user", "team", "segment", "account", "contact"])
def test_every_add_form_opens(as_root: Client, name: str) -> None:
    assert as_root.get(reverse(f"admin:accounts_{name}_add")).status_code == 200


def test_a_touch_is_shown_with_its_people_but_not_changed(as_root: Client, account: Account) -> None:
    touch = factories.TouchpointFactory(account=account, body="The whole story")
    touch.contacts.add(factories.ContactFactory(name="Nina Vogel", account=account))
    address = reverse("admin:touchpoints_touchpoint_change", args=[touch.pk])
    page = as_root.get(address).content.decode()
    assert "Nina Vogel" in page
    assert "The whole story" in page
    assert 'name="_save"' not in page
    assert as_root.post(address, {"channel": "email"}).status_code == 403


def test_large_tables_are_counted_only_so_far(as_root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_site, "COUNTED_ROWS", 3)
    make_rows(5)
    with CaptureQueriesContext(connection) as queries:
        as_root.get(reverse("admin:touchpoints_touchpoint_changelist"))
    counts = [
        query["sql"] for query in queries if "COUNT(" in query["sql"] and "touchpoints_touchpoint" in query["sql"]
    ]
    assert counts
    assert all("LIMIT 3" in sql for sql in counts)


def person_data(**changes: str) -> dict[str, str]:
    return {
        "full_name": "New Person",
        "email": "New@Hark.example",
        "role": "manager",
        "team": "",
        "is_active": "on",
    } | changes


def shown_link(response: object) -> str:
    said = " ".join(str(message) for message in get_messages(response.wsgi_request))  # type: ignore[attr-defined]
    found = re.search(r"http://testserver(/set-password/\S+)", said)
    assert found
    return found[1]


def test_a_new_person_gets_a_link_and_no_password(as_root: Client) -> None:
    response = as_root.post(reverse("admin:accounts_user_add"), person_data())
    user = User.objects.get(full_name="New Person")
    assert response.status_code == 302
    assert not user.has_usable_password()
    assert b"Set your password" in Client().get(shown_link(response), follow=True).content


def test_a_link_is_made_again_on_the_persons_page(as_root: Client, alice: User) -> None:
    assert b"Make a link" in as_root.get(reverse("admin:accounts_user_change", args=[alice.pk])).content
    response = as_root.post(reverse("admin:person-link", args=[alice.pk]))
    assert b"Set your password" in Client().get(shown_link(response), follow=True).content


def test_whoever_left_gets_no_link(as_root: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    response = as_root.post(reverse("admin:person-link", args=[alice.pk]))
    (message,) = get_messages(response.wsgi_request)
    assert "is not active" in str(message)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"role": "lead"}, "team", "A team lead needs a team."),
        ({"email": "ALICE@hark.example"}, "email", "Somebody signs in with this address already."),
        ({"time_zone": "Moon/Base"}, "time_zone", "is not a time zone"),
    ],
)
def test_people_that_cannot_be_are_refused_in_words(
    as_root: Client, alice: User, amir: User, changes: dict[str, str], field: str, words: str
) -> None:
    response = as_root.post(reverse("admin:accounts_user_change", args=[amir.pk]), person_data(**changes))
    assert response.status_code == 200
    assert words in str(response.context["adminform"].form.errors[field])


@pytest.mark.parametrize(("changes", "field"), [({"role": "executive"}, "role"), ({"is_active": ""}, "is_active")])
def test_nobody_locks_themselves_out(as_root: Client, root: User, changes: dict[str, str], field: str) -> None:
    sent = person_data(role="administrator") | changes
    response = as_root.post(reverse("admin:accounts_user_change", args=[root.pk]), sent)
    assert list(response.context["adminform"].form.errors) == [field]
    root.refresh_from_db()
    assert root.is_staff


def test_an_account_with_a_history_cannot_be_deleted(as_root: Client, account: Account) -> None:
    empty = factories.AccountFactory()
    factories.TouchpointFactory(account=account)
    addresses = [reverse("admin:accounts_account_delete", args=[one.pk]) for one in (account, empty)]
    assert [as_root.post(address, {"post": "yes"}).status_code for address in addresses] == [403, 302]
    assert list(Account.objects.all()) == [account]


def test_people_are_never_deleted(as_root: Client, alice: User, north: Team) -> None:
    assert as_root.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("who", ["alice", "bob", "erin"])
def test_others_are_told_that_they_may_not_enter(client: Client, who: str, request: pytest.FixtureRequest) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get("/admin/").status_code == 403
    assert client.get("/admin/accounts/user/").status_code == 403
    assert client.get("/admin/login/").status_code == 403


@pytest.mark.django_db
def test_strangers_meet_the_usual_sign_in_page(client: Client) -> None:
    assert client.get("/admin/accounts/user/")["Location"] == "/sign-in/?next=/admin/accounts/user/"
    assert client.get("/admin/login/")["Location"].startswith("/sign-in/")


def test_passwords_are_changed_in_one_place(as_root: Client) -> None:
    assert as_root.get(reverse("admin:password_change"))["Location"] == "/settings/password/"
