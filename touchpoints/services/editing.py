"""What a touch said before it was changed by hand, kept with the reason, so that a change can be taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import transaction

from accounts.models import Contact, User
from touchpoints.models import TouchEdit, Touchpoint
from touchpoints.services.telling import tell_activity

_FIELDS: Final = ("channel", "direction", "outcome", "subject", "body", "is_edited")


def values_of(touch: Touchpoint) -> dict[str, Any]:
    """Return what a person can change of a touch, as plain values; people by number."""
    return {
        "occurred_at": touch.occurred_at.astimezone(dt.UTC).isoformat(),
        **{name: getattr(touch, name) for name in _FIELDS},
        "contacts": sorted(touch.contacts.values_list("pk", flat=True)),
        "colleagues": sorted(touch.colleagues.values_list("pk", flat=True)),
    }


def record_edit(
    *, touch: Touchpoint, before: dict[str, Any], by: User, reason: str, now: dt.datetime
) -> TouchEdit | None:
    """Keep what `touch` said before it was changed; None when nothing a reader sees was changed."""
    after = values_of(touch)
    changed = {name: value for name, value in before.items() if after[name] != value}
    if not changed.keys() - {"is_edited"}:
        return None
    return TouchEdit.objects.create(
        touch=touch, edited_by=by, edited_at=now, reason=reason.strip()[:200], before=changed
    )


@transaction.atomic
def undo_edit(*, edit: TouchEdit, now: dt.datetime) -> Touchpoint:
    """Take back the latest change of a touch.

    Raises ValueError when it was changed again since, or was deleted.
    """
    touch = Touchpoint.objects.select_for_update().get(pk=edit.touch_id)
    latest = touch.edits.first()
    if touch.deleted_at is not None or latest is None or latest.pk != edit.pk:
        raise ValueError("edit: the touch was changed again in the meantime")
    for name in edit.before.keys() & {*_FIELDS}:
        setattr(touch, name, edit.before[name])
    if "occurred_at" in edit.before:
        touch.occurred_at = dt.datetime.fromisoformat(edit.before["occurred_at"])
    touch.updated_at = now
    touch.save()
    if "contacts" in edit.before:
        touch.contacts.set(Contact.objects.filter(account=touch.account_id, pk__in=edit.before["contacts"]))
    if "colleagues" in edit.before:
        touch.colleagues.set(User.objects.filter(pk__in=edit.before["colleagues"]))
    edit.delete()
    tell_activity(touch.account_id, now=now)
    return touch
