"""The posts on a person's page: what they signed and this viewer may read."""

from django.db.models import Exists, OuterRef, Q

from communities.access.viewer import Viewer
from communities.people.recent import Recent
from content.posts.models import Byline, Post


def posts_of(user_id: int, viewer: Viewer, most: int) -> list[Recent]:
    """By their account where nobody else signed, or with their name among the bylines. One query."""
    bylines = Byline.objects.filter(post=OuterRef("pk"))
    signed = Q(Exists(bylines.filter(user_id=user_id))) | (Q(author_id=user_id) & ~Exists(bylines))
    if viewer.community_id is None:
        return []
    posts = Post.objects.out().readable_by(viewer).without_blocked(viewer).filter(signed)
    rows = posts.filter(community_id=viewer.community_id).without_text().select_related("community").newest_first()
    return [
        Recent(Post.KIND, post.kind, post.kind_label, str(post), post.url, post.opens_at)
        for post in rows[:most]
        if post.opens_at is not None
    ]
