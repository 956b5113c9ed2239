"""App config."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmbedsConfig(AppConfig):
    name = "communities.embeds"
    label = "embeds"
    verbose_name = "Communities: embeds"

    def ready(self) -> None:
        from communities.embeds.links import MODULE
        from communities.spaces.modules import register_module

        about = _("Below a link: the title of its page and what it is about.")
        register_module(MODULE, _("Link previews"), about, order=10)
