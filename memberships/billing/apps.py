"""App config: tells tiers where one buys and what came in."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "memberships.billing"
    label = "billing"
    verbose_name = "Memberships: billing"

    def ready(self) -> None:
        from communities.members.parting import Parting, register_parting
        from communities.notifications.kinds import register_kinds
        from communities.ui.navigation import register
        from communities.ui.panels import Panel, register_panel
        from memberships.billing import parting
        from memberships.billing.income import income
        from memberships.billing.money_page import panel
        from memberships.billing.navigation import entries
        from memberships.billing.notices import TOLD
        from memberships.billing.selling import door, is_on
        from memberships.billing.terms import terms
        from memberships.tiers.offers import register_door, register_income
        from memberships.tiers.terms import register_terms

        register_door(door, is_open=is_on)
        register_terms(terms)
        register_income(income)
        register_kinds(*TOLD)
        register(entries, order=26)
        register_parting(Parting(parting.words, parting.end))
        register_panel(Panel("billing/_panel.html", panel, order=40))
