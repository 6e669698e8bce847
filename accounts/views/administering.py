"""What only administrators may open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.access import can_administer
from config.http import HtmxHttpRequest

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HtmxHttpRequest, Parameters], HttpResponse]


def for_administrators(view: View[Parameters]) -> View[Parameters]:
    """Let administrators in; everybody else is told whom to ask."""

    @wraps(view)
    def guarded(request: HtmxHttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        if not can_administer(request.user):
            raise PermissionDenied("Administrators manage this. Ask one of them.")
        return view(request, *args, **kwargs)

    return guarded
