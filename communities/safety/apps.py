"""App config."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "communities.safety"
    label = "safety"
    verbose_name = "Communities: safety"

    def ready(self) -> None:
        from communities.access.texts import register_text_gate
        from communities.safety.limits import text_gate
        from communities.safety.navigation import entries, mine
        from communities.ui.navigation import register
        from communities.ui.panels import Panel, register_panel

        register_text_gate(text_gate)
        register(entries, order=40)
        register_panel(Panel("safety/_mine.html", mine, order=80))
