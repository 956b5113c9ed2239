"""News of talk: mentions, answers, comments on what one wrote, threads that one follows, reactions."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.access.things import thing, things
from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.comments.models import Comment, Follow, Mention, Thread
from communities.notifications.kinds import Found, Kind, News
from communities.notifications.lines import by_things
from communities.notifications.models import Notification
from communities.reactions.models import Reaction

PART = _("Talk")
RESTORED = "safety.restored"
STALE = dt.timedelta(days=7)
TO_A_COMMENT = _("{who} reacted to your comment on {what}")


def _author_of(activity: Activity, kind: str, object_id: int) -> list[int]:
    """Whose thing it is, as the house itself knows it; nobody's where there is no such thing."""
    house = Viewer(community_id=activity.community_id, role="owner", standing="member")
    found = thing(kind, object_id, house)
    return [found.author_id] if found is not None and found.author_id else []


def _comment(activity: Activity) -> Comment | None:
    """The comment that stands there; one that was hidden at first is news when it is restored within days."""
    if activity.kind != Comment.KIND:
        return None
    comment = Comment.objects.select_related("thread", "answers").filter(pk=activity.object_id or 0).first()
    if comment is None or (activity.verb == RESTORED and comment.created_at < activity.occurred_at - STALE):
        return None
    return comment


def _news(comment: Comment, to: Any) -> News:
    """A comment is one piece of news, whatever it is to somebody: mention, answer, or one more in a thread."""
    thread = comment.thread
    return News(
        key=f"comment:{comment.pk}",
        about=(Comment.KIND, comment.pk),
        topic=(thread.kind, thread.object_id),
        thread=thread.pk,
        actor=comment.author_id,
        to=to,
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
    return News(key=key, about=about, to=_author_of(activity, *about), thread=_thread_of(*about))


def _thread_of(kind: str, object_id: int) -> int | None:
    """The talk that this is part of, or that hangs on it: who muted it does not hear of signs in it either."""
    its = Q(comments=object_id) if kind == Comment.KIND else Q(kind=kind, object_id=object_id)
    return Thread.objects.filter(its).values_list("pk", flat=True).first()


def in_the_talk(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """Comments by the title of what they hang on; a comment exists for whoever may read that."""
    found = by_things(rows, viewer)
    about = Comment.objects.filter(pk__in=[row.about_id or 0 for row in rows if row.about_kind == Comment.KIND])
    above = {
        pk: (kind, object_id) for pk, kind, object_id in about.values_list("pk", "thread__kind", "thread__object_id")
    }
    titles: dict[tuple[str, int], str] = {}
    for kind in {kind for kind, _object_id in above.values()}:
        parents = things(kind, [object_id for one, object_id in above.values() if one == kind], viewer)
        titles |= {(kind, pk): parent.title for pk, parent in parents.items()}
    for row in rows:
        place = above.get(row.about_id or 0) if row.about_kind == Comment.KIND else None
        if row.pk in found and place in titles:
            found[row.pk] = replace(found[row.pk], title=titles[place])
    return found


def signs(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """Only signs that were not taken back: what somebody no longer says is not told."""
    pairs = Reaction.objects.filter(
        user__in={row.actor_id for row in rows}, object_id__in={row.about_id for row in rows}
    )
    stand = set(pairs.values_list("kind", "object_id", "user_id"))
    rows = [row for row in rows if (row.about_kind, row.about_id, row.actor_id) in stand]
    found = in_the_talk(rows, viewer)
    to_comments = [row.pk for row in rows if row.about_kind == Comment.KIND and row.pk in found]
    return found | {pk: replace(found[pk], says=TO_A_COMMENT) for pk in to_comments}


TOLD = (
    Kind(
        slug="mention",
        part=PART,
        label=_("Somebody calls you by name"),
        sentence=_("{who} mentioned you in the talk under {what}"),
        why=_("somebody mentioned you"),
        verbs=("comment.written", "comment.mentioned", RESTORED),
        hears=mentioned,
        finds=in_the_talk,
        icon="at",
        mail=True,
    ),
    Kind(
        slug="answer",
        part=PART,
        label=_("Somebody answers your comment"),
        sentence=_("{who} answered you under {what}"),
        why=_("somebody answered your comment"),
        verbs=("comment.written", RESTORED),
        finds=in_the_talk,
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
        verbs=("comment.written", RESTORED),
        finds=in_the_talk,
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
        verbs=("comment.written", RESTORED),
        finds=in_the_talk,
        hears=followed,
        icon="talk",
    ),
    Kind(
        slug="reaction",
        part=PART,
        label=_("Somebody reacts to something of yours"),
        sentence=_("{who} reacted to your {what}"),
        why=_("it is yours"),
        verbs=("reaction.given",),
        hears=reacted,
        finds=signs,
        icon="heart",
        mail=None,
    ),
)
