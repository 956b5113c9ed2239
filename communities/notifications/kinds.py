"""What people can be told of: each Kind says which verbs lead to it, who hears it, where by default, and in which sentence.

`docs/notifications.md` shows how one is added. Kinds of lower apps stand beside this module, those of upper apps in their own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from communities.access.viewer import Viewer
from communities.activity.models import Activity
from communities.notifications.models import Notification

Words = str | Promise
Place = tuple[str, int]  # kind and id of a thing


@dataclass(frozen=True, slots=True)
class News:
    """What one activity is to those who hear of it. Nobody hears twice of the same `key`, whatever the kinds.

    about: the thing that is spoken of; `reads`: what one must be able to open to hear of it (the same, if not said; () for
    nothing at all). topic: what it belongs to, the thread's subject (about, if not said).
    to: rows with a `user`, or user ids. fresh: only who says yes to this hears it (asked once for all who stand alike).
    actor: whose doing it is, where it is not the ledger's actor. thread: the id of the conversation, which can be muted.
    """

    key: str
    about: Place
    to: QuerySet | Sequence[int]
    topic: Place | None = None
    reads: Place | tuple[()] | None = None
    fresh: Callable[[Viewer], bool] | None = None
    actor: int | None = None
    thread: int | None = None

    @property
    def must_open(self) -> Place | None:
        return (self.about if self.reads is None else self.reads) or None

    @property
    def belongs_to(self) -> Place:
        return self.topic or self.about

    def batch(self, after: int, most: int) -> list[int]:
        """User ids above `after`, in order: the cursor of a fan-out in steps."""
        if isinstance(self.to, QuerySet):
            rows = self.to.filter(user_id__gt=after).order_by("user_id")
            return list(rows.values_list("user_id", flat=True).distinct()[:most])
        return sorted({one for one in self.to if one > after})[:most]


@dataclass(frozen=True, slots=True)
class Found:
    """What a notification is about, as its reader may see it this minute. says: a sentence of its own in place of the kind's."""

    title: str
    url: str
    excerpt: str = ""
    says: Words = ""


# (notifications of one kind and community, the reader there) -> what they may still see of them, by the notification's id.
Finder = Callable[[Sequence[Notification], Viewer], dict[int, Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """label, explained: how it stands in the settings, under the heading `part`. why: "You get this because {why}."

    sentence: with {who} and {what}. bell, mail: where it comes without anybody saying so; mail None: never by mail.
    always: the bell cannot be switched off, and neither blocks nor mutes keep it away. duty: blocks and mutes do not, either.
    account: its mail is about one's own account (money): no switch, no way out and no measure keeps it away,
    nor does it matter that the ledger names them as who did it.
    """

    slug: str
    part: Words
    label: Words
    sentence: Words
    why: Words
    verbs: tuple[str, ...]
    hears: Callable[[Activity], News | None]
    finds: Finder | None = None
    explained: Words = ""
    icon: str = "bell"
    bell: bool = True
    mail: bool | None = False
    always: bool = False
    duty: bool = False
    account: bool = False


KINDS: dict[str, Kind] = {}
HEARD: set[str] = set()  # every verb that leads to a kind


def register_kinds(*kinds: Kind) -> None:
    """Where several kinds tell the same person of the same key, the one registered first tells it."""
    for kind in kinds:
        KINDS[kind.slug] = kind
        HEARD.update(kind.verbs)


def kinds_hearing(verb: str) -> list[Kind]:
    return [kind for kind in KINDS.values() if verb in kind.verbs]


@dataclass(slots=True)
class Line:
    """One line of the bell, and what a mail tells: news of one kind and topic since the last look. names: who did it."""

    kind: Kind
    newest: Notification
    found: Found
    names: list[str] = field(default_factory=list)
    count: int = 1
    face: Any = None

    @property
    def tells_who(self) -> bool:
        """Does the sentence say who it was? Where it does not (a report), nothing on the page may either."""
        return "{who}" in str(self.found.says or self.kind.sentence)
