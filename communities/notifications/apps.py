"""App config: the kinds of the apps below, the bell's panel on /me/, and the guard of its mails."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "communities.notifications"
    label = "notifications"
    verbose_name = "Communities: notifications"

    def ready(self) -> None:
        from communities.live.topics import register_topic
        from communities.mail.guards import register_guard
        from communities.notifications import membership, order, talk
        from communities.notifications.kinds import register_kinds
        from communities.notifications.mailing import REF, still_wanted
        from communities.notifications.telling import BELL
        from communities.ui.panels import Panel, register_panel

        register_kinds(*talk.TOLD, *membership.TOLD, *order.TOLD)
        register_guard(REF, still_wanted)
        register_topic(BELL)
        register_panel(Panel("notifications/_panel.html", lambda _request: {}, order=60))
