"""Reading touches for whoever may change them."""

from __future__ import annotations

from typing import Final

from django.db.models.functions import Lower
from django.http import Http404

from accounts.access import account_for, accounts_writable_by
from accounts.models import Account, AccountStatus, User
from touchpoints.models import TouchEdit, Touchpoint

MOST_OFFERED: Final = 12


def touch_to_change(user: User, pk: int, *, is_deleted: bool = False) -> Touchpoint:
    """Return touch `pk` with its account, source and people, for changing it.

    `is_deleted`: a touch that was deleted is returned too. Raises Http404 when there is none that `user` may see, and
    PermissionDenied when its account may only be read.
    """
    touches = Touchpoint.objects.all() if is_deleted else Touchpoint.objects.shown()
    touch = touches.select_related("source", "author").filter(pk=pk).first()
    if touch is None:
        raise Http404("There is no such touch, or it was deleted.")
    touch.account = account_for(user, touch.account_id, write=True)
    return touch


def edit_to_undo(user: User, pk: int) -> TouchEdit:
    """Return change `pk` of a touch, with the touch and its account; the rules of `touch_to_change` hold."""
    edit = TouchEdit.objects.filter(pk=pk).first()
    if edit is None:
        raise Http404("There is no such change of a touch.")
    edit.touch = touch_to_change(user, edit.touch_id, is_deleted=True)
    return edit


def accounts_to_log_for(user: User, text: str) -> list[Account]:
    """Return the first accounts that `user` may log touches for and whose name holds `text`; the own ones first."""
    accounts = accounts_writable_by(user).filter(status=AccountStatus.ACTIVE).select_related("owner")
    if text:
        accounts = accounts.filter(name__icontains=text)
    accounts = accounts.order_by(Lower("name"), "pk")  # as its index is, so that the first ones are found at once
    found = list(accounts.filter(owner=user.pk)[: MOST_OFFERED + 1])
    others = accounts.exclude(owner=user.pk)[: MOST_OFFERED + 1 - len(found)]
    return found + list(others)
