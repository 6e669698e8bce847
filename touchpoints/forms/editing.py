"""What people fill in to change a touch that is there already: the touch as it should be, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms

from accounts.models import Account, User
from touchpoints.forms.touches import TouchForm
from touchpoints.models import Touchpoint

#: Who logged a touch may put it right for so long without saying why.
OWN_FOR: Final = dt.timedelta(hours=24)


class EditTouchForm(TouchForm):
    """A touch that is changed; a reason is asked for unless it is one's own of the last day."""

    reason = forms.CharField(
        label="Why it is changed",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Such as: the call was a day earlier"}),
    )

    def __init__(
        self, *args: Any, account: Account, user: User, now: dt.datetime, touch: Touchpoint, **kwargs: Any
    ) -> None:
        super().__init__(*args, account=account, user=user, now=now, touch=touch, **kwargs)
        is_own = touch.author_id == user.pk and now - touch.created_at < OWN_FOR
        self.fields["reason"].required = not is_own
        self.fields["reason"].error_messages["required"] = "Say why, so that colleagues can follow."
