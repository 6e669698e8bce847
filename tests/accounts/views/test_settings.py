"""What a person decides for themselves."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_preferences_are_shown_and_stored(as_alice: Client, alice: User) -> None:
    assert b'name="daily_capacity"' in as_alice.get("/settings/").content
    response = as_alice.post("/settings/", {"theme": "dark", "time_zone": "Asia/Tokyo", "daily_capacity": "8"})
    assert (response.status_code, response["Location"]) == (302, "/settings/")
    alice.refresh_from_db()
    assert (alice.theme, alice.time_zone, alice.daily_capacity) == ("dark", "Asia/Tokyo", 8)
    assert b'data-theme="dark"' in as_alice.get("/settings/").content


def test_empty_means_the_firms_zone_and_every_account(as_alice: Client, alice: User) -> None:
    as_alice.post("/settings/", {"theme": "system", "time_zone": "", "daily_capacity": ""})
    alice.refresh_from_db()
    assert (alice.time_zone, alice.daily_capacity) == ("", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("theme", "pink"), ("time_zone", "Moon/Base"), ("daily_capacity", "0"), ("daily_capacity", "x")],
)
def test_what_does_not_exist_is_refused(as_alice: Client, field: str, value: str) -> None:
    sent = {"theme": "light", "time_zone": "", "daily_capacity": ""} | {field: value}
    response = as_alice.post("/settings/", sent)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_the_theme_is_chosen_from_any_page(as_alice: Client, alice: User) -> None:
    response = as_alice.post("/settings/theme/", {"theme": "dark", "next": "/accounts/?band=silent"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/?band=silent")
    alice.refresh_from_db()
    assert alice.theme == "dark"


def test_a_theme_that_does_not_exist_changes_nothing(as_alice: Client, alice: User) -> None:
    assert as_alice.post("/settings/theme/", {"theme": "pink"}).status_code == 400
    alice.refresh_from_db()
    assert alice.theme == "system"


@pytest.fixture
def signed_in_twice(client: Client, alice: User) -> tuple[Client, Client]:
    alice.set_password(PASSWORD)
    alice.save()
    other = Client()
    client.force_login(alice)
    other.force_login(alice)
    return client, other


def test_a_new_password_ends_the_sessions_elsewhere(signed_in_twice: tuple[Client, Client], alice: User) -> None:
    here, elsewhere = signed_in_twice
    new = "a much longer secret"
    response = here.post("/settings/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert response.status_code == 302
    assert get_user(here) == alice  # type: ignore[arg-type]
    assert not get_user(elsewhere).is_authenticated  # type: ignore[arg-type]
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_the_old_password_is_asked_for(signed_in_twice: tuple[Client, Client]) -> None:
    here, _ = signed_in_twice
    new = "a much longer secret"
    response = here.post("/settings/password/", {"old_password": "no", "new_password1": new, "new_password2": new})
    assert response.status_code == 422
    assert "old_password" in response.context["form"].errors
