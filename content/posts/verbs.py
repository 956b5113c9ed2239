"""What posts announce."""

from django.utils.translation import gettext_lazy as _

from communities.activity.registry import Verb, declare

declare(
    Verb("post.published", _("{actor} published {object}"), weight=5),
    Verb("post.opened", _("{object} opened to more people")),
    Verb("post.edited", _("{actor} edited {object}"), audience="team"),
    Verb("post.unpublished", _("{actor} took {object} back to the drafts"), audience="team"),
    Verb("post.removed", _("{actor} removed {object}"), audience="team"),
    Verb("posts.imported", _("{actor} brought an archive"), audience="team"),
)
