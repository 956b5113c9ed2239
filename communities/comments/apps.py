"""App config."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "communities.comments"
    label = "comments"
    verbose_name = "Communities: comments"

    def ready(self) -> None:
        from communities.access.things import register_things
        from communities.access.words import register_findable
        from communities.comments.actions import follow_state, note_reaction, touch_by_id
        from communities.comments.finding import COMMENTS
        from communities.comments.models import Comment
        from communities.comments.muting import THREAD, named_threads
        from communities.comments.recent import comments_of, last_words
        from communities.comments.things import comments_as_things, text_of
        from communities.embeds.kinds import register_previewed
        from communities.people.recent import register_activity, register_last_words
        from communities.reactions.changes import register_listener
        from communities.safety.own import register_muted
        from communities.safety.subjects import Subject, register_subject

        register_things(Comment.KIND, comments_as_things)
        register_previewed(Comment.KIND, touch_by_id)
        register_subject(Subject(Comment.KIND, Comment, _("comment"), text_of, follow_state))
        register_listener(note_reaction)
        register_findable(COMMENTS, order=20)
        register_muted(THREAD, named_threads)
        register_activity(Comment.KIND, comments_of)
        register_last_words(Comment.KIND, last_words)
