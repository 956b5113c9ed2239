"""D01: following every link of the admin with GET changes no row; and a POST needs the token of this site."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from communities.people.models import User
from communities.safety.actions import hide
from communities.spaces.models import Community
from content.posts.actions import set_tags
from tests.desk import root, rows_of_everything

pytestmark = pytest.mark.once


def links(client: Client, start: str, most: int) -> dict[str, int]:
    """Every address below /admin/ that is reached by following links, with the status it answered."""
    answers: dict[str, int] = {}
    waiting = [start]
    while waiting and len(answers) < most:
        address = waiting.pop(0)
        if address in answers:
            continue
        answer = client.get(address)
        answers[address] = answer.status_code
        if "html" not in answer.get("content-type", ""):
            continue
        for href in re.findall(r'(?:href|action)="([^"#]+)', answer.content.decode()):
            target = urlsplit(urljoin(address, href.replace("&amp;", "&")))
            # Each filter once is enough: filters with filters upon filters have no end.
            query = target.query if target.query.count("=") == 1 and not target.query.startswith("o=") else ""
            if target.path.startswith("/admin/"):
                waiting.append(target.path + (f"?{query}" if query and not query.startswith("_changelist") else ""))
    return answers


def test_following_every_link_as_a_superuser_changes_nothing(publish, demo: Community, owner: User, seen_by) -> None:
    hide(seen_by(owner), obj=publish("Hidden"), reason="off topic")
    set_tags(publish("Seen", rung=20), ["riso"])
    client = browser_of_root()
    client.get("/admin/")
    before = rows_of_everything()
    answers = links(client, "/admin/", 600)
    assert rows_of_everything() == before
    assert set(answers.values()) <= {200, 302}
    kinds = {re.sub(r"\d+", "N", urlsplit(address).path) for address in answers}
    assert {
        "/admin/posts/post/N/act/hide/",
        "/admin/posts/post/N/act/restore/",
        "/admin/posts/post/N/history/",
        "/admin/posts/tag/N/delete/",
        "/admin/members/member/N/act/grant/",
        "/admin/people/user/N/act/deactivate/",
        "/admin/spaces/community/add/",
    } <= kinds


def browser_of_root() -> Client:
    client = Client()
    client.force_login(root(), backend="communities.people.backend.Backend")
    return client


def test_a_post_without_the_token_is_refused_everywhere(publish, owner: User) -> None:
    post = publish("A post")
    client = Client(enforce_csrf_checks=True)
    client.force_login(root(), backend="communities.people.backend.Backend")
    before = rows_of_everything()
    addresses = [
        f"/admin/posts/post/{post.pk}/act/hide/",
        "/admin/posts/post/",
        f"/admin/people/user/{owner.pk}/act/deactivate/",
        f"/admin/people/user/{owner.pk}/change/",
        "/admin/spaces/community/add/",
    ]
    for address in addresses:
        assert client.post(address, {"reason": "forged", "name": "x"}).status_code == 403
        assert client.post(address, {"reason": "forged", "csrfmiddlewaretoken": "a" * 64}).status_code == 403
    assert rows_of_everything() == before
