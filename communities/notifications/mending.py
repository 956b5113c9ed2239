"""An address that a mail server refused is confirmed anew: a letter goes there, and its link takes mail up again."""

import time

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from communities.mail.actions import queue_mail
from communities.mail.lists import is_suppressed, lift
from communities.notifications.stopping import token_for_address
from communities.people.models import User

HOUR = 3600


@transaction.atomic
def send_again(user: User) -> bool:
    """At most one letter an hour; False where one went out already, or nothing is to be mended."""
    if not is_suppressed(user.email):
        return False
    url = settings.SITE_URL + reverse("notifications:confirm", args=[token_for_address(user.email)])
    key = f"again:{user.pk}:{int(time.time()) // HOUR}"
    letter = queue_mail(
        to=user.email, kind="address_again", template="address_again", context={"url": url}, user=user, key=key
    )
    return letter is not None


def mend(email: str) -> None:
    """The owner of the address pressed the button in its letter."""
    lift(email)
