"""App config."""

from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "memberships.tiers"
    label = "tiers"
    verbose_name = "Memberships: tiers"

    def ready(self) -> None:
        from communities.members.paying_in import register_way_in
        from communities.ui.navigation import register
        from memberships.tiers.gifts import settle_gifts
        from memberships.tiers.grants import register_follower
        from memberships.tiers.navigation import entries
        from memberships.tiers.offers import way_in

        register(entries, order=25)
        register_way_in(way_in)
        register_follower(settle_gifts)
