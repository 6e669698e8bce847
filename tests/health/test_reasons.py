"""The reasons of a score: stored, the same everywhere, open to their touches, and the same when computed again."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Account, Contact
from accounts.services import save_contact
from health.explanations import explain_score, words_for_row
from health.models import AccountHealth, Band, BandChange, HealthDay
from health.reasons import Scale, as_plain, reasons_of, spell_evidence
from health.selectors.evidence import NAMES, Evidence, evidence_touches
from health.selectors.models import StoredModel
from health.selectors.past import account_on
from health.selectors.standing import stale_accounts
from health.services.quiet import pause_account
from health.services.runs import run_now
from tests import factories
from touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 6, 15)


def days_before(*ages: int) -> list[dt.date]:
    return [MONDAY - dt.timedelta(days=age) for age in ages]


@pytest.fixture
def book(north, alice, model: StoredModel, as_of: dt.datetime) -> dict[str, Account]:
    """One account of each kind: steady, unanswered, with a sponsor who left, with a missed agreement, silent, empty."""
    made = {
        name: factories.AccountFactory(name=name, owner=alice, team=north)
        for name in ("Steady", "Unanswered", "Led", "Agreed", "Silent", "Empty")
    }
    factories.touches_on(made["Steady"], *days_before(*range(3, 400, 7)))
    factories.touches_on(made["Unanswered"], *days_before(*range(60, 400, 7)))
    factories.touches_on(made["Unanswered"], *days_before(3, 15, 24, 33), channel="email", direction="outbound")
    sponsor = factories.ContactFactory(
        account=made["Led"], name="Ada Sponsor", level="director", left_on=days_before(70)[0]
    )
    for touch in factories.touches_on(made["Led"], *days_before(*range(80, 400, 9))):
        touch.contacts.add(sponsor)
    factories.touches_on(made["Led"], *days_before(*range(2, 75, 9)))
    made["Agreed"].agreed_cadence_days = 14
    made["Agreed"].save()
    factories.touches_on(made["Agreed"], *days_before(*range(5, 400, 30)))
    factories.touches_on(made["Silent"], *days_before(*range(40, 400, 7)))
    Account.objects.update(updated_at=as_of - dt.timedelta(days=1))
    run_now(kind="manual", as_of=as_of)
    return made


def health_of(account: Account) -> AccountHealth:
    return AccountHealth.objects.select_related("model_version").get(account=account)


def signals_of(account: Account) -> list[str]:
    return [one["signal"] for one in health_of(account).signals]


def test_signals_are_stored_with_the_score_and_make_the_account_drift(book: dict[str, Account]) -> None:
    assert {name: health_of(account).main_signal for name, account in book.items()} == {
        "Steady": "",
        "Unanswered": "unanswered",
        "Led": "sponsor_left",
        "Agreed": "cadence_missed",
        "Silent": "",
        "Empty": "",
    }
    assert health_of(book["Led"]).band == health_of(book["Agreed"]).band == Band.DRIFTING
    assert health_of(book["Steady"]).signals == []


def test_contributions_of_every_account_add_up_to_its_health(book: dict[str, Account]) -> None:
    scored = AccountHealth.objects.exclude(health_score=None)
    assert scored.count() == 5
    for health in scored:
        points = [getattr(health, name.attname) for name in health._meta.fields if name.attname.startswith("points_")]
        assert health.reference_health + sum(points) == pytest.approx(health.health_score, abs=1e-9)


def test_row_and_page_give_the_same_reason(book: dict[str, Account]) -> None:
    health = health_of(book["Agreed"])
    reason = "Agreed every 14 days, lately every 30 days"
    assert words_for_row(health, today=MONDAY).reason == reason
    sentence = "A touch every 14 days is agreed; lately it is one every 30 days."
    assert sentence in explain_score(health, today=MONDAY).notes
    assert [row.sentence for row in reasons_of(health, today=MONDAY).signals] == [sentence]


def test_the_whole_points_that_are_shown_add_up(book: dict[str, Account]) -> None:
    for name in ("Steady", "Unanswered", "Led", "Agreed", "Silent"):
        reasons = reasons_of(health_of(book[name]), today=MONDAY)
        total = sum(row.told.whole_points for row in reasons.steps)
        assert round(reasons.reference_health) + total == round(reasons.health)
        assert reasons.sum_words.endswith(f"= {round(reasons.health)}")


def test_unanswered_days_are_named_one_by_one(book: dict[str, Account]) -> None:
    row = reasons_of(health_of(book["Unanswered"]), today=MONDAY).signals[0]
    assert row.touches == "4 touches: 13, 22, 31 May, 12 Jun"
    behind = evidence_touches(health_of(book["Unanswered"]), "unanswered")
    assert set(behind.values_list("direction", flat=True)) == {"outbound"}


def test_the_evidence_of_the_sponsor_is_the_touches_with_that_person(book: dict[str, Account]) -> None:
    behind = evidence_touches(health_of(book["Led"]), "sponsor_left")
    assert behind.count() == Touchpoint.objects.filter(contacts__name="Ada Sponsor").count() == 36


def test_the_open_silence_rests_on_the_last_touch(book: dict[str, Account]) -> None:
    behind = evidence_touches(health_of(book["Steady"]), "silence")
    assert [touch.occurred_at.date() for touch in behind] == days_before(3)


def test_what_a_score_does_not_show_has_no_evidence(book: dict[str, Account]) -> None:
    assert not evidence_touches(health_of(book["Steady"]), "unanswered").exists()
    assert not evidence_touches(health_of(book["Steady"]), "calibration").exists()
    assert not any(evidence_touches(health_of(book["Empty"]), name).exists() for name in NAMES)


def test_the_timeline_narrows_to_the_touches_behind_a_reason(book: dict[str, Account], client: Client, alice) -> None:
    client.force_login(alice)
    page = client.get(f"/accounts/{book['Unanswered'].pk}/?because=unanswered")
    assert len(page.context["lines"]) == 4
    assert "Only the touches behind “Unanswered”." in page.content.decode()


def test_the_account_page_shows_the_sum_the_signals_and_what_would_clear_them(
    book: dict[str, Account], client: Client, alice
) -> None:
    client.force_login(alice)
    page = client.get(f"/accounts/{book['Led'].pk}/").content.decode()
    assert "Ada Sponsor, the director or executive whom we met most, left on 6 Apr" in page
    assert "Typical account" in page
    assert "After a live talk today it would still be Drifting" in page


def test_a_touch_today_clears_a_silence_and_says_so(book: dict[str, Account]) -> None:
    silent = health_of(book["Silent"])
    promised = reasons_of(silent, today=MONDAY).clearing
    factories.touches_on(book["Silent"], MONDAY)
    run_now(kind="manual", as_of=dt.datetime(2026, 6, 15, 18, tzinfo=dt.UTC))
    after = health_of(book["Silent"])
    assert round(after.health_score) == int(promised.split("health ")[1].split(":")[0].rstrip("."))
    assert after.get_band_display() in promised


def test_what_is_well_has_nothing_to_clear(book: dict[str, Account]) -> None:
    assert reasons_of(health_of(book["Steady"]), today=MONDAY).clearing == ""
    assert reasons_of(health_of(book["Empty"]), today=MONDAY) is None


FIGURES = (
    "band", "health_score", "risk", "normal", "gone", "horizon_days", "usual_gap_days", "touch_days", "last_touch_on",
    "last_client_touch_on", "client_normal", "alarm_since_on", "alarm_series", "is_slowing", "slowing_since_on",
    "main_signal", "reference_health", "points_silence", "points_rhythm", "points_slowing",
    "points_activity", "points_history", "points_calibration", "held_since_on", "due_on",
)  # fmt: skip


def figures_of(health: AccountHealth) -> dict[str, object]:
    return {name: getattr(health, name) for name in FIGURES}


def test_as_of_yesterday_is_what_was_stored_yesterday(book: dict[str, Account], alice, as_of: dt.datetime) -> None:
    pause_account(account=book["Steady"], author=alice, reason="Shutdown", starts_on=MONDAY, ends_on=MONDAY, now=as_of)
    run_now(kind="manual", as_of=as_of)
    stored = {name: health_of(account) for name, account in book.items()}
    for account in book.values():
        factories.touches_on(account, MONDAY + dt.timedelta(days=1))
    for name in ("Steady", "Unanswered", "Led", "Agreed", "Silent"):
        again = account_on(book[name].pk, MONDAY)
        assert figures_of(again) == pytest.approx(figures_of(stored[name]), abs=1e-9), name
        assert again.signals == stored[name].signals


def test_the_past_knows_signals_too_so_that_the_first_day_is_no_change(book: dict[str, Account]) -> None:
    assert not BandChange.objects.filter(changed_on=MONDAY).exists()
    last_week = HealthDay.objects.filter(account=book["Led"], day=MONDAY - dt.timedelta(days=1)).get()
    assert last_week.band == Band.DRIFTING


def test_a_contact_who_is_said_to_have_left_makes_the_score_stale(book: dict[str, Account], as_of: dt.datetime) -> None:
    sponsor = Contact.objects.get(name="Ada Sponsor")
    sponsor.left_on = None
    save_contact(contact=sponsor)
    assert book["Led"].pk in stale_accounts(today=MONDAY, now=as_of, model_id=None, limit=10)
    run_now(kind="manual", as_of=as_of)
    assert "sponsor_left" not in signals_of(book["Led"])


def test_a_signal_that_ends_leaves_the_score(book: dict[str, Account]) -> None:
    factories.touches_on(book["Unanswered"], MONDAY)
    run_now(kind="manual", as_of=dt.datetime(2026, 6, 15, 18, tzinfo=dt.UTC))
    assert "unanswered" not in signals_of(book["Unanswered"])


def test_the_command_prints_factors_signals_contributions_and_the_way_out(book: dict[str, Account]) -> None:
    out = StringIO()
    call_command("explain", "Led", "--as-of", "2026-06-15", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert [one["step"] for one in answer["contributions"]] == [
        "silence", "rhythm", "slowing", "activity", "history", "calibration",
    ]  # fmt: skip
    total = answer["reference_health"] + sum(one["points"] for one in answer["contributions"])
    assert total == pytest.approx(answer["health_score"], abs=1e-9)
    assert answer["signals"][0]["signal"] == "sponsor_left"
    assert len(answer["signals"][0]["touch_ids"]) == 36
    assert answer["what_would_clear_it"].startswith("After a live talk today it would still be Drifting")


@pytest.mark.parametrize("name", ["Led", "Unanswered", "Silent"])
def test_each_reason_names_the_touches_that_the_page_opens(book: dict[str, Account], name: str) -> None:
    health = health_of(book[name])
    plain = as_plain(reasons_of(health, today=MONDAY), health)
    told = {one["step"]: one for one in plain["contributions"]} | {one["signal"]: one for one in plain["signals"]}
    opened = {
        reason: [touch.pk for touch in evidence_touches(health, reason).order_by("occurred_at", "pk")]
        for reason in told
    }
    assert {reason: one["touch_ids"] for reason, one in told.items()} == opened
    assert {reason: len(ids) for reason, ids in opened.items()} == {
        reason: one["touches"]["count"] if one["touches"] else 0 for reason, one in told.items()
    }
    assert told["silence"]["touch_ids"] == opened["rhythm"][-1:]
    assert told["calibration"]["touch_ids"] == []


def test_of_very_many_touches_the_newest_are_named_and_the_others_counted(
    book: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    health = health_of(book["Led"])
    reasons = reasons_of(health, today=MONDAY)
    whole = as_plain(reasons, health)["contributions"][1]
    monkeypatch.setattr("health.reasons.MOST_IDS", 5)
    cut = as_plain(reasons, health)["contributions"][1]
    assert cut["touch_ids"] == whole["touch_ids"][-5:]
    assert (whole["touch_ids_left_out"], cut["touch_ids_left_out"]) == (0, len(whole["touch_ids"]) - 5)
    assert cut["touches"] == whole["touches"]


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (None, "no touches"),
        (Evidence("x", 0, None, None), "no touches"),
        (Evidence("x", 1, MONDAY, MONDAY), "1 touch, 15 Jun"),
        (Evidence("x", 9, MONDAY - dt.timedelta(days=40), MONDAY), "9 touches, 6 May to 15 Jun"),
        (
            Evidence("x", 2, MONDAY - dt.timedelta(days=20), MONDAY, (MONDAY - dt.timedelta(days=20), MONDAY)),
            "2 touches: 26 May, 15 Jun",
        ),
    ],
)
def test_touches_in_words(evidence: Evidence | None, words: str) -> None:
    assert spell_evidence(evidence, MONDAY) == words


def test_bars_lie_on_the_narrowest_scale_of_round_marks() -> None:
    scale = Scale.around([97.1, 95.0, 98.5])
    assert (scale.low, scale.high) == (90, 100)
    bar = scale.bar(97.0, 95.0)
    assert (bar.start, bar.width, bar.is_gain) == (pytest.approx(50), pytest.approx(20), False)
    assert scale.bar(98.0, 98.0).width > 0
    assert Scale.around([100.0, 100.0]) == Scale(90, 100)
    assert Scale.around([-20.0, 104.0]) == Scale(0, 100)
