"""What the sign-in page needs to know of the demo."""

from __future__ import annotations

from django import template

from config.demo import offered_personas
from touchpoints.demo.personas import DemoPersona

register = template.Library()


@register.simple_tag
def demo_personas() -> tuple[DemoPersona, ...]:
    """Return the people whom a visitor may sign in as; none outside the demo."""
    return offered_personas()
