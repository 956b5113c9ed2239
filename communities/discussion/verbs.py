"""What rooms announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("room.saved", _("{actor} changed the room {object}"), audience="team"),
    Verb("room.closed", _("{actor} closed the room {object}"), audience="team"),
    Verb("room.tuned", _("{actor} chose what they hear of {object}"), audience="actor"),
    Verb("message.written", _("{actor} wrote in {object}"), weight=1),
    Verb("direct.begun", _("{actor} began a conversation"), audience="actor"),
    Verb("direct.written", _("{actor} wrote to somebody"), audience="actor"),
    Verb("direct.left", _("{actor} left a conversation"), audience="actor"),
    Verb("message.mentioned", _("{actor} called you in {object}")),
    Verb("message.edited", _("{actor} edited {object}"), audience="team"),
    Verb("message.moved", _("{actor} moved {object} to another topic"), audience="team"),
    Verb("topic.started", _("{actor} started the topic {object}")),
    Verb("topic.renamed", _("{actor} called the topic {object} otherwise"), audience="team"),
    Verb("message.removed", _("{actor} removed {object}"), audience="team"),
)
