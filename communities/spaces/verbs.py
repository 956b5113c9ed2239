"""What spaces announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("community.founded", _("{actor} founded {object}"), audience="team"),
    Verb("community.changed", _("{actor} changed {object}"), audience="team"),
    Verb("space.saved", _("{actor} changed the space {object}"), audience="team"),
    Verb("rung.named", _("{actor} changed a step of {object}"), audience="team"),
)
