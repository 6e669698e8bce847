"""The accounts behind a mark of a portfolio chart, by the expressions that the marks are counted by."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Floor, Least

from config.days import day_start
from health.drills import RISK_STEPS, Drill
from health.models import AccountHealth, HealthDay
from health.models.touch_months import ANY_CHANNEL
from health.touch_months import CHANNELS_OF, month_after
from touchpoints.models import Touchpoint

#: The step of five points that a risk lies in, 0 to 19; marks and lists count it by the same arithmetic.
RISK_STEP: Final = Least(Cast(Floor(F("risk") * RISK_STEPS), IntegerField()), Value(RISK_STEPS - 1))


def narrowed_by(found: QuerySet[AccountHealth], drill: Drill) -> QuerySet[AccountHealth]:
    """Narrow scores to those that `drill` stands for."""
    if drill.stood_on is not None:
        stood = HealthDay.objects.filter(day=drill.stood_on, band=drill.stood)
        found = found.filter(pk__in=stood.values("account_id"))
    if drill.renews_from is not None and drill.renews_to is not None:
        found = found.filter(renewal_on__range=(drill.renews_from, drill.renews_to))
    if drill.risk_step is not None:
        found = found.annotate(risk_step=RISK_STEP).filter(risk_step=drill.risk_step)
    if drill.month is not None:
        found = found.filter(Exists(_touches_in(drill.month, drill.touched)))
    if drill.unheard is not None:
        found = found.filter(feed_stop__source=drill.unheard)
    return found


def _touches_in(month: dt.date, family: str) -> QuerySet[Touchpoint, Any]:
    touches = Touchpoint.objects.filter(
        account=OuterRef("pk"),
        counts=True,
        occurred_at__gte=day_start(month),
        occurred_at__lt=day_start(month_after(month)),
    ).order_by()
    return touches if family == ANY_CHANNEL else touches.filter(channel__in=CHANNELS_OF[family])
