"""Which accounts a request is about, where one or many may be picked."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, QueryDict

from accounts.access import accounts_visible_to, can_write
from accounts.models import Account
from config.http import HtmxHttpRequest

MOST_AT_ONCE: Final = 200


def accounts_to_change(request: HtmxHttpRequest) -> list[Account]:
    """Return the accounts named by `ids`.

    Raises BadRequest for ids that are none, Http404 when one is not visible, PermissionDenied when one is read-only.
    """
    data: QueryDict = request.POST if request.method == "POST" else request.GET
    given = data.getlist("ids")
    if not given:
        raise BadRequest("Pick at least one account.")
    if len(given) > MOST_AT_ONCE or not all(one.isascii() and one.isdigit() and len(one) < 19 for one in given):
        raise BadRequest(f"Between 1 and {MOST_AT_ONCE} accounts can be changed at once.")
    ids = {int(one) for one in given}
    accounts = list(accounts_visible_to(request.user).filter(pk__in=ids).select_related("owner", "team"))
    if len(accounts) < len(ids):
        raise Http404("There is no such account, or it is not in your scope.")
    if not all(can_write(request.user, account) for account in accounts):
        raise PermissionDenied("You may read this account but not change it.")
    return accounts
