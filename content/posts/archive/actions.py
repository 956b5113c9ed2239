"""import_archive takes a folder of posts into a community, file by file, and can do it again without a double."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.access.models import State
from communities.activity.actions import record
from communities.files.actions import delete_file, take_file, take_image
from communities.files.models import File
from communities.files.refusal import UploadRefused
from communities.spaces.models import Community, Space
from communities.ui import pagecache
from communities.ui.markdown import TextTooHard
from content.posts.actions import set_bylines, set_tags
from content.posts.archive.blocks import Refused
from content.posts.archive.documents import Document
from content.posts.archive.links import old_path, rewrite
from content.posts.archive.reading import PICTURES, Archive
from content.posts.archive.translation import Place, Translator
from content.posts.models import Imported, OldPath, Post
from content.posts.writing import render_body

Note = Callable[[str, str], None]  # (file, sentence): something beside the text that was left out


@dataclass(frozen=True, slots=True)
class Outcome:
    """word: taken, same or refused; detail: the path of the post, nothing, or why not."""

    file: str
    word: str
    detail: str = ""


class Importer:
    """One run. rung: who reads what is published; every post is listed to whoever its space is listed to."""

    def __init__(
        self, *, archive: Archive, community: Community, space: Space, author: Any, rung: int, dry_run: bool, note: Note
    ) -> None:
        self.archive, self.community, self.space, self.author = archive, community, space, author
        self.rung, self.dry_run, self.note = rung, dry_run, note
        self._translator = Translator(archive)

    def run(self) -> Iterator[Outcome]:
        """An outcome for each file, in order of names. Records posts.imported where anything was taken."""
        read: list[Document | Outcome] = []
        for file, path in self.archive.files():
            try:
                read.append(self.archive.read(file, path))
            except Refused as refusal:
                read.append(Outcome(file, "refused", str(refusal)))
        self._settle([document for document in read if isinstance(document, Document)])
        yield from self._outcomes(read)

    def _outcomes(self, read: list[Document | Outcome]) -> Iterator[Outcome]:
        taken, at = 0, 0
        for entry in read:
            if isinstance(entry, Outcome):
                yield entry
                continue
            outcome = self._take(self._translator.places[at])
            at += 1
            taken += outcome.word == "taken"
            yield outcome
        if taken and not self.dry_run:
            with transaction.atomic():
                record("posts.imported", community=self.community, actor=self.author, after=taken)
            pagecache.bump(self.community.slug)

    def _settle(self, documents: list[Document]) -> None:
        """Gives every document its post, so that links between them have somewhere to lead before any text is written."""
        known = {row.path: row for row in Imported.objects.filter(community=self.community).select_related("post")}
        guess = Post.objects.aggregate(last=Max("pk"))["last"] or 0
        for document in documents:
            imported = known.get(document.file)
            if imported is not None:
                pk = imported.post_id
            elif self.dry_run:
                pk = guess = guess + 1
            else:
                imported = self._start(document)
                pk = imported.post_id
            url = reverse("posts:detail", args=[self.community.slug, pk, document.slug])
            self._translator.places.append(Place(document, pk, imported, document.file not in known, url))
        self._translator.learn()

    @transaction.atomic
    def _start(self, document: Document) -> Imported:
        post = Post.objects.create(
            community=self.community, space=self.space, author=self.author, title=document.title, slug=document.slug
        )
        return Imported.objects.create(community=self.community, path=document.file, digest="", post=post)

    def _take(self, place: Place) -> Outcome:
        document = place.document
        try:
            text, files = self._translator.translate(place)
            digest = self._translator.digest(document, files, self.rung)
            if place.imported is not None and place.imported.digest == digest:
                return Outcome(document.file, "same")
            if self.dry_run:
                render_body(text, post_id=0, trusted=True)
            else:
                self._write(place, text, files, digest)
        except (Refused, TextTooHard, ValidationError, DatabaseError, OSError) as problem:
            why = "; ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)
            if place.new and place.imported is not None:
                Post.objects.filter(pk=place.pk, state=State.DRAFT, source="").delete()
            return Outcome(document.file, "refused", why)
        return Outcome(document.file, "taken", place.url)

    def _write(self, place: Place, text: str, files: dict[str, Path], digest: str) -> None:
        before = list(File.objects.filter(parent_kind=Post.KIND, parent_id=place.pk))
        taken = self._take_files(place, files)
        try:
            with transaction.atomic():
                self._save(place, rewrite(text, lambda old: taken[old].url if old in taken else None), taken, digest)
        except BaseException:
            for row in {row.pk: row for row in taken.values()}.values():
                delete_file(row)
            raise
        for row in before:
            delete_file(row)

    def _take_files(self, place: Place, files: dict[str, Path]) -> dict[str, File]:
        taken: dict[str, File] = {}
        rows: dict[Path, File] = {}
        for address, path in files.items():
            try:
                rows[path] = rows.get(path) or (take_image if path.suffix.lower() in PICTURES else take_file)(
                    community=self.community,
                    uploader=self.author,
                    parent_kind=Post.KIND,
                    parent_id=place.pk,
                    upload=path,
                    name=path.name,
                    alt=place.document.facts.image_alt if address == place.document.facts.image else "",
                )
            except (UploadRefused, OSError) as problem:
                self.note(place.document.file, f"{address}: {problem}")
                continue
            taken[address] = rows[path]
        return taken

    def _save(self, place: Place, text: str, taken: dict[str, File], digest: str) -> None:
        document, facts = place.document, place.document.facts
        post = Post.objects.get(pk=place.pk)
        cover = taken.get(facts.image)
        body = render_body(text, post_id=post.pk, trusted=True)
        post.title, post.slug, post.teaser = document.title, document.slug, facts.description
        post.source, post.html, post.excerpt = text, body.html, body.excerpt
        post.words, post.minutes, post.pictures = body.words, body.minutes, body.pictures
        post.cover = cover if cover is not None and cover.is_picture else None
        post.language, post.working = document.language, None
        post.own_rung, post.own_listed_rung = self.rung, 0
        post.rung, post.listed_rung = max(self.rung, post.space.rung), post.space.listed_rung
        if post.state in (State.DRAFT, State.PUBLISHED):  # what a moderator hid or someone removed stays so
            post.state = State.DRAFT if document.draft else State.PUBLISHED
        post.opens_at = document.date or post.opens_at
        post.created_at = document.date or post.created_at
        post.edited_at = facts.updated if facts.updated and facts.updated <= timezone.now() else None
        post.rev += 1
        post.save()
        set_tags(post, facts.tags)
        set_bylines(post, [(name, None) for name in facts.authors])
        for path in dict.fromkeys(old_path(address) for address in document.addresses):
            if path:
                OldPath.objects.get_or_create(community=self.community, path=path, defaults={"post": post})
        Imported.objects.filter(community=self.community, path=document.file).update(digest=digest)


def why_not(community: Community, space: Space | None) -> str:
    """A sentence where an archive has no place to go to, else nothing."""
    if space is None:
        return _("“%(community)s” has no space that everybody may read and where the team posts.") % {
            "community": community
        }
    return ""
