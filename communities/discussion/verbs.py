"""What rooms announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("room.saved", _("{actor} changed the room {object}"), audience="team"),
    Verb("room.closed", _("{actor} closed the room {object}"), audience="team"),
    Verb("message.written", _("{actor} wrote in {object}"), weight=1),
    Verb("message.mentioned", _("{actor} called you in {object}")),
    Verb("message.edited", _("{actor} edited {object}"), audience="team"),
    Verb("message.removed", _("{actor} removed {object}"), audience="team"),
)
