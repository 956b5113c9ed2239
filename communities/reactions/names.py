"""What each sign is called, for whoever hears the page instead of seeing it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.reactions.models import EMOJI

NAMES: dict[str, str | Promise] = dict(
    zip(EMOJI, (_("Love"), _("Applause"), _("Laughter"), _("Thinking"), _("Thanks"), _("Celebration")), strict=True)
)
