"""News by mail: one for each line until somebody looks, asked about again when it is written and once more when it leaves."""

from collections.abc import Collection, Sequence

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from communities.access.models import Block
from communities.comments.models import Thread
from communities.mail.actions import queue_mail
from communities.mail.lists import queue_list_mail
from communities.mail.models import Mail
from communities.mail.rendering import one_line, rendered
from communities.notifications.kinds import KINDS, Line
from communities.notifications.lines import lines_of, plain
from communities.notifications.models import Notification
from communities.notifications.stopping import token_for
from communities.notifications.wishes import wants_mail
from communities.people.models import User
from communities.safety.models import Mute

REF = "news"
LONGEST_EXCERPT = 400


def mail_news(rows: Sequence[Notification]) -> int:
    """Writes a mail for each of these rows whose reader has a confirmed address and none unseen of that line. Returns how many."""
    people = User.objects.in_bulk({row.user_id for row in rows})
    confirmed = confirmed_of(people)
    waiting = _waiting(people)
    done = 0
    for row in rows:
        if row.mailed_at is None and row.user_id in confirmed and (row.user_id, row.kind, row.topic) not in waiting:
            done += _mail(people[row.user_id], row)
    return done


def confirmed_of(user_ids: Collection[int]) -> set[int]:
    """Who of these confirmed the address that mail goes to."""
    known = EmailAddress.objects.filter(user__in=user_ids, verified=True).select_related("user")
    return {one.user_id for one in known if one.email.lower() == one.user.email.lower()}


def _waiting(user_ids: Collection[int]) -> set[tuple[int, str, str]]:
    """The lines of which a mail went out that nobody has answered with a look."""
    unseen = Notification.objects.filter(user__in=user_ids, seen_at__isnull=True, mailed_at__isnull=False)
    return set(unseen.values_list("user_id", "kind", "topic"))


def _mail(user: User, row: Notification) -> bool:
    lines = lines_of(user, [row])
    if not lines:
        return False
    try:
        with transaction.atomic():
            write = _account_mail if lines[0].kind.account else _list_mail
            mail = write(user, row, lines[0])
            if mail is None:
                return False
            Notification.objects.filter(pk=row.pk).update(mailed_at=timezone.now())
    except IntegrityError:  # another worker was first with this line
        return False
    return True


def _account_mail(user: User, row: Notification, line: Line) -> Mail | None:
    """Like a new password: nothing that somebody ticked or refused keeps it away."""
    about = letter(line, user) | {"stop_url": "", "settings_url": ""}
    return queue_mail(to=user.email, user=user, kind="news", template="news", context=about, key=f"{REF}:{row.pk}")


def _list_mail(user: User, row: Notification, line: Line) -> Mail | None:
    return queue_list_mail(
        to=user.email,
        user=user,
        kind="news",
        template="news",
        context=letter(line, user) | {"excerpt": ""},  # what people wrote is quoted when it leaves, as it stands then
        ref=f"{REF}:{row.pk}",
        stop_url=stop_url(user, row.kind),
        list_id=line.newest.community.slug if line.newest.community else "",
        thread=f"{row.kind}:{row.topic}:{user.pk}",
    )


def letter(line: Line, user: User) -> dict[str, object]:
    """What templates/mail/news says: no more than this reader may read now."""
    place = line.newest.community
    excerpt = line.found.excerpt
    return {
        "sentence": plain(line),
        "excerpt": excerpt[:LONGEST_EXCERPT] + ("…" if len(excerpt) > LONGEST_EXCERPT else ""),
        "url": settings.SITE_URL + line.found.url,
        "place": one_line(place.name if place else settings.BRAND),
        "why": line.kind.why,
        "stop_url": stop_url(user, line.kind.slug),
        "settings_url": settings.SITE_URL + reverse("notifications:settings"),
    }


def stop_url(user: User, slug: str) -> str:
    return settings.SITE_URL + reverse("notifications:stop", args=[token_for(user.pk, slug)])


def still_wanted(mail: Mail) -> bool:
    """The guard, asked just before the mail leaves: its reader has not looked yet, wants it, and may still read it.

    Then it is written anew, from what stands at this minute.
    """
    _ref, _colon, pk = mail.ref.partition(":")
    row = Notification.objects.select_related("user").filter(pk=int(pk), seen_at__isnull=True).first()
    if row is None or row.kind not in KINDS or not row.user.is_active or row.user.left_at is not None:
        return False
    kind = KINDS[row.kind]
    if not wants_mail(row.user_id, kind) or mail.to.lower() != row.user.email.lower():
        return False
    lines = lines_of(row.user, [row])
    if row.user_id not in confirmed_of([row.user_id]) or not lines:
        return False
    mail.subject, mail.text, mail.html = rendered("news", letter(lines[0], row.user))
    return kind.always or kind.duty or not _deaf(row)


def _deaf(row: Notification) -> bool:
    """Blocked or muted since it was written."""
    about, _colon, pk = row.topic.partition(":")
    thread = Thread.objects.filter(kind=about, object_id=int(pk or 0)).values("pk")
    muted = Q(kind="user", object_id=row.actor_id or 0) | Q(kind="thread", object_id__in=thread)
    blocks = Block.objects.filter(user=row.user_id, blocked=row.actor_id or 0)
    return blocks.exists() or Mute.objects.filter(muted, user=row.user_id).exists()
