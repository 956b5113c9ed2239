"""App config."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PostsConfig(AppConfig):
    name = "content.posts"
    label = "posts"
    verbose_name = "Content: posts"

    def ready(self) -> None:
        from communities.access.things import register_things
        from communities.access.words import register_findable
        from communities.comments.telling import talk_topic
        from communities.live.topics import register_topic
        from communities.notifications.kinds import register_kinds
        from communities.people.recent import register_activity
        from communities.safety.subjects import Subject, register_subject
        from communities.spaces.modules import register_module
        from communities.ui.navigation import register
        from communities.ui.pagecache import register_part
        from content.posts import notices
        from content.posts.finding import POSTS
        from content.posts.models import Post
        from content.posts.navigation import entries
        from content.posts.recent import posts_of
        from content.posts.things import posts_as_things, text_of

        register_things(Post.KIND, posts_as_things)
        register_findable(POSTS, order=10)
        register_activity(Post.KIND, posts_of)
        register_subject(Subject(Post.KIND, Post, _("post"), text_of))
        register_topic(talk_topic(Post))
        register_part("p", Post.KIND)
        register(entries, order=10)
        register_kinds(*notices.TOLD)
        register_module("feeds", _("Feeds"), _("Atom and RSS of what everybody may read."))
