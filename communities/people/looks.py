"""What a display name looks like at a glance, and whose it is not to take: the house's, its roles', or somebody's on a team."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communities.people.models import User
from communities.people.names import OFFICIAL

# A letter and the Latin one that it looks like, capital or small; l, I and 1 are one. Only ever compared, never shown.
PAIRS = (
    "аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs һh ԁd ԛq ԝw ӏi αa βb εe ζz ηh ιi κk μm νv οo ρp τt υy χx γy ωw øo łi đd "
    "ħh ıi ɑa ɡg ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟi ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz 0o 1i |i !i li 5s $s @a 3e"
)
TWINS = str.maketrans({pair[0]: pair[1] for pair in PAIRS.split()})
UNSEEN = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
HIDDEN = frozenset({"Mn", "Me", "Cf", "Cc"})
JOINERS = "\u200c\u200d"  # some scripts need them between letters
APART = re.compile(r"[()\[\]{}<>|/\\·•,;:~*«»\"“”]+|\s[-–—]+\s|[–—]")
FILLERS = frozenset(
    {"a", "account", "an", "and", "at", "by", "for", "from", "here", "in", "of", "on", "our", "the", "your"}
)

# (somebody's id) -> (names of places that they do not speak for, names of others on a team)
Source = Callable[[int], tuple[Iterable[str], Iterable[str]]]
_sources: list[Source] = []


def protect(source: Source) -> None:
    """Upper apps know the places and who runs them."""
    _sources.append(source)


def tidy(name: str) -> str:
    """As it is kept: one space between words, nothing that cannot be seen or that turns the writing round."""
    kept = [letter for at, letter in enumerate(name) if not _is_unseen(name, at)]
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def look_of(name: str) -> str:
    """Two names with the same look are taken for each other: accents, case, twins and whatever cannot be seen are gone."""
    seen = "".join(letter for letter in name if letter not in UNSEEN)
    plain = unicodedata.normalize("NFKD", seen).casefold()
    bare = "".join(letter for letter in plain if letter.isspace() or unicodedata.category(letter) not in HIDDEN)
    words = re.sub(r"[^\w\s]|_", " ", bare.translate(TWINS)).split()
    return " ".join(words).replace("rn", "m").replace("vv", "w")


def check_name(name: str, user: User) -> None:
    """ValidationError with a sentence where others would take this person for somebody else."""
    if not name or look_of(name) == look_of(user.name):
        return
    places: list[str] = [settings.BRAND]
    people: list[str] = []
    for source in _sources:
        more_places, more_people = source(user.pk)
        places += more_places
        people += more_people
    if not user.is_staff and _speaks_for_the_house(name, places):
        raise ValidationError(_("“%(name)s” speaks for the house. Choose a name of your own."), params={"name": name})
    if _compact(name) in {_compact(other) for other in people if other}:
        sentence = _("“%(name)s” is the name of somebody who runs a place here. Add a second name or an initial.")
        raise ValidationError(sentence, params={"name": name})


def _is_unseen(name: str, at: int) -> bool:
    letter = name[at]
    if letter in JOINERS:
        around = name[max(at - 1, 0) : at] + name[at + 1 : at + 2]
        return len(around) < 2 or min(map(ord, around)) < 0x300
    return letter in UNSEEN or (unicodedata.category(letter) in {"Cf", "Cc"} and not letter.isspace())


def _compact(name: str) -> str:
    return look_of(name).replace(" ", "")


def _speaks_for_the_house(name: str, places: list[str]) -> bool:
    """The whole of it, or a part that stands apart (“Ana (Moderator)”), is made of official words and names of places."""
    official = {_compact(word) for word in OFFICIAL} | {_compact(place) for place in places}
    official.discard("")
    if _compact(name) in official | set(_pairs(places)):
        return True
    words = {word for place in places for word in look_of(place).split()} | official
    parts = [part.split() for part in map(look_of, APART.split(name))]
    if any(part and _all_official(part, words, official) for part in parts):
        return True
    whole = f" {look_of(name)} "
    named = any(look_of(place) and f" {look_of(place)} " in whole for place in places)
    return named and any(word in {look_of(one) for one in OFFICIAL} for word in whole.split())


def _all_official(part: list[str], words: set[str], official: set[str]) -> bool:
    """Nothing but official words, little words and numbers; words of a place's name count beside the whole of it."""
    rest = [word for word in part if word not in FILLERS and len(word) > 1 and not word.isdigit()]
    return bool(rest) and (
        "".join(rest) in official or (all(word in words for word in rest) and any(word in official for word in rest))
    )


def _pairs(places: list[str]) -> Iterator[str]:
    """Run together: HearthSupport, TheHearth, OfficialHearth."""
    for place in map(_compact, places):
        for word in (*map(_compact, OFFICIAL), "the"):
            yield place + word
            yield word + place
