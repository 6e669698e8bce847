"""The people at a client: names of their culture, titles of their trade, levels that fit the size of the firm."""

from __future__ import annotations

from touchpoints.demo.cultures import CULTURES, Culture
from touchpoints.demo.dice import Dice
from touchpoints.demo.industries import INDUSTRIES
from touchpoints.demo.names import Firm, ascii_slug
from touchpoints.demo.records import DemoContact

_HOW_MANY = {"Enterprise": (5, 8), "Mid-market": (3, 5), "Small business": (1, 3)}
_LEVELS = ("manager", "director", "analyst", "executive", "manager", "analyst", "director", "analyst")
_SMALL_LEVELS = ("executive", "manager", "analyst")
_ONE_OF_RANK = ("director", "manager", "analyst", "manager", "analyst", "manager", "analyst", "analyst")


def cast_contacts(
    account_id: str, firm: Firm, segment: str, dice: Dice, *, is_led_by_one: bool = False
) -> list[DemoContact]:
    """The contacts of one firm, the one we deal with most first. No two share a first or a last name.

    ``is_led_by_one``: the first is a director and all others stand below, so that the first can be missed.
    """
    culture, industry = CULTURES[firm.culture], INDUSTRIES[firm.industry]
    count = dice.whole(*_HOW_MANY[segment])
    firsts, lasts = dice.several(culture.first_names, count), dice.several(culture.last_names, count)
    levels = _SMALL_LEVELS if segment == "Small business" else _LEVELS
    levels = _ONE_OF_RANK if is_led_by_one else levels
    contacts = []
    titles_used: set[str] = set()
    for place, (first, last) in enumerate(zip(firsts, lasts, strict=False)):
        level = levels[place]
        free = [title for title in industry.titles[level] if title not in titles_used]
        title = dice.pick(free or industry.titles[level])
        titles_used.add(title)
        contacts.append(
            DemoContact(
                external_id=f"{account_id}-C{place + 1}",
                name=_written_name(culture, first[0], last[0]),
                short_name=f"{last[1]}{culture.honorific}" if culture.honorific else first[1],
                email=f"{ascii_slug(first[1], '')}.{ascii_slug(last[1], '')}@{firm.domain}.example",
                title=title,
                level=level,
                left_on=None,
            )
        )
    return contacts


def _written_name(culture: Culture, first: str, last: str) -> str:
    return f"{last} {first}" if culture.family_name_first else f"{first} {last}"
