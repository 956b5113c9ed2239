"""How a text that somebody typed becomes one that stands: cleaned, held against the limits, rendered, with the people it calls."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities.access.texts import ask_text_gates, facts_of
from communities.access.things import Thing
from communities.access.viewer import Viewer
from communities.comments.mentions import Calling, note_mentions
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
    viewer: Viewer, place: Community, about: Thing, body: str, *, kind: str, longest: int, new: bool = True
) -> Text:
    """about: what it hangs on, whose readers alone can be called. longest: characters. Raises ValidationError at `body`."""
    source = body.replace("\r\n", "\n").replace("\x00", "").strip()
    if not source:
        raise ValidationError({"body": _("There is nothing in it yet.")})
    if len(source) > longest:
        told = {"most": f"{longest:,}", "over": f"{len(source) - longest:,}"}
        raise ValidationError({"body": _("There is room for %(most)s characters; this has %(over)s more.") % told})
    calling = Calling(place, about)
    try:
        rendered = render(source, images={}, people=calling)
    except TextTooHard as problem:
        raise ValidationError({"body": str(problem)}) from problem
    ask_text_gates(viewer, kind=kind, text=source, facts=facts_of(source, rendered.html, new=new))
    return Text(source, rendered.html, frozenset(calling.people(rendered.called)))
