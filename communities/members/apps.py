"""App config."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "communities.members"
    label = "members"
    verbose_name = "Communities: members"

    def ready(self) -> None:
        from communities.access.rules import register_kind
        from communities.access.things import register_things
        from communities.access.viewer import register_loader
        from communities.access.words import register_findable
        from communities.files.models import PERSON
        from communities.live.topics import register_topic
        from communities.members import finding
        from communities.members.held import held_names
        from communities.members.here import TEAM
        from communities.members.knowing import look_again, person_sight
        from communities.members.loading import community_sight, load
        from communities.members.navigation import entries, mine
        from communities.members.things import members_as_things
        from communities.people.looks import protect
        from communities.people.profile import register_place
        from communities.ui.navigation import register
        from communities.ui.panels import Panel, register_panel

        protect(held_names)
        register(entries, order=30)
        register_panel(Panel("members/_mine.html", mine))
        register_loader(load)
        register_kind("community", community_sight)
        register_things("member", members_as_things)
        register_topic(TEAM)
        register_kind(PERSON, person_sight)
        register_place(look_again)
        register_findable(finding.PEOPLE, order=40)
        register_place(finding.look_again)
