"""How a text that somebody typed becomes one that stands: cleaned, held against the limits, rendered, with the people it calls."""

from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities.access.texts import ask_text_gates, facts_of
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.comments.mentions import Calling, called_by, note_mentions
from communities.comments.models import Written
from communities.spaces.models import Community
from communities.ui.markdown import TextTooHard, render


@dataclass(frozen=True, slots=True)
class Text:
    """source: as it is stored. html: what it became. called: the ids of the people whom it calls by name."""

    source: str
    html: str
    called: frozenset[int]

    def calls(self, kind: str, object_id: int, author_id: int) -> bool:
        """Writes down whom the thing with this text calls; True where somebody was not called by it before."""
        wanted = set(self.called) - {author_id}
        return bool(wanted and note_mentions(kind, object_id, wanted))


def read_text(
    viewer: Viewer,
    place: Community,
    about: Thing,
    body: str,
    *,
    kind: str,
    longest: int,
    edited: Written | None = None,
    pictures: int = 0,
    files: int = 0,
) -> Text:
    """about: what it hangs on, whose readers alone can be called. longest: characters. edited: what says something else from
    now on; whom it called before counts among those whom it calls. pictures, files: how many go along with it, which then may
    have no words. Raises ValidationError at `body`."""
    source = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not source and not pictures and not files:
        raise ValidationError({"body": _("There is nothing in it yet.")})
    if len(source) > longest:
        told = {"most": f"{longest:,}", "over": f"{len(source) - longest:,}"}
        raise ValidationError({"body": _("There is room for %(most)s characters; this has %(over)s more.") % told})
    calling = Calling(place, about)
    try:
        rendered = render(source, images={}, people=calling, breaks=True)
    except TextTooHard as problem:
        raise ValidationError({"body": str(problem)}) from problem
    facts, people = facts_of(source, rendered.html, new=edited is None), calling.people(rendered.called)
    if edited is None:  # what hangs on it already was let through when it came
        facts = replace(facts, pictures=facts.pictures + pictures, files=files)
    else:
        called = called_by(kind, edited.pk) | (people - {edited.author_id})
        facts = replace(facts, mentions=max(facts.mentions, len(called)))
    ask_text_gates(viewer, kind=kind, text=source, facts=facts)
    return Text(source, rendered.html, frozenset(people))
