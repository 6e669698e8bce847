"""`score`, `explain` and `rebuild_rhythms`: the same answers as the pages, from the shell."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import Account
from config.days import firm_day
from health import tasks
from health.models import AccountHealth, HealthDay, ScoreRun
from health.selectors.models import StoredModel
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(account: Account, model: StoredModel) -> Account:
    """A weekly caller who called yesterday and for two years before, but not for forty days until the day before."""
    today = firm_day(timezone.now())
    factories.touches_on(account, *[today - dt.timedelta(days=n) for n in (1, *range(41, 600, 7))])
    Account.objects.update(external_id="CRM-7", updated_at=timezone.now() - dt.timedelta(days=1))
    return account


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_score_scores_everybody_and_says_what_it_found(caller: Account) -> None:
    assert run("score").startswith("Scored 1 accounts in ")
    assert AccountHealth.objects.get(account=caller).as_of_on == firm_day(timezone.now())


def test_score_through_celery_waits_for_the_run_that_it_opened(
    caller: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.score_portfolio, "delay", tasks.score_portfolio)
    monkeypatch.setattr(tasks.score_shard, "delay", tasks.score_shard)
    assert run("score", "--through-celery", "--wait").startswith("Scored 1 accounts in ")
    assert ScoreRun.objects.get().kind == "manual"


def test_score_without_redis_says_what_to_do_and_leaves_no_run(
    caller: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError("refused")

    monkeypatch.setattr(tasks.score_portfolio, "delay", refuse)
    with pytest.raises(CommandError, match="leave out --through-celery"):
        run("score", "--through-celery")
    assert not ScoreRun.objects.exists()


def test_a_past_day_is_printed_and_nothing_is_written(caller: Account) -> None:
    quiet_day = firm_day(timezone.now()) - dt.timedelta(days=2)
    answer = run("score", "--as-of", quiet_day.isoformat())
    assert "1 accounts with history. 1 silent." in answer
    assert not HealthDay.objects.exists()
    assert not AccountHealth.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--wait",), "--through-celery"),
        (("--as-of", "2999-01-01"), "lies ahead"),
        (("--as-of", "2020-01-01", "--refit"), "only looked at"),
        (("--as-of", "2001-01-01"), "No touch is known"),
        (("--as-of", "1.5.2026"), "write it like"),
    ],
)
def test_score_refuses_in_words(db: None, arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("score", *arguments)


@pytest.mark.parametrize("name", ["Alder & Quill", "alder & quill", "CRM-7", "quill", "pk"])
def test_explain_finds_an_account_by_number_external_id_or_name(caller: Account, name: str) -> None:
    run("score")
    answer = run("explain", str(caller.pk) if name == "pk" else name)
    assert "Alder & Quill: " in answer
    assert "silent for 1 day." in answer


def test_explain_json_carries_the_stored_figures(caller: Account) -> None:
    run("score")
    answer = json.loads(run("explain", "CRM-7", "--json"))
    stored = AccountHealth.objects.get(account=caller)
    assert answer["account"] == "Alder & Quill"
    assert answer["health_score"] == pytest.approx(stored.health_score)
    assert answer["last_touch_on"] == stored.last_touch_on.isoformat()
    assert answer["value_at_risk"] == pytest.approx(float(stored.value_at_risk))


def test_explain_looks_back(caller: Account) -> None:
    quiet_day = firm_day(timezone.now()) - dt.timedelta(days=2)
    answer = json.loads(run("explain", "CRM-7", "--as-of", quiet_day.isoformat(), "--json"))
    assert answer["band"] == "silent"
    assert "silent for 39" in answer["explanation"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("nobody", "There is no account"), ("A", "More than one account"), ("Alder", "not scored yet")],
)
def test_explain_refuses_in_words(caller: Account, name: str, message: str) -> None:
    factories.AccountFactory(name="Acorn")
    with pytest.raises(CommandError, match=message):
        run("explain", name)


def test_rebuild_rhythms_says_how_many_it_wrote(caller: Account) -> None:
    assert "Looked at 1 accounts: 2 rhythms" in run("rebuild_rhythms")
    assert "Looked at 1 accounts: 0 rhythms" in run("rebuild_rhythms")
