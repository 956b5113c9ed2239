"""What people want to be told, and where: their own word on a kind, else the kind's default."""

from collections.abc import Collection
from dataclasses import dataclass

from communities.notifications.kinds import KINDS, Kind
from communities.notifications.models import Preference

BELL, MAIL = Preference.Channel.BELL, Preference.Channel.MAIL
ALL = ""  # the kind of a word about all kinds


@dataclass(frozen=True, slots=True)
class Wish:
    bell: bool
    mail: bool


def wishes_of(user_ids: Collection[int], kind: Kind) -> dict[int, Wish]:
    """By user, for one kind; one query."""
    said: dict[tuple[int, str, str], bool] = {
        (row.user_id, row.kind, row.channel): row.on
        for row in Preference.objects.filter(user_id__in=user_ids, kind__in=[kind.slug, ALL])
    }
    return {
        pk: Wish(
            bell=kind.always or said.get((pk, kind.slug, BELL), kind.bell),
            mail=kind.account
            or (
                kind.mail is not None and said.get((pk, ALL, MAIL), True) and said.get((pk, kind.slug, MAIL), kind.mail)
            ),
        )
        for pk in user_ids
    }


def wants_mail(user_id: int, kind: Kind) -> bool:
    return wishes_of([user_id], kind)[user_id].mail


def choices_of(user_id: int) -> tuple[dict[str, Wish], bool]:
    """For the settings: by kind what would come without the word about all, and whether all mail is off."""
    said = {(row.kind, row.channel): row.on for row in Preference.objects.filter(user_id=user_id)}
    chosen = {
        slug: Wish(
            bell=kind.always or said.get((slug, BELL), kind.bell),
            mail=kind.account or (kind.mail is not None and said.get((slug, MAIL), kind.mail)),
        )
        for slug, kind in KINDS.items()
    }
    return chosen, not said.get((ALL, MAIL), True)
