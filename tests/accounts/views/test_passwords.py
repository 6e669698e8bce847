"""The one-time link with which a person sets a password."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User

NEW = "a much longer secret"


def link_for(user: User) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"/set-password/{uid}/{default_token_generator.make_token(user)}/"


def set_password(client: Client, link: str, first: str = NEW, second: str = NEW) -> int:
    """Follow the link as a browser does; return the status of the form's answer."""
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    return client.post(address, {"new_password1": first, "new_password2": second}).status_code


def test_the_link_works_once(client: Client, alice: User) -> None:
    link = link_for(alice)
    assert set_password(client, link) == 302
    assert client.post("/sign-in/", {"username": alice.email, "password": NEW})["Location"] == "/"
    assert b"no longer works" in Client().get(link).content


def test_the_token_does_not_stay_in_the_address(client: Client, alice: User) -> None:
    link = link_for(alice)
    assert client.get(link)["Location"].endswith("/set-password/")


def test_a_weak_password_is_refused(client: Client, alice: User) -> None:
    assert set_password(client, link_for(alice), "12345", "12345") == 200
    alice.refresh_from_db()
    assert not alice.has_usable_password()


def test_a_link_of_last_week_is_told_so(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    link = link_for(alice)
    later = dt.datetime.now() + dt.timedelta(days=7)  # noqa: DTZ005 - as the generator itself does
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert b"no longer works" in client.get(link).content


def test_it_lets_in_whoever_was_locked_out(client: Client, alice: User) -> None:
    for _ in range(8):
        locked = client.post("/sign-in/", {"username": alice.email, "password": "wrong"})
    assert locked.status_code == 429
    set_password(client, link_for(alice))
    assert client.post("/sign-in/", {"username": alice.email, "password": NEW}).status_code == 302
