"""What comments announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("comment.written", _("{actor} wrote {object}"), weight=2),
    Verb("comment.mentioned", _("{actor} mentioned you in {object}")),
    Verb("comment.edited", _("{actor} edited {object}"), audience="team"),
    Verb("comment.removed", _("{actor} removed {object}"), audience="team"),
    Verb("thread.closed", _("{actor} closed the talk under {object}"), audience="team"),
    Verb("thread.reopened", _("{actor} opened the talk under {object} again"), audience="team"),
)
