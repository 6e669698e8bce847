"""Our own firm: three teams, who leads them, who looks after clients."""

from __future__ import annotations

from touchpoints.demo.records import DemoPerson, DemoTeam

TEAMS = (DemoTeam("North"), DemoTeam("South"), DemoTeam("Partners"))
SEGMENTS = ("Enterprise", "Mid-market", "Small business")
STAFF_DOMAIN = "hark.example"


def _person(full_name: str, role: str, team: str | None, daily_capacity: int | None = None) -> DemoPerson:
    email = f"{full_name.lower().replace(' ', '.').replace('ö', 'oe')}@{STAFF_DOMAIN}"
    return DemoPerson(email, full_name, role, team, daily_capacity)


PEOPLE = (
    _person("Dana Whitfield", "manager", "North", 8),
    _person("Tom Ashby", "manager", "North"),
    _person("Ingrid Solberg", "manager", "North"),
    _person("Mateo Ferrer", "manager", "South", 6),
    _person("Chiara Lombardi", "manager", "South"),
    _person("Yusuf Demir", "manager", "South"),
    _person("Helen Park", "manager", "Partners"),
    _person("Jonas Köhler", "manager", "Partners", 10),
    _person("Amara Nwosu", "manager", "Partners"),
    _person("Robert Hale", "lead", "North"),
    _person("Lucia Marchetti", "lead", "South"),
    _person("Simon Okafor", "lead", "Partners"),
    _person("Catherine Brandt", "executive", None),
    _person("Felix Moreau", "administrator", None),
)

MANAGERS = tuple(person for person in PEOPLE if person.role == "manager")


def person_called(full_name: str) -> DemoPerson:
    """The person of that name. Raises KeyError when there is none."""
    for person in PEOPLE:
        if person.full_name == full_name:
            return person
    raise KeyError(full_name)


def teammates_of(person: DemoPerson) -> tuple[DemoPerson, ...]:
    """The other account managers of the same team: who covers when somebody is away."""
    return tuple(other for other in MANAGERS if other.team == person.team and other != person)
