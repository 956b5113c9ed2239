"""What the tests of exports and closings share: confirmed people, browsers that were just asked who they are, and posts."""

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from communities.people.models import User
from content.posts.models import Post

WORD = "a-long-enough-word"


def confirmed(user: User) -> User:
    """With a password and a confirmed address."""
    user.set_password(WORD)
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user


def signed_in(user: User) -> Client:
    """Through the door, as everybody comes in."""
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": user.email, "password": WORD})
    assert answer.status_code == 302, answer.content
    return browser


def just_asked(user: User) -> Client:
    """Signed in, and the password given once more."""
    browser = signed_in(user)
    assert browser.post("/accounts/reauthenticate/", {"password": WORD}).status_code == 302
    return browser


def posted(publish: Any, author: User, title: str, **fields: Any) -> Post:
    return publish(title, author=author, space="bench", **fields)
