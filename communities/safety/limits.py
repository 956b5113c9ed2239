"""What newcomers may put into a text, how fast anybody writes (the gate that every text passes), and other paces.

Who is new: joined less than NEW_DAYS ago and has fewer than NEW_TEXTS texts standing here; never the team, never who holds
a step above a member's own.
"""

import hashlib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from communities.access.texts import TextFacts
from communities.access.viewer import Viewer
from communities.members.newcomers import came_lately
from communities.safety.pace import keep_pace
from communities.safety.subjects import standing_texts
from communities.ui.ahead import is_looking_ahead

NEW_DAYS, NEW_TEXTS = 3, 5
MOST_LINKS, MOST_MENTIONS, MOST_PICTURES, MOST_FILES = 2, 2, 1, 1
MINUTE, HOUR = 60, 3600
# how many in how many seconds
TEXTS, TEXTS_OF_NEW, EDITS = (10, MINUTE), (10, HOUR), (20, MINUTE)
SAME = (2, 10 * MINUTE)
REPORTS, PREVIEWS, UPLOADS, BLOCKS = (30, 24 * HOUR), (90, MINUTE), (60, 10 * MINUTE), (60, HOUR)
# What actions of other apps ask about (`access.pace`): the figures, and the sentence where the usual one says too little.
PACES = {
    "react": ((60, MINUTE), ""),
    "suggest": ((120, MINUTE), ""),
    "begin": (
        (20, HOUR),
        _lazy("%(most)s new conversations in an hour are enough. You can begin the next one %(soon)s."),
    ),
    "begin-as-new": (
        (3, 24 * HOUR),
        _lazy("In your first days you can write to %(most)s new people a day. You can write to the next one %(soon)s."),
    ),
    "door": ((6, HOUR), _lazy("You knocked here %(most)s times in an hour. You can come in or ask again %(soon)s.")),
    "invite": ((30, HOUR), _lazy("%(most)s new links in an hour are enough. You can make the next one %(soon)s.")),
}


def is_new(viewer: Viewer) -> bool:
    """The rule at the head of this module."""
    if viewer.user_id is None or viewer.community_id is None or not came_lately(viewer, days=NEW_DAYS):
        return False
    return standing_texts(viewer.user_id, viewer.community_id, NEW_TEXTS) < NEW_TEXTS


def text_gate(viewer: Viewer, kind: str, text: str, facts: TextFacts) -> None:
    """Raises ValidationError for what a newcomer's text holds too much of, TooMuch for a pace, both at the field `body`."""
    if not settings.WRITING_LIMITS or is_looking_ahead() or viewer.user_id is None:
        return
    new = is_new(viewer)
    if new:
        _hold_back(facts)
    if not facts.new:
        keep_pace("edit", viewer.user_id, most=EDITS[0], seconds=EDITS[1], field="body")
        return
    if text:  # a picture alone says nothing that could be said again
        _not_again(viewer.user_id, text)
    if new:
        says = _("In your first days you can write %(most)s texts an hour. This one can go out %(soon)s.")
        keep_pace("hour", viewer.user_id, most=TEXTS_OF_NEW[0], seconds=TEXTS_OF_NEW[1], field="body", says=says)
    says = _("%(most)s texts in a minute: that was quick. This one can go out %(soon)s.")
    keep_pace("text", viewer.user_id, most=TEXTS[0], seconds=TEXTS[1], field="body", says=says)


def keep(what: str, who: object) -> None:
    """For `access.pace`. Raises TooMuch."""
    (most, seconds), says = PACES[what]
    keep_pace(what, who, most=most, seconds=seconds, says=str(says))


def _hold_back(facts: TextFacts) -> None:
    """One sentence for all that is too much, so that mending it once is enough."""
    wrong = []
    if facts.links > MOST_LINKS:
        wrong.append(ngettext("%(n)s link", "%(n)s links", MOST_LINKS) % {"n": MOST_LINKS})
    if facts.mentions > MOST_MENTIONS:
        wrong.append(ngettext("%(n)s mention", "%(n)s mentions", MOST_MENTIONS) % {"n": MOST_MENTIONS})
    if facts.pictures > MOST_PICTURES:
        wrong.append(ngettext("%(n)s picture", "%(n)s pictures", MOST_PICTURES) % {"n": MOST_PICTURES})
    if facts.files > MOST_FILES:
        wrong.append(ngettext("%(n)s file", "%(n)s files", MOST_FILES) % {"n": MOST_FILES})
    if wrong:
        says = _("In your first days here a text may hold at most %(these)s. Take some out; this opens up soon.")
        raise ValidationError({"body": says % {"these": ", ".join(wrong)}})


def _not_again(user_id: int, text: str) -> None:
    same = hashlib.sha256(" ".join(text.casefold().split()).encode("utf-8", "replace")).hexdigest()[:32]
    says = _("You said exactly this twice in the last ten minutes. Say it in other words, or wait a little.")
    keep_pace("same", f"{user_id}:{same}", most=SAME[0], seconds=SAME[1], field="body", says=says)
