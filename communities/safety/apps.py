"""App config."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "communities.safety"
    label = "safety"
    verbose_name = "Communities: safety"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from communities.access.pace import register_pace
        from communities.access.rules import register_kind
        from communities.access.texts import register_text_gate
        from communities.files.models import REPORTED
        from communities.files.parents import register_parent
        from communities.members.models import Member
        from communities.members.person_parts import Part, register_part
        from communities.safety.limits import keep, text_gate
        from communities.safety.navigation import entries, mine
        from communities.safety.person import part_of
        from communities.safety.reported_files import PARENT, sight_of_reported
        from communities.safety.subjects import Subject, register_subject
        from communities.ui.navigation import register
        from communities.ui.panels import Panel, register_panel

        register_text_gate(text_gate)
        register_pace(keep)
        register_kind(REPORTED, sight_of_reported)
        register_parent(PARENT)
        register_subject(
            Subject("member", Member, _("profile"), lambda seat: f"{seat.user} @{seat.user.handle}", hides=False)
        )
        register_part(Part("safety/_person.html", part_of, order=90))
        register(entries, order=40)
        register_panel(Panel("safety/_mine.html", mine, order=80))
