"""The people a visitor of the demo can be. The sign-in page offers one button for each."""

from __future__ import annotations

from dataclasses import dataclass

from touchpoints.demo.people import person_called

DEMO_PASSWORD = "hark-demo"  # noqa: S105 - public on purpose; these people exist only where HARK_DEMO is on


@dataclass(frozen=True, slots=True)
class DemoPersona:
    """One button: who signs in, what the button says, what they come for."""

    email: str
    full_name: str
    role: str
    label: str
    comes_for: str


def _persona(full_name: str, label: str, comes_for: str) -> DemoPersona:
    person = person_called(full_name)
    return DemoPersona(person.email, person.full_name, person.role, label, comes_for)


DEMO_PERSONAS = (
    _persona("Dana Whitfield", "Account manager", "Who in my book is quiet, and what do I do about it?"),
    _persona("Robert Hale", "Team lead", "How does my team look after its clients?"),
    _persona("Catherine Brandt", "Executive", "How much is at risk, and is it getting better?"),
    _persona("Felix Moreau", "Administrator", "Does the data arrive, and who may see what?"),
)
