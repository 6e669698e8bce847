"""Logging a touch by hand, changing it, deleting it, bringing it back: over htmx, and as plain pages."""

from __future__ import annotations

import datetime as dt
import json
import re
import zoneinfo
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Account, User
from tests import factories
from touchpoints.models import AccountActivity, SourceKind, Touchpoint
from touchpoints.services.touches import log_touch
from touchpoints.signals import activity_changed

HTMX = {"HX-Request": "true"}
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@pytest.fixture
def as_alice(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def touch(account: Account) -> Touchpoint:
    """An imported touch."""
    moment = dt.datetime(2026, 6, 1, 9, 30, 27, tzinfo=dt.UTC)
    return factories.TouchpointFactory(account=account, occurred_at=moment, subject="Prices", external_id="crm-1")


def filled(account: Account, **changes: Any) -> dict[str, Any]:
    return {
        "account": account.pk,
        "channel": "call",
        "outcome": "talked",
        "direction": "mutual",
        "occurred_at": "2026-06-15T14:30",
        "body": "They move in May.",
        "key": "one",
        **changes,
    }


def test_a_touch_is_logged_without_javascript(as_alice: Client, account: Account, alice: User) -> None:
    page = as_alice.get("/touches/log/", {"account": account.pk, "next": "/?band=silent"}).content.decode()
    assert "<html" in page
    assert 'action="/touches/log/"' in page
    assert 'value="/?band=silent"' in page
    person = factories.ContactFactory(account=account)
    data = filled(account, contacts=[person.pk], colleagues=[alice.pk], next="/?band=silent")
    response = as_alice.post("/touches/log/", data)
    assert (response.status_code, response["Location"]) == (302, "/?band=silent")
    touch = Touchpoint.objects.get()
    assert (touch.account, touch.author, touch.source.kind) == (account, alice, SourceKind.MANUAL)
    assert (touch.channel, touch.direction, touch.outcome) == ("call", "mutual", "talked")
    assert (list(touch.contacts.all()), list(touch.colleagues.all())) == ([person], [alice])
    assert (touch.body, touch.counts, touch.is_voice, touch.is_edited) == ("They move in May.", True, True, False)


def test_times_are_those_of_the_person_who_logs(as_alice: Client, account: Account, alice: User) -> None:
    alice.time_zone = "America/New_York"
    alice.save()
    as_alice.post("/touches/log/", filled(account))
    assert Touchpoint.objects.get().occurred_at == dt.datetime(2026, 6, 15, 18, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-10-26T02:30", dt.datetime(2025, 10, 26, 0, 30, tzinfo=dt.UTC)),  # comes twice
        ("2026-03-29T02:30", dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)),  # does not exist
    ],
)
def test_the_nights_on_which_clocks_change_are_no_obstacle(
    as_alice: Client, account: Account, written: str, meant: dt.datetime
) -> None:
    assert as_alice.post("/touches/log/", filled(account, occurred_at=written)).status_code == 302
    assert Touchpoint.objects.get().occurred_at == meant


def test_over_htmx_the_dialog_closes_and_the_page_hears_of_it(as_alice: Client, account: Account) -> None:
    form = as_alice.get("/touches/log/", {"account": account.pk}, headers=HTMX).content.decode()
    assert "<html" not in form
    assert 'id="dialog-title"' in form
    response = as_alice.post("/touches/log/", filled(account), headers=HTMX)
    assert response.status_code == 204
    triggers = json.loads(response["HX-Trigger"])
    assert {"close-dialog", "accounts-changed", f"account-changed-{account.pk}"} <= set(triggers)
    assert triggers["toast"]["text"] == "Call with Alder & Quill logged."
    undo, _, query = triggers["toast"]["undo"].partition("?")
    assert as_alice.post(undo, {"reason": query.removeprefix("reason=")}, headers=HTMX).status_code == 204
    assert not Touchpoint.objects.shown().exists()


def test_a_form_on_a_page_of_its_own_leads_back_instead_of_closing_a_dialog(
    as_alice: Client, touch: Touchpoint
) -> None:
    for address in (f"/touches/log/?account={touch.account_id}", f"/touches/{touch.pk}/edit/", "/touches/log/"):
        main = as_alice.get(address).content.decode().partition('<main id="main"')[2].partition("</main>")[0]
        assert "<form" in main
        assert "hx-" not in main
        assert "hx-" in as_alice.get(address, headers=HTMX).content.decode()


def test_the_same_form_sent_twice_logs_one_touch(as_alice: Client, account: Account) -> None:
    first = as_alice.post("/touches/log/", filled(account), headers=HTMX)
    second = as_alice.post("/touches/log/", filled(account), headers=HTMX)
    assert Touchpoint.objects.count() == 1
    assert first["HX-Trigger"] == second["HX-Trigger"]


@pytest.mark.parametrize(
    "change", [{"key": "two"}, {"body": "They move in June."}, {"occurred_at": "2026-06-15T14:31"}]
)
def test_another_form_or_another_content_is_another_touch(
    as_alice: Client, account: Account, change: dict[str, str]
) -> None:
    as_alice.post("/touches/log/", filled(account))
    as_alice.post("/touches/log/", filled(account, **change))
    assert Touchpoint.objects.count() == 2


def test_a_form_sent_again_after_undo_brings_the_touch_back(as_alice: Client, account: Account) -> None:
    as_alice.post("/touches/log/", filled(account))
    as_alice.post(f"/touches/{Touchpoint.objects.get().pk}/delete/")
    as_alice.post("/touches/log/", filled(account))
    assert Touchpoint.objects.shown().count() == 1


def test_every_form_has_a_key_of_its_own(as_alice: Client, account: Account) -> None:
    pages = [as_alice.get("/touches/log/", {"account": account.pk}).content.decode() for _ in range(2)]
    keys = {re.findall(r'name="key" value="([0-9a-f-]{36})"', page)[0] for page in pages}
    assert len(keys) == 2


def test_a_forged_form_is_refused(alice: User, account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post("/touches/log/", filled(account)).status_code == 403
    assert not Touchpoint.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("amir", 403), ("charlie", 404), ("dora", 404), ("erin", 403)])
@pytest.mark.parametrize(
    "address", ["/touches/log/", "/touches/{}/edit/", "/touches/{}/delete/", "/touches/{}/restore/"]
)
def test_who_may_only_read_or_not_even_that_changes_nothing(
    client: Client, request: pytest.FixtureRequest, touch: Touchpoint, who: str, status: int, address: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    before = Touchpoint.objects.values().get()
    assert client.post(address.format(touch.pk), filled(touch.account)).status_code == status
    assert Touchpoint.objects.values().get() == before


@pytest.mark.parametrize(("who", "status"), [("bob", 200), ("root", 200), ("amir", 403), ("charlie", 404)])
def test_who_may_open_the_form(
    client: Client, request: pytest.FixtureRequest, touch: Touchpoint, who: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get("/touches/log/", {"account": touch.account_id}).status_code == status
    assert client.get(f"/touches/{touch.pk}/edit/").status_code == status


def test_without_an_account_only_those_that_may_be_changed_are_offered(
    as_alice: Client, account: Account, alice: User, amir: User
) -> None:
    factories.AccountFactory(name="Alderman", owner=alice)
    factories.AccountFactory(name="Alderney", owner=amir, team=amir.team)
    factories.AccountFactory(name="Aldershot")
    page = as_alice.get("/touches/log/", {"q": "alder"}).content.decode()
    assert re.findall(r"<bdi>(.*?)</bdi></b>", page) == ["Alder &amp; Quill", "Alderman"]
    assert f'href="/touches/log/?account={account.pk}"' in page


def test_the_own_accounts_are_offered_before_those_of_the_team(client: Client, bob: User, account: Account) -> None:
    for number in range(13):
        factories.AccountFactory(name=f"Birch {number:02}", team=bob.team)
    factories.AccountFactory(name="Zelkova", owner=bob, team=bob.team)
    client.force_login(bob)
    page = client.get("/touches/log/").content.decode()
    offered = re.findall(r"<bdi>(.*?)</bdi></b>", page)
    assert offered[:3] == ["Zelkova", "Alder &amp; Quill", "Birch 00"]
    assert len(offered) == 12
    assert "There are more." in page


@pytest.mark.parametrize("given", ["x", "-1", "1.5", "9" * 30])
def test_an_account_that_is_none_is_refused_in_words(as_alice: Client, given: str) -> None:
    assert as_alice.get("/touches/log/", {"account": given}).status_code == 400
    assert as_alice.post("/touches/log/", {"account": given}).status_code == 400


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"occurred_at": ""}, "This field is required."),
        ({"occurred_at": "soon"}, "Write the day and the time"),
        ({"occurred_at": "2026-02-31T10:00"}, "Write the day and the time"),
        ({"occurred_at": "0001-01-01T00:00"}, "Check the year"),
        ({"occurred_at": "9999-12-31T23:59"}, "more than a year ahead"),
        ({"channel": "pigeon"}, "Select a valid choice"),
        ({"channel": ""}, "This field is required."),
        ({"channel": "email", "direction": "mutual"}, "Say who wrote"),
        ({"channel": "email", "direction": ""}, "Say from whom it came."),
        ({"body": "nul \x00"}, "Null characters are not allowed."),
        ({"contacts": "0"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(
    as_alice: Client, account: Account, changes: dict[str, str], message: str
) -> None:
    response = as_alice.post("/touches/log/", filled(account, **changes), headers=HTMX)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Touchpoint.objects.exists()


def test_people_of_another_client_cannot_take_part(as_alice: Client, account: Account) -> None:
    stranger = factories.ContactFactory()
    assert as_alice.post("/touches/log/", filled(account, contacts=[stranger.pk])).status_code == 422


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (("call", "voicemail", "mutual"), ("voicemail", "outbound", False)),
        (("call", "no_answer", ""), ("no_answer", "outbound", False)),
        (("call", "", "inbound"), ("talked", "inbound", True)),
        (("email", "voicemail", "outbound"), ("", "outbound", True)),  # left over from when it was a call
        (("meeting", "cancelled", "mutual"), ("cancelled", "mutual", False)),
        (("survey", "talked", "inbound"), ("", "inbound", True)),
    ],
)
def test_only_what_fits_the_channel_is_kept(
    as_alice: Client, account: Account, chosen: tuple[str, str, str], kept: tuple[str, str, bool]
) -> None:
    channel, outcome, direction = chosen
    as_alice.post("/touches/log/", filled(account, channel=channel, outcome=outcome, direction=direction))
    touch = Touchpoint.objects.get()
    assert (touch.outcome, touch.direction, touch.counts) == kept


def test_a_meeting_may_be_booked_up_to_a_year_ahead(as_alice: Client, account: Account) -> None:
    ahead = (timezone.now() + dt.timedelta(days=300)).astimezone(BERLIN)
    data = filled(account, channel="meeting", outcome="", occurred_at=ahead.strftime("%Y-%m-%dT%H:%M"))
    response = as_alice.post("/touches/log/", data, headers=HTMX)
    assert "booked for" in json.loads(response["HX-Trigger"])["toast"]["text"]
    assert Touchpoint.objects.get().occurred_at == ahead.replace(second=0, microsecond=0)


def test_a_changed_import_is_marked_and_its_seconds_stay(as_alice: Client, touch: Touchpoint) -> None:
    page = as_alice.get(f"/touches/{touch.pk}/edit/", headers=HTMX).content.decode()
    assert 'value="2026-06-01T11:30"' in page
    data = filled(touch.account, occurred_at="2026-06-01T11:30", subject="Prices agreed", reason="Asked")
    assert as_alice.post(f"/touches/{touch.pk}/edit/", data, headers=HTMX).status_code == 204
    before = touch.occurred_at
    touch.refresh_from_db()
    assert (touch.subject, touch.is_edited, touch.occurred_at) == ("Prices agreed", True, before)
    assert touch.external_id == "crm-1"


def test_a_touch_of_a_colleague_who_left_keeps_them(as_alice: Client, touch: Touchpoint) -> None:
    gone = factories.UserFactory(full_name="Gone Girl", is_active=False)
    left = factories.ContactFactory(account=touch.account, left_on=dt.date(2026, 6, 2))
    touch.colleagues.add(gone)
    touch.contacts.add(left)
    data = filled(touch.account, contacts=[left.pk], colleagues=[gone.pk], reason="Note added")
    assert as_alice.post(f"/touches/{touch.pk}/edit/", data).status_code == 302
    assert (touch.colleagues.get(), touch.contacts.get()) == (gone, left)


def test_a_direction_nobody_knows_may_stay_unknown(as_alice: Client, touch: Touchpoint) -> None:
    Touchpoint.objects.update(direction="unknown", channel="email", outcome="")
    data = filled(touch.account, channel="email", outcome="", direction="unknown", subject="Hello", reason="Subject")
    assert as_alice.post(f"/touches/{touch.pk}/edit/", data).status_code == 302
    touch.refresh_from_db()
    assert (touch.direction, touch.subject) == ("unknown", "Hello")


def test_a_deleted_touch_says_why_and_comes_back(as_alice: Client, alice: User, touch: Touchpoint) -> None:
    response = as_alice.post(f"/touches/{touch.pk}/delete/", {"reason": "Wrong client"}, headers=HTMX)
    touch.refresh_from_db()
    assert (touch.deleted_by, touch.deleted_reason, touch.counts) == (alice, "Wrong client", False)
    assert as_alice.get(f"/touches/{touch.pk}/edit/").status_code == 404
    undo = json.loads(response["HX-Trigger"])["toast"]["undo"]
    assert as_alice.post(undo, headers=HTMX).status_code == 204
    touch.refresh_from_db()
    assert (touch.deleted_at, touch.deleted_by, touch.deleted_reason, touch.counts) == (None, None, "", True)


def test_a_touch_is_not_deleted_without_a_reason(as_alice: Client, touch: Touchpoint) -> None:
    assert as_alice.post(f"/touches/{touch.pk}/delete/", {"reason": " "}, headers=HTMX).status_code == 400
    touch.refresh_from_db()
    assert touch.deleted_at is None


def test_a_change_of_what_others_wrote_asks_for_a_reason(as_alice: Client, touch: Touchpoint) -> None:
    response = as_alice.post(f"/touches/{touch.pk}/edit/", filled(touch.account), headers=HTMX)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])


def test_ones_own_touch_of_today_is_put_right_without_one(as_alice: Client, account: Account) -> None:
    as_alice.post("/touches/log/", filled(account))
    touch = Touchpoint.objects.get()
    assert as_alice.post(f"/touches/{touch.pk}/edit/", filled(account, body="More"), headers=HTMX).status_code == 204
    assert touch.edits.get().before == {"body": "They move in May."}


def test_a_change_is_kept_with_its_reason_and_taken_back(as_alice: Client, alice: User, touch: Touchpoint) -> None:
    person = factories.ContactFactory(account=touch.account)
    data = filled(touch.account, subject="Prices agreed", contacts=[person.pk], reason="The wrong subject")
    response = as_alice.post(f"/touches/{touch.pk}/edit/", data, headers=HTMX)
    edit = touch.edits.get()
    assert (edit.edited_by, edit.reason, edit.before["subject"]) == (alice, "The wrong subject", "Prices")
    undo = json.loads(response["HX-Trigger"])["toast"]["undo"]
    assert as_alice.post(undo, headers=HTMX).status_code == 204
    before = touch.occurred_at
    touch.refresh_from_db()
    assert (touch.subject, touch.occurred_at, touch.is_edited) == ("Prices", before, False)
    assert not touch.contacts.exists()
    assert not touch.edits.exists()


def test_a_change_that_another_one_followed_is_not_taken_back(as_alice: Client, touch: Touchpoint) -> None:
    for subject in ("First", "Second"):
        as_alice.post(f"/touches/{touch.pk}/edit/", filled(touch.account, subject=subject, reason="Again"))
    first = touch.edits.last()
    response = as_alice.post(f"/touches/edits/{first.pk}/undo/", headers=HTMX)
    assert "changed again" in json.loads(response["HX-Trigger"])["toast"]["text"]
    touch.refresh_from_db()
    assert touch.subject == "Second"


def test_saving_without_a_change_keeps_no_edit(as_alice: Client, account: Account) -> None:
    as_alice.post("/touches/log/", filled(account))
    touch = Touchpoint.objects.get()
    as_alice.post(f"/touches/{touch.pk}/edit/", filled(account))
    assert not touch.edits.exists()


def test_every_change_makes_the_score_stale_and_nudges_it(
    as_alice: Client, account: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[tuple[int, ...]] = []

    def hear(account_ids: tuple[int, ...], **kwargs: object) -> None:
        heard.append(account_ids)

    activity_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            as_alice.post("/touches/log/", filled(account))
            touch = Touchpoint.objects.get()
            as_alice.post(f"/touches/{touch.pk}/edit/", filled(account, body="More"))
            as_alice.post(f"/touches/{touch.pk}/delete/", {"reason": "Twice"})
            as_alice.post(f"/touches/{touch.pk}/delete/", {"reason": "Twice"})  # nothing is left to delete
            as_alice.post(f"/touches/{touch.pk}/restore/")
    finally:
        activity_changed.disconnect(hear)
    assert heard == [(account.pk,)] * 4
    assert AccountActivity.objects.get().version == 4


def test_a_foreign_address_is_never_gone_to(as_alice: Client, touch: Touchpoint) -> None:
    response = as_alice.post(f"/touches/{touch.pk}/delete/", {"next": "https://elsewhere.example/", "reason": "Twice"})
    assert response["Location"] == f"/accounts/{touch.account_id}/"


def test_people_of_another_account_are_refused_by_the_service_too(account: Account, alice: User) -> None:
    now = timezone.now()
    with pytest.raises(ValueError, match="contacts: choose people of this account"):
        log_touch(
            account=account,
            author=alice,
            key="",
            occurred_at=now,
            channel="call",
            direction="mutual",
            contacts=[factories.ContactFactory()],
            now=now,
        )
