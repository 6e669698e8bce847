"""PostgreSQL out of reach: words with status 503 wherever it happens; a refused statement is not an outage."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client, RequestFactory

from accounts.models import User
from config import views
from config.outages import is_outage


def refused(code: str | None) -> OperationalError:
    error = OperationalError("could not connect to server")
    error.__cause__ = RefusalError(code)
    return error


class RefusalError(Exception):
    def __init__(self, pgcode: str | None) -> None:
        super().__init__(pgcode)
        self.pgcode = pgcode


def unreachable(*args: Any, **kwargs: Any) -> None:
    raise refused(None)


@pytest.mark.parametrize("code", [None, "57P01", "57P02", "57P03", "53300", "08006"])
def test_no_connection_is_an_outage(code: str | None) -> None:
    assert is_outage(refused(code))
    assert is_outage(InterfaceError("connection already closed"))


@pytest.mark.parametrize("error", [refused("57014"), refused("40P01"), ProgrammingError("x"), ValueError("x"), None])
def test_a_refused_statement_is_not(error: BaseException | None) -> None:
    assert not is_outage(error)


@pytest.mark.django_db
def test_a_real_statement_timeout_is_not() -> None:
    with connection.cursor() as cursor, pytest.raises(OperationalError) as caught:
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
    assert not is_outage(caught.value)


def test_a_real_refused_connection_is(tmp_path: Path) -> None:
    other = connection.copy()
    other.settings_dict = {**other.settings_dict, "HOST": str(tmp_path)}
    with pytest.raises(OperationalError) as caught, other.wrap_database_errors:
        other.connect()
    assert isinstance(caught.value.__cause__, psycopg2.OperationalError)
    assert is_outage(caught.value)


@pytest.fixture
def patient() -> Client:
    """A client that is answered what a browser is answered, instead of the exception."""
    return Client(raise_request_exception=False)


def test_a_view_that_cannot_reach_the_database_says_so(
    patient: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.force_login(alice)
    monkeypatch.setattr("accounts.views.settings.save_theme", unreachable)
    response = patient.post("/settings/theme/", {"theme": "dark"})
    assert response.status_code == 503
    assert b"Hark cannot reach its database" in response.content
    assert response["Retry-After"] == "10"
    assert "Refresh" not in response


def test_a_session_that_cannot_be_read_says_so_and_the_page_tries_again(
    patient: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.force_login(alice)
    monkeypatch.setattr(SessionStore, "load", unreachable)
    response = patient.get("/settings/")
    assert response.status_code == 503
    assert b"Hark cannot reach its database" in response.content
    assert response["Refresh"] == "10"


def test_an_unknown_address_during_an_outage_says_so_too(
    patient: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.force_login(alice)
    monkeypatch.setattr(SessionStore, "load", unreachable)
    assert patient.get("/no-such-page/").status_code == 503


def test_htmx_gets_one_sentence(patient: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    patient.force_login(alice)
    monkeypatch.setattr(SessionStore, "load", unreachable)
    response = patient.get("/settings/", headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (503, b"Hark cannot reach its database right now.")


def test_the_probe_gets_json(patient: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SimpleNamespace(cursor=unreachable)
    monkeypatch.setattr(views, "connection", broken)
    response = patient.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "reason": "the database does not answer"}


@pytest.mark.django_db
def test_the_probe_is_content_with_a_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_another_error_is_our_mistake(patient: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: object) -> None:
        raise ZeroDivisionError("secret detail")

    patient.force_login(alice)
    monkeypatch.setattr("accounts.views.settings.save_theme", fail)
    response = patient.post("/settings/theme/", {"theme": "dark"})
    assert response.status_code == 500
    assert b"That is our mistake" in response.content
    assert b"secret detail" not in response.content


def test_a_form_of_an_old_session_is_told_why(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = client.post("/settings/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert b"This page was open too long" in response.content


def test_the_error_page_needs_no_user() -> None:
    assert views.server_error(RequestFactory().get("/")).status_code == 500
