"""What reactions announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(Verb("reaction.given", _("{actor} reacted to {object}"), weight=1))
