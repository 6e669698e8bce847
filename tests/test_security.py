"""What every answer carries, and what no page contains: a strict policy is of use only to pages that can live by it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.middleware.csrf import CsrfViewMiddleware
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Account, User
from tests import factories

PAGES = (
    "today",
    "account-list",
    "search",
    "portfolio",
    "trust",
    "settings",
    "password",
    "account-new",
    "imports",
    "import-new",
    "touch-log",
    "admin:index",
    "admin:accounts_user_changelist",
    "admin:accounts_user_add",
    "admin:accounts_account_add",
    "admin:touchpoints_touchpoint_changelist",
)
ACCOUNT_PAGES = ("account", "account-edit", "contact-new")


class Suspects(HTMLParser):
    """Collects whatever a strict policy would forbid."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_data = given.get("type") == "application/json"
        is_inline = tag == "style" or (tag == "script" and "src" not in given and not is_data)
        self.found += [f"<{tag}> with its content in the page"] * is_inline
        self.found += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        links = [given.get(name) or "" for name in ("href", "src", "action")]
        self.found += [link for link in links if link.startswith(("http:", "https:", "//", "javascript:", "data:"))]


def forbidden_in(html: str) -> list[str]:
    suspects = Suspects()
    suspects.feed(html)
    return suspects.found


def policy_of(header: str) -> dict[str, list[str]]:
    parts = [part.split() for part in header.split(";") if part.strip()]
    return {part[0]: part[1:] for part in parts}


@pytest.fixture
def as_root(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


@pytest.mark.parametrize("name", PAGES)
def test_no_page_needs_what_the_policy_forbids(as_root: Client, account: Account, name: str) -> None:
    response = as_root.get(reverse(name))
    assert response.status_code == 200
    assert forbidden_in(response.content.decode()) == []


@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_no_page_of_an_account_does(as_root: Client, account: Account, name: str) -> None:
    factories.TouchpointFactory(account=account)
    response = as_root.get(reverse(name, args=[account.pk]))
    assert response.status_code == 200
    assert forbidden_in(response.content.decode()) == []


@pytest.mark.parametrize("path", ["/sign-in/", "/no/such/page/"])
@pytest.mark.django_db
def test_no_page_without_a_session_does(client: Client, path: str) -> None:
    assert forbidden_in(client.get(path).content.decode()) == []


def test_the_search_for_suspects_finds_them() -> None:
    html = (
        '<p style="x"><a onclick="x" href="javascript:x"></a><script>x</script><style>x</style>'
        '<script src="/ok.js"></script><script type="application/json">{}</script><img src="https://cdn.example/x">'
    )
    assert len(forbidden_in(html)) == 6


@pytest.mark.parametrize("path", ["/", "/portfolio/", "/settings/", "/admin/", "/no/such/page/"])
def test_every_answer_carries_the_policy(as_root: Client, path: str) -> None:
    response = as_root.get(path)
    policy = policy_of(response["Content-Security-Policy"])
    assert policy["default-src"] == policy["script-src"] == policy["connect-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert "unsafe" not in response["Content-Security-Policy"].replace("style-src-attr 'unsafe-inline'", "")


def test_every_answer_carries_the_other_headers(as_root: Client) -> None:
    response = as_root.get("/")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_about_clients_are_kept_by_no_shared_cache(as_root: Client, account: Account) -> None:
    for path in ("/", f"/accounts/{account.pk}/", "/portfolio/where.csv"):
        assert "Cookie" in as_root.get(path)["Vary"]


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(client: Client, alice: User) -> None:
    alice.set_password(factories.PASSWORD)
    alice.save()
    client.post("/sign-in/", {"username": alice.email, "password": factories.PASSWORD})
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_session_of_before_signing_in_is_not_taken_over(client: Client, alice: User, amir: User) -> None:
    client.force_login(amir)
    before = client.session.session_key
    alice.set_password(factories.PASSWORD)
    alice.save()
    client.post("/sign-in/", {"username": alice.email, "password": factories.PASSWORD})
    assert client.session.session_key != before


def test_https_is_asked_for_and_remembered(client: Client, alice: User, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    fresh = Client()
    assert fresh.get("/sign-in/")["Location"] == "https://testserver/sign-in/"
    assert fresh.get("/healthz").status_code == 200
    assert "max-age=3600" in fresh.get("/sign-in/", secure=True)["Strict-Transport-Security"]


def test_another_host_name_is_refused(client: Client, settings: Settings) -> None:
    response = client.get("/sign-in/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert b"evil.example" not in response.content


def test_whoever_leaves_is_out_at_once(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/settings/").status_code == 200
    alice.is_active = False
    alice.save()
    assert client.get("/settings/")["Location"].startswith("/sign-in/")


def test_an_ended_session_takes_htmx_to_the_sign_in_page_as_a_whole(client: Client, db: None) -> None:
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/?sort=name"}
    response = client.get("/accounts/?part=of+it", headers=page)
    assert response.status_code == 401
    assert response["Hark-Sign-In"] == "/sign-in/?next=%2Faccounts%2F%3Fsort%3Dname"
    assert response.content == b""


def test_the_way_back_from_signing_in_is_never_another_site(client: Client, db: None) -> None:
    page = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/accounts/"}
    assert client.get("/accounts/", headers=page)["Hark-Sign-In"] == "/sign-in/?next=%2F"


def test_no_form_is_taken_from_another_site(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert CsrfViewMiddleware.__module__ + ".CsrfViewMiddleware" in django_settings.MIDDLEWARE
    for path in ("/sign-out/", "/settings/", "/accounts/snooze/", "/touches/log/"):
        assert client.post(path).status_code == 403


def test_who_is_refused_is_told_whom_to_ask(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.get("/manage/")
    assert answer.status_code == 403
    assert b"Administrators manage this. Ask one of them." in answer.content
