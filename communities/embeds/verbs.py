"""What previews announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(Verb("preview.removed", _("{actor} took away the preview below {object}"), audience="team"))
