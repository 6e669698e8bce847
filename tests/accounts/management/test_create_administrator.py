"""`manage.py create_administrator`, asked and unasked."""

from __future__ import annotations

import getpass
import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "a much longer secret"
ADA = ("--email", "Ada@Firm.example", "--name", "Ada Moss", "--password-stdin")


class Terminal(io.StringIO):
    """An input with a person at it."""

    def isatty(self) -> bool:
        return True


def create(monkeypatch: pytest.MonkeyPatch, typed: str, *options: str) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    out = io.StringIO()
    call_command("create_administrator", *options, stdout=out)
    return out.getvalue()


def test_options_alone_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    said = create(monkeypatch, f"{SECRET}\n", *ADA)
    user = User.objects.get()
    assert said == "Ada Moss can now sign in with Ada@firm.example.\n"
    assert (user.role, user.is_staff, user.check_password(SECRET)) == ("administrator", True, True)


def test_a_second_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, f"{SECRET}\n", *ADA)
    said = create(monkeypatch, "another good secret\n", "--email", "ada@firm.example")
    assert "nothing was changed" in said
    assert User.objects.get().check_password(SECRET)


def test_somebody_with_another_role_is_not_promoted(monkeypatch: pytest.MonkeyPatch, alice: User) -> None:
    with pytest.raises(CommandError, match="no active administrator"):
        create(monkeypatch, f"{SECRET}\n", "--email", alice.email, "--name", "X", "--password-stdin")
    alice.refresh_from_db()
    assert alice.role == "manager"


def test_a_person_at_the_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("ada@firm.example\n\nAda Moss\n"))
    monkeypatch.setattr(getpass, "getpass", lambda prompt: SECRET)
    call_command("create_administrator", stdout=io.StringIO())
    assert User.objects.get().full_name == "Ada Moss"


def test_passwords_that_differ_create_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([SECRET, "something else"])
    monkeypatch.setattr(sys, "stdin", Terminal("ada@firm.example\nAda Moss\n"))
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))
    with pytest.raises(CommandError, match="differ"):
        call_command("create_administrator")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("typed", "options", "words"),
    [
        ("", (), "give --email"),
        ("", ("--email", "a@b.example"), "give --name"),
        ("", ("--email", "a@b.example", "--name", "A"), "give --password-stdin"),
        ("", ADA, "The input is empty"),
        ("short\n", ADA, "too short"),
        (f"{SECRET}\n", ("--email", "nonsense", "--name", "A", "--password-stdin"), "is not an e-mail address"),
        (f"{SECRET}\n", ("--email", "a@b.example", "--name", " ", "--password-stdin"), "Give a name"),
    ],
)
def test_what_is_missing_or_wrong_is_said(
    monkeypatch: pytest.MonkeyPatch, typed: str, options: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        create(monkeypatch, typed, *options)
    assert not User.objects.exists()
