"""`manage.py import_markdown DIR --community SLUG`: brings a folder of posts as Hugo, Zola and Jekyll write them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from communities.members.models import MEMBER_LEVEL, Member, Role, Standing
from communities.spaces.models import Community, Space
from content.posts.archive.actions import Importer, why_not
from content.posts.archive.reading import Archive


class Command(BaseCommand):
    help = "Takes a folder of Markdown posts (Hugo, Zola, Jekyll) into a community. Run again, it makes no double."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="the folder; its sub-folders are read too")
        parser.add_argument("--community", required=True, metavar="SLUG", help="the community's address")
        parser.add_argument("--dry-run", action="store_true", help="say what would be taken, and take nothing")
        parser.add_argument(
            "--audience",
            default="public",
            metavar="WHO",
            help="public (the default), members, or a step by its address",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        community = Community.objects.filter(slug=options["community"]).first()
        if community is None:
            known = ", ".join(Community.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                _("There is no community “%(slug)s”. There is: %(known)s.")
                % {"slug": options["community"], "known": known},
                returncode=2,
            )
        rung = _rung(community, options["audience"])
        try:
            archive = Archive(options["dir"], community.zone)
        except OSError as problem:
            raise CommandError(_("%(folder)s cannot be read.") % {"folder": options["dir"]}) from problem
        if not archive.root.is_dir():
            raise CommandError(_("%(folder)s is not a folder.") % {"folder": options["dir"]})
        space = Space.objects.filter(community=community, rung=0, listed_rung=0, posting="team").first()
        owner = (
            Member.objects.filter(community=community, role=Role.OWNER, standing=Standing.MEMBER).order_by("pk").first()
        )
        if space is None or owner is None:
            raise CommandError(
                why_not(community, space) or _("“%s” has no owner whose posts these could be.") % community
            )
        importer = Importer(
            archive=archive, community=community, space=space, author=owner.user, rung=rung,
            dry_run=options["dry_run"], note=lambda file, why: self.stderr.write(f"note {file}: {why}"),
        )  # fmt: skip
        self._report(importer)

    def _report(self, importer: Importer) -> None:
        counts = Counter({"taken": 0, "same": 0, "refused": 0})
        tty = self.stderr.isatty()
        for outcome in importer.run():
            counts[outcome.word] += 1
            separator = ": " if outcome.word == "refused" else " " if outcome.detail else ""
            self.stdout.write(f"{outcome.word} {outcome.file}{separator}{outcome.detail}")
            if tty:
                self.stderr.write(f"\r{sum(counts.values())}", ending="")
        self.stdout.write(", ".join(f"{count} {word}" for word, count in counts.items()))
        if not counts["taken"] and not counts["same"]:
            raise CommandError(_("Nothing could be read there."))


def _rung(community: Community, audience: str) -> int:
    if audience == "public":
        return 0
    if audience == "members":
        return MEMBER_LEVEL
    levels = dict(community.rungs.values_list("slug", "level"))
    if audience not in levels:
        known = ", ".join(["public", "members", *(slug for slug in levels if slug != "members")])
        raise CommandError(
            _("“%(audience)s” is no audience here. There is: %(known)s.") % {"audience": audience, "known": known},
            returncode=2,
        )
    return levels[audience]
