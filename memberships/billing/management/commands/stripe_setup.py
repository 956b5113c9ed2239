"""`manage.py stripe_setup`: tiers and prices, the portal, and whether messages have an endpoint; safe to run again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from memberships.billing import errors, gateway
from memberships.billing.catalogue import push_all
from memberships.billing.inbox import HEARD
from memberships.billing.portal import ensure_configuration


class Command(BaseCommand):
    help = "Brings tiers, prices and the portal to Stripe, and makes the webhook endpoint where there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"{push_all()} prices are at Stripe")
            self.stdout.write(f"portal {ensure_configuration(mend=True)}")
            self.endpoint(f"{settings.SITE_URL}/stripe/webhook/")
        except errors.GatewayError as problem:
            raise CommandError(f"Stripe said: {problem}") from problem

    def endpoint(self, url: str) -> None:
        for one in gateway.list_endpoints({"limit": 100}).items:
            if one["url"] == url:
                if one["status"] != "enabled" or set(one["enabled_events"]) != set(HEARD):
                    gateway.update_endpoint(one["id"], {"enabled_events": sorted(HEARD), "disabled": False})
                    self.stdout.write(f"messages go to {url}: it sends exactly what is used again")
                    return
                self.stdout.write(f"messages go to {url}")
                return
        made = gateway.create_endpoint({"url": url, "enabled_events": sorted(HEARD)}, key=f"endpoint:{url}")
        self.stdout.write(f"messages go to {url} now; set STRIPE_WEBHOOK_SECRET={made['secret']} and start again")
