"""What hangs on what: upper apps register how their things are found, many ids in one query, with how this viewer sees them.

Comments, reactions, reports and notifications point at things by kind and id and never import what they are.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from communities.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that this viewer may at least know of. title, url: what a link to it says and where it leads.

    readable: may they open it? opens_files: may they open what hangs on it? None: as they may open the thing itself. author_id:
    whose it is (None: the place's own). excerpt: its first words, "" where it is not readable. comments, reactions: does it
    take any now?
    """

    kind: str
    id: int
    community_id: int
    title: str
    url: str
    readable: bool
    author_id: int | None = None
    excerpt: str = ""
    comments: bool = False
    reactions: bool = False
    opens_files: bool | None = None


# (ids, viewer) -> the things that exist for this viewer, by id; a fixed number of queries for any number of ids.
Loader = Callable[[set[int], Viewer], dict[int, Thing]]
_loaders: dict[str, Loader] = {}


def register_things(kind: str, loader: Loader) -> None:
    _loaders[kind] = loader


def things(kind: str, ids: Iterable[int], viewer: Viewer) -> dict[int, Thing]:
    """By id, those of the given ones that this viewer may know of. Kinds that nobody registered hold nothing.

    A number that fits in no column is nobody's: addresses hold any number, and a database refuses to be asked for those.
    """
    wanted = {pk for pk in ids if 0 < pk < 2**63}
    loader = _loaders.get(kind)
    return loader(wanted, viewer) if loader is not None and wanted else {}


def thing(kind: str, object_id: int, viewer: Viewer) -> Thing | None:
    """One thing, or None where it does not exist for this viewer."""
    return things(kind, [object_id], viewer).get(object_id)


def readable(kind: str, ids: Iterable[int], viewer: Viewer) -> set[int]:
    """Of these ids those that this viewer may open."""
    return {pk for pk, found in things(kind, ids, viewer).items() if found.readable}
