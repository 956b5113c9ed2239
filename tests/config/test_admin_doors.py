"""Who gets through the admin's door, where the others are sent, and what its first page shows to whom."""

import datetime as dt

import pytest
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communities.activity.models import Activity, Delivery
from communities.mail.models import Mail
from communities.members.models import Member
from communities.people.models import User
from communities.safety.actions import hide, suspend_member
from content.posts.models import Post
from tests.desk import brand, browser, root

pytestmark = pytest.mark.once

ADDRESSES = [
    "/admin/",
    "/admin/login/",
    "/admin/jsi18n/",
    "/admin/autocomplete/?app_label=spaces&model_name=space&field_name=community",
    "/admin/posts/",
    "/admin/posts/post/",
    "/admin/posts/post/1/change/",
    "/admin/posts/post/1/act/hide/",
    "/admin/people/user/1/history/",
    "/admin/nothing/here/",
    "/admin/r/1/1/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_signed_out_one_is_sent_to_the_sites_own_sign_in(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["location"].startswith("/accounts/login/?next=/admin/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_is_not_staff_gets_the_same_404_at_every_address(owner: User, address: str) -> None:
    reader = browser(owner)
    nowhere = reader.get("/c/no-such-place/")
    answer = reader.get(address)
    assert (answer.status_code, answer.content) == (404, nowhere.content)


def test_a_shut_account_of_staff_is_signed_out(staff: User) -> None:
    client = browser(staff)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=staff.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_the_admins_own_login_forwards_within_the_site_only(staff: User) -> None:
    client = browser(staff)
    assert client.get("/admin/login/?next=/admin/posts/post/")["location"] == "/admin/posts/post/"
    assert client.get("/admin/login/?next=https://evil.example/")["location"] == "/admin/"
    assert Client().get("/admin/login/?next=//evil.example")["location"] == "/accounts/login/?next=/admin/"


def test_signing_out_and_the_password_are_the_sites_own_pages(staff: User) -> None:
    client = browser(staff)
    assert client.get("/admin/logout/")["location"] == reverse("account_logout")
    assert client.get("/admin/password_change/")["location"] == reverse("account_change_password")
    assert client.get("/admin/").status_code == 200


def test_every_answer_carries_the_strict_policy(staff: User) -> None:
    answer = browser(staff).get("/admin/")
    policy = answer["content-security-policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy and "unsafe" not in policy
    assert answer["cache-control"] == "private, no-store"


def test_the_first_page_is_grouped_under_the_packages(db: None) -> None:
    page = browser(root()).get("/admin/")
    groups = {
        group["app_label"]: [model["object_name"] for model in group["models"]] for group in page.context["app_list"]
    }
    assert groups == {
        "communities": [
            "Community",
            "Member",
            "Report",
            "JoinRequest",
            "Invitation",
            "User",
            "Space",
            "Rung",
            "Mail",
            "File",
            "Export",
            "Closing",
            "Act",
            "LogEntry",
            "Group",
            "Activity",
            "Delivery",
            "Comment",
            "Message",
            "Room",
            "Thread",
        ],
        "memberships": [
            "Ask",
            "BrandShare",
            "Coupon",
            "Dispute",
            "Gift",
            "Grant",
            "Invoice",
            "Look",
            "Pool",
            "Purchase",
            "StripeEvent",
            "Subscription",
            "Tier",
        ],
        "content": ["Post", "Tag"],
    }


def test_what_holds_keys_to_accounts_is_not_registered() -> None:
    names = {model._meta.label_lower for model in admin.site._registry}
    kept_out = {
        "account.emailaddress",
        "account.emailconfirmation",
        "mfa.authenticator",
        "usersessions.usersession",
        "sessions.session",
        "members.visit",
        "members.seen",
        "auth.permission",
    }
    assert names & kept_out == set()


def test_the_first_page_counts_what_waits_with_links_to_it(publish, insider: User, seen_by, owner: User) -> None:
    hide(seen_by(owner), obj=publish("Hidden"), reason="off topic")
    publish("Seen")
    suspend_member(seen_by(owner), member=Member.objects.get(user=insider), reason="spam")
    activity = Activity.objects.order_by("pk").first()
    Delivery.objects.all().delete()
    Delivery.objects.create(activity=activity, subscriber="digest", parked=True)
    Mail.objects.create(to="a@b.example", kind="x", subject="x", message_id="<1>", state=Mail.State.PARKED)
    page = browser(root()).get("/admin/")
    told = {card["url"]: (card["value"], card["calls"]) for card in page.context["desk"]}
    assert told == {
        "/admin/posts/post/?state__exact=hidden": (1, False),
        "/admin/members/member/?standing__exact=suspended": (1, False),
        "/admin/members/joinrequest/?state__exact=asked": (0, False),
        "/admin/billing/dispute/?closed_at__isempty=1": (0, False),
        "/admin/mail/mail/?state__exact=parked": (1, True),
        "/admin/activity/delivery/?parked__exact=1": (1, True),
        "/admin/activity/delivery/?parked__exact=0": ("nothing waits", False),
    }
    client = browser(brand("watch", "moderator"))
    for url, (count, _calls) in told.items():
        if url.startswith(("/admin/posts", "/admin/members")):
            assert client.get(url).context["cl"].result_count == count


def test_the_outbox_says_how_old_its_oldest_delivery_is(publish, time_machine) -> None:
    publish("News")
    activity = Activity.objects.order_by("pk").first()
    Delivery.objects.all().delete()
    Delivery.objects.create(activity=activity, subscriber="digest")
    time_machine.move_to(timezone.now() + dt.timedelta(hours=2), tick=False)
    page = browser(root()).get("/admin/")
    assert [card["value"] for card in page.context["desk"]][-1].replace("\xa0", " ") == "2 hours"


def test_each_sees_only_the_cards_they_may_look_at(db: None) -> None:
    cards = {
        name: [card["url"].split("?")[0].split("/")[3] for card in browser(brand(name)).get("/admin/").context["desk"]]
        for name in ("analyst", "support", "moderator")
    }
    assert cards == {
        "analyst": ["post", "member"],
        "support": ["member", "joinrequest", "mail", "dispute"],
        "moderator": ["post", "member", "joinrequest"],
    }


def test_staff_without_a_group_read_how_to_get_one(db: None) -> None:
    user = User.objects.create(email="new@test.example", handle="new", is_staff=True)
    assert "A manager gives roles" in browser(user).get("/admin/").content.decode()


def test_a_visitor_gets_no_session_from_the_door(visitor: AnonymousUser, db: None) -> None:
    assert Client().get("/admin/").cookies.get("sessionid") is None


def test_posts_are_not_counted_in_the_first_pages_query_number(publish, django_assert_max_num_queries) -> None:
    client = browser(root())
    client.get("/admin/")
    with django_assert_max_num_queries(15):
        client.get("/admin/")
    for number in range(5):
        publish(f"Post {number}")
    assert Post.objects.count() == 5
    with django_assert_max_num_queries(15):
        client.get("/admin/")
