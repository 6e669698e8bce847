"""Signing in: where it leads, what it never tells, and how often one may be wrong."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.factories import PASSWORD

FORM = "/sign-in/"


@pytest.fixture
def alice_with_password(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    return alice


def test_the_right_password_leads_to_today(client: Client, alice_with_password: User) -> None:
    response = client.post(FORM, {"username": "Alice@Hark.example ", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert get_user(client) == alice_with_password  # type: ignore[arg-type]


def test_it_leads_to_the_page_that_was_asked_for(client: Client, alice_with_password: User) -> None:
    wall = client.get("/portfolio/?days=30")
    assert wall["Location"] == "/sign-in/?next=/portfolio/%3Fdays%3D30"
    form = client.get(wall["Location"])
    assert b'name="next" value="/portfolio/?days=30"' in form.content
    response = client.post(
        FORM, {"username": "alice@hark.example", "password": PASSWORD, "next": "/portfolio/?days=30"}
    )
    assert response["Location"] == "/portfolio/?days=30"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_it_never_leads_to_another_site(client: Client, alice_with_password: User, elsewhere: str) -> None:
    response = client.post(FORM, {"username": "alice@hark.example", "password": PASSWORD, "next": elsewhere})
    assert response["Location"] == "/"


def test_whoever_is_signed_in_goes_on(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get(FORM, {"next": "/search/"})["Location"] == "/search/"


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(client: Client, alice_with_password: User) -> None:
    User.objects.create_user("gone@hark.example", PASSWORD, full_name="Gone", is_active=False)
    answers = {
        email: client.post(FORM, {"username": email, "password": password})
        for email, password in [
            ("alice@hark.example", "wrong wrong wrong"),
            ("nobody@hark.example", "wrong wrong wrong"),
            ("gone@hark.example", PASSWORD),
        ]
    }
    assert {answer.status_code for answer in answers.values()} == {422}
    texts = {
        answer.content.decode().replace(email, "").replace(str(answer.context["csrf_token"]), "")
        for email, answer in answers.items()
    }
    assert len(texts) == 1
    assert "do not belong together" in texts.pop()


def test_too_many_tries_have_to_wait_and_are_told_until_when(client: Client, alice_with_password: User) -> None:
    tries = [client.post(FORM, {"username": "alice@hark.example", "password": "wrong"}) for _ in range(8)]
    assert [answer.status_code for answer in tries] == [422] * 7 + [429]
    locked = client.post(FORM, {"username": "ALICE@hark.example", "password": PASSWORD})
    assert locked.status_code == 429
    assert 0 < int(locked["Retry-After"]) <= 15 * 60
    assert b"Too many tries." in locked.content
    assert b"in 15 minutes" in locked.content
    assert not get_user(client).is_authenticated  # type: ignore[arg-type]


def test_others_at_the_same_address_are_not_kept_out(client: Client, alice_with_password: User, amir: User) -> None:
    amir.set_password(PASSWORD)
    amir.save()
    for _ in range(9):
        client.post(FORM, {"username": "alice@hark.example", "password": "wrong"})
    assert client.post(FORM, {"username": "amir@hark.example", "password": PASSWORD}).status_code == 302


def test_a_client_cannot_get_more_tries_by_inventing_addresses(
    client: Client, alice_with_password: User, settings: Settings
) -> None:
    settings.IS_HTTPS = True
    answers = [
        client.post(
            FORM,
            {"username": "alice@hark.example", "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9"},
        )
        for number in range(8)
    ]
    assert answers[-1].status_code == 429


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == FORM
    assert not get_user(client).is_authenticated  # type: ignore[arg-type]


@pytest.mark.django_db
def test_without_anybody_it_says_how_to_make_the_first_administrator(client: Client) -> None:
    page = client.get(FORM).content.decode()
    assert "manage.py create_administrator" in page
    assert 'name="password"' not in page


def test_with_somebody_it_does_not(client: Client, alice: User) -> None:
    page = client.get(FORM).content.decode()
    assert "create_administrator" not in page
    assert 'name="password"' in page


@pytest.mark.parametrize(
    ("came_from", "page"),
    [
        ("http://testserver/accounts/7/edit/?place=2", "/accounts/7/edit/?place=2"),
        ("http://testserver/views/", "/views/"),
        ("https://elsewhere.example/accounts/7/edit/", "/views/7/change/"),
        ("", "/views/7/change/"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page_and_says_so(
    client: Client, alice: User, came_from: str, page: str
) -> None:
    wall = client.post("/views/7/change/", {"name": "Northern plan"}, headers={"Referer": came_from})
    assert wall["Location"].startswith("/sign-in/?next=")
    response = client.get(wall["Location"])
    assert (response.context["next"], response.context["is_unsent"]) == (page, True)
    html = response.content.decode()
    assert "You were signed out, so what you sent did not arrive." in html
    assert "Northern plan" not in html


def test_a_page_that_was_only_asked_for_was_not_sent(client: Client, alice: User) -> None:
    assert "did not arrive" not in client.get(client.get("/views/")["Location"]).content.decode()


def test_signing_out_is_no_form_that_did_not_arrive(client: Client, db: None) -> None:
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
