"""Checks of parameters that name what is wrong."""

import math


def check_positive(owner: object, *names: str) -> None:
    """ValueError naming the first of these attributes of ``owner`` that is not a positive finite number."""
    for name in names:
        value = getattr(owner, name)
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a positive finite number, got {value!r}")
