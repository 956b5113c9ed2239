"""The cheap test of access never says yes where the whole question says no."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from communities.access.models import State
from communities.access.viewer import Viewer, wanderer
from communities.safety.actions import hide
from content.posts.models import Post

pytestmark = pytest.mark.django_db


def test_plainly_open_is_readable_for_everybody_everywhere(
    demo, publish, seen_by, owner, moderator, circle, insider, member, outsider, visitor, maker
):
    soon = timezone.now() + dt.timedelta(days=1)
    for rung in (0, 10, 20, 30):
        publish(f"From {rung}", rung=rung)
    publish("Early", rung=30, openings=((0, soon),))
    publish("Opened", rung=30, openings=((0, soon - dt.timedelta(days=2)),), opens_at=soon - dt.timedelta(days=3))
    publish("Later", opens_at=soon)
    hide(seen_by(moderator), obj=publish("Loud"), reason="Loud.")
    for state in (State.DRAFT, State.REMOVED):
        Post.objects.filter(pk=publish(f"A {state}").pk).update(state=state)
    people = (owner, moderator, circle, insider, member, outsider, visitor)
    viewers = [seen_by(person) for person in people] + [wanderer(member), wanderer(visitor)]
    viewers += [replace(viewer, standing="shut") for viewer in viewers]
    viewers += [Viewer(user_id=maker.pk, community_id=987, role="owner", rung=40, standing="member")]
    for listed in (True, False):
        demo.listed = listed
        demo.save()
        for viewer in viewers:
            readable = set(Post.objects.readable_by(viewer).values_list("pk", flat=True))
            plain = {post.pk for post in Post.objects.select_related("community") if post.is_plainly_open_to(viewer)}
            assert plain <= readable, viewer
            if viewer.rung and viewer.community_id == demo.pk and viewer.standing == "member":
                assert len(plain) == 1 + (viewer.rung >= 10) + (viewer.rung >= 20) + (viewer.rung >= 30) * 3
