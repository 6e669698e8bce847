"""The demo's sign-in without a password, which must not exist anywhere else."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from touchpoints.demo.personas import DEMO_PERSONAS

PERSONA = DEMO_PERSONAS[0]


@pytest.fixture
def dana(db: None) -> User:
    return User.objects.create_user(PERSONA.email, full_name=PERSONA.full_name)


def test_the_sign_in_page_of_the_demo_offers_each_persona(client: Client, dana: User, settings: Settings) -> None:
    settings.HARK_DEMO = True
    page = client.get("/sign-in/").content.decode()
    assert all(f'value="{persona.email}"' in page for persona in DEMO_PERSONAS)


@pytest.mark.django_db
def test_before_the_portfolio_is_loaded_the_page_says_so_and_looks_again(client: Client, settings: Settings) -> None:
    settings.HARK_DEMO = True
    page = client.get("/sign-in/").content.decode()
    assert "on its way" in page
    assert 'http-equiv="refresh"' in page
    assert "create_administrator" not in page


@pytest.mark.django_db
def test_outside_the_demo_the_first_administrator_is_asked_for(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    assert "create_administrator" in page
    assert 'http-equiv="refresh"' not in page


def test_one_button_signs_in(client: Client, dana: User, settings: Settings) -> None:
    settings.HARK_DEMO = True
    response = client.post("/demo/sign-in/", {"email": PERSONA.email, "next": "/portfolio/"})
    assert (response.status_code, response["Location"]) == (302, "/portfolio/")
    assert get_user(client) == dana  # type: ignore[arg-type]


def test_only_personas_may_be_chosen(client: Client, root: User, settings: Settings) -> None:
    settings.HARK_DEMO = True
    assert client.post("/demo/sign-in/", {"email": root.email}).status_code == 404
    assert not get_user(client).is_authenticated  # type: ignore[arg-type]


def test_it_takes_no_request_from_another_site(dana: User, settings: Settings) -> None:
    settings.HARK_DEMO = True
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/sign-in/", {"email": PERSONA.email}).status_code == 403


def test_outside_the_demo_nobody_is_offered_and_nobody_gets_in(client: Client, dana: User) -> None:
    assert PERSONA.email not in client.get("/sign-in/").content.decode()
    assert client.post("/demo/sign-in/", {"email": PERSONA.email}).status_code == 404
    assert not get_user(client).is_authenticated  # type: ignore[arg-type]
