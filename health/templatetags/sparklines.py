"""`{% sparkline line %}`: a small line in the head of an account."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from health.charts.sparkline import Sparkline, sparkline_svg

register = template.Library()


@register.simple_tag
def sparkline(line: Sparkline) -> SafeString:
    """Draw `line` (see `health.charts.sparkline`)."""
    return mark_safe(sparkline_svg(line))  # noqa: S308 - numbers, and a label that was escaped
