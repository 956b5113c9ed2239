"""What search holds of a person: words that are carried where they stand, and that go with them."""

from communities.people.portable import Leaver, register_eraser, register_not_personal
from content.search import engine
from content.search.actions import forget_person


def erase_words(leaver: Leaver) -> bool:
    """After everything else was erased. FTS5 keeps what was taken out until it folds its parts together: some of it a bite."""
    return forget_person(leaver.user.pk) or engine.tidy()


register_not_personal(
    {"search.Entry": "A copy of words that are carried where they stand; it goes in the moment in which they go."}
)
register_eraser("search", erase_words, order=95)
