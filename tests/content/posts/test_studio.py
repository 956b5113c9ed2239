"""The studio: who comes in, what its pages show, and writing from the first letter to the published post."""

import uuid

import pytest
from django.utils import timezone

from content.posts.models import Post

pytestmark = pytest.mark.django_db

PAGES = (
    "/c/demo/studio/",
    "/c/demo/studio/members/",
    "/c/demo/studio/look/",
    "/c/demo/studio/spaces/",
    "/c/demo/studio/spaces/new/",
    "/c/demo/studio/steps/new/",
    "/c/demo/write/",
)


@pytest.mark.parametrize("page", PAGES)
def test_the_owner_comes_in_everywhere(demo, owner, client_of, page):
    assert client_of(owner).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_the_signed_out_are_sent_to_sign_in_and_come_back(demo, visitor, client_of, page):
    response = client_of(visitor).get(page)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_who_lacks_the_role_meets_the_404_of_nowhere(demo, outsider, maker, client_of, page):
    nowhere = client_of(outsider).get("/c/demo/nowhere/at/all/")
    for person in (outsider, maker):
        response = client_of(person).get(page)
        assert (response.status_code, response.content) == (404, nowhere.content)


def written(**changes):
    return {
        "request": str(uuid.uuid4()),
        "rev": "0",
        "title": "First light",
        "body": "The press is *warm*.",
        "kind": "update",
        "space": "journal",
        "audience": "public",
        **changes,
    }


def test_one_form_makes_a_published_post(demo, owner, client_of):
    response = client_of(owner).post("/c/demo/write/", written(tags="ink, paper", teaser="Warm."))
    post = Post.objects.get()
    assert response["Location"] == post.url
    assert (post.title, post.state, post.rung, post.html) == (
        "First light",
        "published",
        0,
        '<p dir="auto">The press is <em>warm</em>.</p>\n',
    )
    assert [tag.name for tag in post.tags.all()] == ["ink", "paper"]
