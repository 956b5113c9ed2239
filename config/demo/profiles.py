"""What the people of the demo say about themselves beyond their sentence, who sees it, and who is in no directory: profiles.csv."""

import csv
from collections.abc import Mapping
from pathlib import Path

from communities.members.models import Member
from communities.people.models import Profile, User
from communities.people.showing import DEFAULTS

WORDS = Profile.FIELDS[1:]


def describe(users: Mapping[str, User]) -> list[Profile]:
    """A profile for each line. seen: field=circle where it is not what everybody begins with. listed: "no" for who opted out."""
    with (Path(__file__).parent / "profiles.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    away = [users[line["handle"]] for line in lines if line["listed"] == "no"]
    Member.objects.filter(user__in=away).update(listed=False)
    return Profile.objects.bulk_create(
        [
            Profile(
                user=users[line["handle"]],
                seen_by=DEFAULTS | dict(choice.split("=") for choice in line["seen"].split()),
                **{name: line[name] for name in WORDS},
            )
            for line in lines
        ]
    )
