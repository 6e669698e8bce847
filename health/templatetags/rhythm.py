"""`{% rhythm_strip strip %}`: an account's last 180 days as inline SVG."""

from __future__ import annotations

from typing import Any

from django import template

from health.strips import HEIGHT, TODAY_X, WIDTH, Strip

register = template.Library()


@register.inclusion_tag("health/_strip.html")
def rhythm_strip(strip: Strip) -> dict[str, Any]:
    """Draw `strip` (see `health.strips.draw_strip`)."""
    return {"strip": strip, "width": WIDTH, "height": HEIGHT, "today_x": TODAY_X}
