"""News of conversations: somebody wrote to you. What they wrote stands nowhere but in the conversation."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.discussion.models import Marker, Message, Room
from communities.discussion.things import messages_as_things
from communities.notifications.kinds import Found, Kind, News
from communities.notifications.models import Notification
from communities.notifications.talk import PART


def wrote_to_you(activity: Activity) -> News | None:
    """Whoever is in the conversation, has not read it there by now, and did not say that they want to hear nothing of it."""
    message = Message.objects.filter(pk=activity.object_id or 0).first()
    if message is None:
        return None
    return News(
        key=f"message:{message.pk}",
        about=(Message.KIND, message.pk),
        topic=(Room.KIND, message.room_id),
        to=Marker.objects.filter(room=message.room_id, number__lt=message.number).exclude(level=Marker.Level.NONE),
    )


def by_name_alone(rows: Sequence[Notification], viewer: Viewer) -> dict[int, Found]:
    """Leads to the message, and quotes none of it: not on the bell, not in a mail."""
    known = messages_as_things([row.about_id or 0 for row in rows], viewer)
    found = {row.pk: known[row.about_id or 0] for row in rows if row.about_id in known}
    return {pk: Found(one.title, one.url) for pk, one in found.items() if one.readable}


TOLD = (
    Kind(
        slug="direct",
        part=PART,
        label=_("Somebody writes to you"),
        explained=_("A mail says who, never what."),
        sentence=_("{who} wrote to you"),
        why=_("it is a message to you"),
        verbs=("direct.written",),
        hears=wrote_to_you,
        finds=by_name_alone,
        icon="mail",
        mail=True,
    ),
)
