"""The studio's home: what the team has in hand in this community."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.access.gates import needs
from communities.members.lists import counted, newest
from communities.spaces.request import PlaceRequest
from content.posts import reading
from content.posts.studio_lists import MOST, drafts_of, out_for, scheduled_for, waiting_for


@require_safe
@needs("studio")
def home(request: PlaceRequest, community: str) -> HttpResponse:
    viewer, place = request.viewer, request.community
    here = reverse("posts:studio", args=[place.slug])
    rows, after = reading.page_after(out_for(viewer), request.GET.get("after", ""))
    page = {
        "posts": rows,
        "next_url": f"{here}?after={after}" if after else "",
        "drafts": drafts_of(viewer)[:MOST],
        "scheduled": scheduled_for(viewer)[:MOST],
        "waiting": waiting_for(viewer, place),
        "newest": newest(place.pk),
        "members": counted(place.pk),
        "later_page": bool(request.GET.get("after")),
    }
    return render(request, "studio/home.html", page)
