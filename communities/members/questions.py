"""What a community asks of whoever wants to join; a question that is taken away is retired, old answers keep its words."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from communities.access.rules import require
from communities.access.viewer import Viewer
from communities.activity.actions import record
from communities.members.models import JoinQuestion
from communities.spaces.models import Community

MOST = 5


def asked_by(community: Community) -> list[JoinQuestion]:
    """In the order they are asked in."""
    return list(JoinQuestion.objects.filter(community=community, retired=False))


@transaction.atomic
def save_questions(viewer: Viewer, *, community: Community, questions: Sequence[tuple[str, bool]]) -> None:
    """(words, must be answered) of each, in order; the same words stay the same question. Records community.changed."""
    require(viewer, "manage", community)
    wanted = {text.strip(): required for text, required in questions if text.strip()}
    if len(wanted) > MOST:
        raise ValidationError(_("At most %(most)s questions.") % {"most": MOST})
    known = {question.text: question for question in JoinQuestion.objects.filter(community=community)}
    for position, (text, required) in enumerate(wanted.items()):
        row = known.pop(text, None) or JoinQuestion(community=community, text=text)
        row.position, row.required, row.retired = position, required, False
        row.full_clean()
        row.save()
    JoinQuestion.objects.filter(pk__in=[row.pk for row in known.values()]).update(retired=True)
    record("community.changed", community=community, actor=viewer.user_id, obj=community)
