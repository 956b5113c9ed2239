"""The door for Stripe's messages: who signed it, kept once, answered. The work is the worker's."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from memberships.billing import errors, gateway
from memberships.billing.inbox import take_in

log = logging.getLogger(__name__)
LARGEST = 1024 * 1024
REFUSED = "billing:refused"  # when a message was last turned away, and why


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """200 once it is kept. 400, and nothing kept, for whatever Stripe did not sign in the last five minutes."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return HttpResponse(status=413)
    try:
        event = gateway.verify(
            request.body, request.headers.get("Stripe-Signature", ""), settings.STRIPE_WEBHOOK_SECRETS
        )
    except errors.Forged as problem:
        log.warning("a message that Stripe did not sign: %s", problem)
        cache.set(REFUSED, (timezone.now(), str(problem)), 60 * 60 * 24)  # for whoever looks why nothing comes
        return HttpResponse(status=400)
    take_in(event)
    return HttpResponse(status=200)
