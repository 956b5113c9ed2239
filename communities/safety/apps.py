"""App config."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "communities.safety"
    label = "safety"
    verbose_name = "Communities: safety"

    def ready(self) -> None:
        from communities.access.texts import register_text_gate
        from communities.safety.limits import text_gate

        register_text_gate(text_gate)
