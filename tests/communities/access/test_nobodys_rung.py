"""What lies on the rung of nobody is opened by a pass alone: no step can be made that reaches it, and nobody can be put there."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communities.access.models import NOBODY
from communities.access.viewer import viewer_for
from communities.members.models import Member, RungSource
from communities.spaces.actions import save_rung
from communities.spaces.models import Rung

pytestmark = pytest.mark.django_db


def test_no_step_is_as_high_as_nobody_stands(demo: Any, owner: Any) -> None:
    step = Rung(community=demo, level=NOBODY, slug="top", name="Top")
    with pytest.raises(ValidationError) as told:
        save_rung(viewer_for(owner, demo), rung=step)
    assert set(told.value.message_dict) == {"level"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Rung.objects.bulk_create([step])
    assert not Rung.objects.filter(slug="top").exists()


def test_nobody_is_put_where_nobody_stands(demo: Any, member: Any) -> None:
    seat = Member.objects.get(user=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        RungSource.objects.create(member=seat, source="hand", ref="x", level=NOBODY)
    assert not RungSource.objects.filter(ref="x").exists()
