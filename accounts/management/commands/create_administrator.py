"""`manage.py create_administrator`: the first person, who then makes all others in the browser."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import Role, User
from accounts.services import create_administrator


class Command(BaseCommand):
    """Ask for what is not given, then create an administrator unless somebody signs in with the address already."""

    help = "Create an administrator, who can sign in and create everybody else. Asks for what is not given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", help="the address to sign in with")
        parser.add_argument("--name", help="the full name")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of the input"
        )

    def handle(self, *args: Any, email: str | None, name: str | None, password_stdin: bool, **options: Any) -> None:
        email = _checked_email(email or _ask("E-mail address: ", "--email"))
        known = User.objects.filter(email__iexact=email).first()
        if known is not None:
            self._say_known(known)
            return
        name = name or _ask("Full name: ", "--name")
        password = _read_password() if password_stdin else _ask_password()
        try:
            validate_password(password, User(email=email, full_name=name))
            created = create_administrator(email=email, full_name=name, password=password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if not created.is_new:
            self._say_known(created.user)
            return
        self.stdout.write(self.style.SUCCESS(f"{created.user.full_name} can now sign in with {created.user.email}."))

    def _say_known(self, known: User) -> None:
        words = f"{known.full_name} signs in with {known.email} already"
        if known.role != Role.ADMINISTRATOR or not known.is_active:
            state = known.get_role_display().lower() if known.is_active else "inactive"
            raise CommandError(f"{words}, but is no active administrator ({state}). Give another address.")
        self.stdout.write(f"{words} as an administrator; nothing was changed.")


def _ask(prompt: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"Nobody can be asked here: give {option}, and --password-stdin for the password.")
    answer = ""
    while not answer:
        answer = input(prompt).strip()
    return answer


def _ask_password() -> str:
    if not sys.stdin.isatty():
        raise CommandError("Nobody can be asked here: give --password-stdin and write the password to the input.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Password, once more: ") != first:
        raise CommandError("The two passwords differ; nothing was created.")
    return first


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("The input is empty: write the password to it, on one line.")
    return password


def _checked_email(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"“{email}” is not an e-mail address; write it like ada@example.com.") from error
    return email
