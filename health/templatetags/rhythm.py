"""`{% rhythm_strip strip %}`: an account's last 180 days as inline SVG."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from health.strips import Strip, strip_svg

register = template.Library()


@register.simple_tag
def rhythm_strip(strip: Strip) -> SafeString:
    """Draw `strip` (see `health.strips.draw_strip`)."""
    return mark_safe(strip_svg(strip))  # noqa: S308 - numbers, and a label that was escaped
