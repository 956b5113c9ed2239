"""What posts are to people's bells: one is out for them, now or from an opening on."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from communities.access.models import Opening
from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.members.models import Member, Standing
from communities.notifications.kinds import Kind, News
from content.posts.models import Post


def is_out(activity: Activity) -> News | None:
    """Each member once a post: who hears of an opening could not read the post a moment before it."""
    members = Member.objects.filter(community=activity.community_id, standing=Standing.MEMBER)
    if activity.kind == Post.KIND:
        post = (Post.KIND, activity.object_id or 0)
        return News(key=f"post:{activity.object_id}", about=post, to=members)
    opening = Opening.objects.filter(pk=activity.object_id or 0, kind=Post.KIND).first()
    if opening is None:  # taken back by its author
        return None
    before, here = opening.at - dt.timedelta(microseconds=1), Post.objects.filter(pk=opening.object_id)

    def new_to(viewer: Viewer) -> bool:
        return not here.readable_by(viewer, at=before).exists()

    author = here.values_list("author_id", flat=True).first()
    about = (Post.KIND, opening.object_id)
    return News(key=f"post:{opening.object_id}", about=about, to=members, fresh=new_to, actor=author)


TOLD = (
    Kind(
        slug="post",
        part=_("Stories"),
        label=_("A new story is open to you"),
        explained=_("Each story once, from the minute on that you may read it."),
        sentence=_("{who} published {what}"),
        why=_("it is open to you since just now"),
        verbs=("post.published", "post.opened"),
        hears=is_out,
        icon="stream",
    ),
)
