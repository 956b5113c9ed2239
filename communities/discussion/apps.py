"""App config."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscussionConfig(AppConfig):
    name = "communities.discussion"
    label = "discussion"
    verbose_name = "Communities: discussion"

    def ready(self) -> None:
        from communities.access.things import register_things
        from communities.access.words import register_findable
        from communities.discussion import room_notices
        from communities.discussion.actions import note_reaction, touch, touch_by_id
        from communities.discussion.attached import PARENT, files_with
        from communities.discussion.finding import MESSAGES
        from communities.discussion.models import Message, Room
        from communities.discussion.navigation import entries
        from communities.discussion.notices import TOLD
        from communities.discussion.person import part_of
        from communities.discussion.telling import ROOMS
        from communities.discussion.things import messages_as_things, rooms_as_things, text_of
        from communities.embeds.kinds import register_previewed
        from communities.files.parents import register_parent
        from communities.live.topics import register_topic
        from communities.members.person_parts import Part, register_part
        from communities.notifications.kinds import register_kinds
        from communities.reactions.changes import register_listener
        from communities.safety.subjects import Subject, register_subject
        from communities.spaces.modules import register_module
        from communities.ui.navigation import register

        register_things(Room.KIND, rooms_as_things)
        register_things(Message.KIND, messages_as_things)
        register_parent(PARENT)
        register_subject(Subject(Message.KIND, Message, _("message"), text_of, touch, files=files_with))
        register_listener(note_reaction)
        register_topic(ROOMS)
        register_previewed(Message.KIND, touch_by_id)
        register_findable(MESSAGES, order=30)
        register(entries, order=15)
        register_kinds(*room_notices.TOLD, *TOLD)
        register_part(Part("discussion/_write_to.html", part_of, order=20))
        register_module("messages", _("Messages"), _("People write to each other, two or a few; nobody else reads it."))
        register_module("rooms", _("Rooms"), _("Conversations that go on, as fast as people type."))
