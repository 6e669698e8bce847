"""Signing in to the demo as one of its people, without a password; outside the demo none of this exists.

It stands here because it joins accounts, which know nothing of the demo, with the people of the demo portfolio.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.views.signing_in import wanted_page
from touchpoints.demo.personas import DEMO_PERSONAS, DemoPersona


def offered_personas() -> tuple[DemoPersona, ...]:
    """Return whom a visitor may be: nobody outside the demo."""
    return DEMO_PERSONAS if settings.HARK_DEMO else ()


@login_not_required
@never_cache
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as the person of the demo named by `email`.

    Raises Http404 outside the demo, for anybody who is not one of its personas, and before the portfolio is loaded.
    """
    email = request.POST.get("email", "")
    if email not in {persona.email for persona in offered_personas()}:
        raise Http404("There is no such person in the demo.")
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        raise Http404("The demo portfolio is not loaded yet.")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(wanted_page(request))
