"""What is chosen about the walk, not measured."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

#: Budgets of false alarms per account and year whose effect is computed, the range that people may choose from.
BUDGETS = tuple(quarters / 4 for quarters in range(1, 25))


@dataclass(frozen=True)
class TrustSettings:
    """The constants of the walk and of its outcomes. Units are in the names."""

    months: int = 12
    review_step_days: int = 7
    #: the model is fitted anew after this many reviews
    refit_reviews: int = 4
    #: accounts beyond this many are left out; which ones depends on their ids alone
    max_accounts: int = 3000
    #: the walk begins when so many accounts could be judged for so many days
    min_accounts: int = 10
    lead_in_days: int = 91
    min_reviews: int = 13
    #: a silence counts as lost after its own horizon, and after this many days at least
    lost_min_days: int = 90
    #: what a manager who did not say otherwise can look after at a time
    capacity: int = 8
    #: the least account value that a surprise can take off a place in the list, see ``order_of_list``
    least_normal: float = 0.02
    #: below this many cases a share says more about chance than about the score
    small_cell: int = 5
    seed: int = 20_250_101

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"{field.name} must be positive, got {getattr(self, field.name)!r}")

    @property
    def reviews(self) -> int:
        """Number of steps from the first review to the last."""
        return round(self.months * 365.25 / 12 / self.review_step_days)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """From ``to_dict``; settings that did not exist then take defaults."""
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name in data})
