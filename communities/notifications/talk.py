"""News of talk: mentions, answers, comments on what one wrote, threads that one follows, reactions."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from communities.access.things import thing
from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.comments.models import Comment, Follow, Mention
from communities.notifications.kinds import Kind, News

PART = _("Talk")


def _author_of(activity: Activity, kind: str, object_id: int) -> list[int]:
    """Whose thing it is, as the house itself knows it; nobody's where there is no such thing."""
    house = Viewer(community_id=activity.community_id, role="owner", standing="member")
    found = thing(kind, object_id, house)
    return [found.author_id] if found is not None and found.author_id else []


def _comment(activity: Activity) -> Comment | None:
    if activity.kind != Comment.KIND:
        return None
    return Comment.objects.select_related("thread").filter(pk=activity.object_id or 0).first()


def _news(comment: Comment, to: Sequence[int] | object) -> News:
    """A comment is one piece of news, whatever it is to somebody: mention, answer, or one more in a thread."""
    thread = comment.thread
    return News(
        key=f"comment:{comment.pk}",
        about=(Comment.KIND, comment.pk),
        topic=(thread.kind, thread.object_id),
        thread=thread.pk,
        to=to,  # type: ignore[arg-type]
    )


def mentioned(activity: Activity) -> News | None:
    comment = _comment(activity)
    return _news(comment, Mention.objects.filter(kind=Comment.KIND, object_id=comment.pk)) if comment else None


def answered(activity: Activity) -> News | None:
    comment = _comment(activity)
    if comment is None or comment.answers is None:
        return None
    return _news(comment, [comment.answers.author_id])


def commented(activity: Activity) -> News | None:
    comment = _comment(activity)
    if comment is None:
        return None
    return _news(comment, _author_of(activity, comment.thread.kind, comment.thread.object_id))


def followed(activity: Activity) -> News | None:
    comment = _comment(activity)
    return _news(comment, Follow.objects.filter(thread=comment.thread_id)) if comment else None


def reacted(activity: Activity) -> News | None:
    """A changed sign is no news: the key knows the thing and the person."""
    if not activity.kind or activity.object_id is None:
        return None
    about = activity.kind, activity.object_id
    key = f"reaction:{about[0]}:{about[1]}:{activity.actor_id}"
    return News(key=key, about=about, to=_author_of(activity, *about))


# From what is meant for one alone to what is meant for many: the first that fits is told.
TOLD = (
    Kind(
        slug="mention",
        part=PART,
        label=_("Somebody calls you by name"),
        sentence=_("{who} mentioned you under {what}"),
        why=_("somebody mentioned you"),
        verbs=("comment.written", "comment.mentioned"),
        hears=mentioned,
        icon="at",
        mail=True,
    ),
    Kind(
        slug="answer",
        part=PART,
        label=_("Somebody answers your comment"),
        sentence=_("{who} answered you under {what}"),
        why=_("somebody answered your comment"),
        verbs=("comment.written",),
        hears=answered,
        icon="talk",
        mail=True,
    ),
    Kind(
        slug="comment",
        part=PART,
        label=_("Somebody comments on your post"),
        sentence=_("{who} commented on your {what}"),
        why=_("it is your post"),
        verbs=("comment.written",),
        hears=commented,
        icon="talk",
        mail=True,
    ),
    Kind(
        slug="thread",
        part=PART,
        label=_("New comments where you joined in"),
        explained=_("Conversations that you wrote in or chose to follow."),
        sentence=_("{who} wrote under {what}"),
        why=_("you follow this conversation"),
        verbs=("comment.written",),
        hears=followed,
        icon="talk",
    ),
    Kind(
        slug="reaction",
        part=PART,
        label=_("Somebody reacts to something of yours"),
        sentence=_("{who} reacted to {what}"),
        why=_("it is yours"),
        verbs=("reaction.given",),
        hears=reacted,
        icon="heart",
        mail=None,
    ),
)
