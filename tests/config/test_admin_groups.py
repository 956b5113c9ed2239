"""The table of docs/admin.md, cell by cell: what each group of brand staff may, in the database and over HTTP."""

import re
import uuid

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from communities.activity.models import Activity, Delivery
from communities.comments.models import Comment, Thread
from communities.discussion.models import Message, Room
from communities.files.models import File
from communities.mail.models import Mail
from communities.members.models import Invitation, JoinRequest, Member
from communities.people.models import Closing, Export, User
from communities.safety.actions import hide
from communities.safety.models import Act, Report
from communities.spaces.models import Community, Rung, Space
from config.bootstrap import ROOT
from content.posts.actions import set_tags
from content.posts.models import Post, Tag
from memberships.billing.models import (
    BrandShare,
    Coupon,
    Customer,
    Dispute,
    Invoice,
    Look,
    Purchase,
    StripeEvent,
    Subscription,
)
from memberships.tiers.models import Ask, Gift, Grant, Pool, Price, Tier
from tests.conftest import make_user
from tests.desk import GROUPS, brand, browser, root, rows_of_everything

pytestmark = pytest.mark.once

# model: what analyst, support, moderator, manager and superuser may there. v view, a add, c change (or press buttons), d delete
TABLE = {
    "spaces.community": ("v", "v", "v", "vac", "vac"),
    "members.member": ("v", "v", "vc", "vc", "vc"),
    "members.joinrequest": ("", "v", "vc", "vc", "vc"),
    "members.invitation": ("", "v", "vc", "vc", "vc"),
    "people.user": ("v", "v", "v", "vc", "vc"),
    "people.export": ("", "vc", "", "vc", "vc"),
    "people.closing": ("", "v", "", "v", "v"),
    "spaces.space": ("v", "", "v", "vac", "vac"),
    "spaces.rung": ("v", "v", "v", "vac", "vac"),
    "mail.mail": ("", "vc", "", "vc", "vc"),
    "files.file": ("v", "", "v", "v", "v"),
    "safety.act": ("v", "", "v", "v", "v"),
    "safety.report": ("v", "", "vc", "vc", "vc"),
    "admin.logentry": ("", "", "v", "v", "v"),
    "auth.group": ("", "", "", "v", "v"),
    "activity.activity": ("v", "", "v", "v", "v"),
    "activity.delivery": ("", "", "", "vc", "vc"),
    "billing.subscription": ("", "v", "", "vc", "vc"),
    "billing.invoice": ("", "v", "", "vc", "vc"),
    "billing.dispute": ("", "v", "", "v", "v"),
    "billing.purchase": ("", "v", "", "v", "v"),
    "tiers.gift": ("", "v", "", "v", "v"),
    "tiers.pool": ("", "v", "", "v", "v"),
    "tiers.ask": ("", "v", "", "v", "v"),
    "billing.coupon": ("v", "v", "v", "v", "v"),
    "billing.stripeevent": ("", "v", "", "vc", "vc"),
    "billing.look": ("", "v", "", "vc", "vc"),
    "billing.brandshare": ("", "v", "", "va", "va"),
    "posts.post": ("v", "", "vc", "vc", "vc"),
    "posts.tag": ("v", "", "vcd", "vcd", "vcd"),
    "comments.comment": ("v", "", "vc", "vc", "vc"),
    "comments.thread": ("v", "", "vc", "vc", "vc"),
    "discussion.room": ("v", "", "v", "vc", "vc"),
    "discussion.message": ("v", "", "vc", "vc", "vc"),
    "tiers.tier": ("v", "", "v", "v", "v"),
    "tiers.grant": ("v", "", "v", "v", "v"),
}
VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
# What opens no form in the admin and has no button: the database's permission of a superuser changes nothing there.
FORMS = {"spaces.community", "people.user", "spaces.space", "spaces.rung", "posts.tag"}
ONLY_NEW = {"billing.brandshare"}  # a form for a new row, and no other


@pytest.fixture
def one_of_each(demo: Community, publish, owner: User, insider: User, seen_by) -> dict[str, int]:
    """A row of every registered model, by its label."""
    post = publish("A post")
    hidden = publish("Hidden")
    hide(seen_by(owner), obj=hidden, reason="off topic")
    set_tags(post, ["riso"])
    activity = Activity.objects.order_by("pk").last()
    delivery = Delivery.objects.create(activity=activity, subscriber="test", parked=True, error="no")
    mail = Mail.objects.create(to="a@b.example", kind="x", subject="x", message_id="<1>", state=Mail.State.PARKED)
    file = File.objects.create(
        community=demo,
        uploader=owner,
        parent_kind="post",
        parent_id=post.pk,
        name="a.png",
        mime="image/png",
        bytes=1,
        path="x",
    )
    kind = ContentType.objects.get_for_model(Post)
    entry = LogEntry.objects.create(
        user=owner, content_type=kind, object_id=str(post.pk), object_repr="A post", action_flag=2, change_message="x"
    )
    tier = Tier.objects.create(community=demo, level=20, slug="t", name="T", why="w", state="open")
    price = Price.objects.create(tier=tier, interval="month", currency="eur", amount=600)
    payer = Customer.objects.create(user=insider, livemode=False, currency="eur", stripe_id="cus_1")
    sub = Subscription.objects.create(
        stripe_id="sub_1", customer=payer, user=insider, community=demo, price=price, currency="eur", livemode=False
    )
    bill = Invoice.objects.create(stripe_id="in_1", subscription=sub, currency="eur")
    told = StripeEvent.objects.create(event_id="evt_1", type="invoice.paid", created=timezone.now(), livemode=False)
    report = Report.objects.create(community=demo, kind="post", object_id=post.pk, reporter=insider, reason="rude")
    thread = Thread.objects.create(community=demo, kind="post", object_id=post.pk, count=1, last=1)
    comment = Comment.objects.create(
        community=demo, thread=thread, author=insider, number=1, root=1, source="x", html="<p>x</p>"
    )
    room = Room.objects.create(
        community=demo, author=owner, slug="r", name="R", last=1, rev=1, state="published", opens_at=timezone.now()
    )
    message = Message.objects.create(
        community=demo, room=room, author=insider, number=1, rev=1, source="x", html="<p>x</p>"
    )
    seat = Member.objects.get(user=insider)
    grant = Grant.objects.create(member=seat, tier=tier, source="comp", ref="comp:1")
    return {
        "tiers.tier": tier.pk,
        "tiers.grant": grant.pk,
        "tiers.gift": Gift.objects.create(tier=tier, months=1, giver=insider, ref="purchase:1", token="t").pk,
        "tiers.pool": Pool.objects.create(tier=tier, months=1, seats=1, giver=insider, ref="purchase:2").pk,
        "tiers.ask": Ask.objects.create(tier=tier, member=seat).pk,
        "comments.comment": comment.pk,
        "comments.thread": thread.pk,
        "discussion.room": room.pk,
        "discussion.message": message.pk,
        "safety.report": report.pk,
        "billing.subscription": sub.pk,
        "billing.invoice": bill.pk,
        "billing.dispute": Dispute.objects.create(stripe_id="du_1", invoice=bill, currency="eur").pk,
        "billing.stripeevent": told.pk,
        "billing.look": Look.objects.create(kind="messages").pk,
        "billing.brandshare": BrandShare.objects.create(community=demo, share=1000, reason="x").pk,
        "billing.coupon": Coupon.objects.create(community=demo, code="SPRING", percent=10).pk,
        "billing.purchase": Purchase.objects.create(
            form="x",
            user=insider,
            community=demo,
            price=price,
            kind="gift",
            quantity=1,
            months=1,
            currency="eur",
            expires_at=timezone.now(),
        ).pk,
        "spaces.community": demo.pk,
        "members.member": Member.objects.get(user=insider).pk,
        "members.joinrequest": JoinRequest.objects.create(community=demo, user=make_user("asker")).pk,
        "members.invitation": Invitation.objects.create(community=demo, creator=insider).pk,
        "people.user": insider.pk,
        "people.export": Export.objects.create(user=insider).pk,
        "people.closing": Closing.objects.create(user=insider, how="erase", due_at=timezone.now()).pk,
        "spaces.space": Space.objects.get(slug="bench").pk,
        "spaces.rung": Rung.objects.get(level=20).pk,
        "mail.mail": mail.pk,
        "files.file": file.pk,
        "safety.act": Act.objects.get().pk,
        "admin.logentry": entry.pk,
        "auth.group": Group.objects.get(name="support").pk,
        "activity.activity": activity.pk,
        "activity.delivery": delivery.pk,
        "posts.post": post.pk,
        "posts.tag": Tag.objects.get().pk,
    }


def test_the_table_names_every_registered_model() -> None:
    assert set(TABLE) == {model._meta.label_lower for model in admin.site._registry}


def test_the_groups_hold_exactly_the_permissions_of_the_table(db: None) -> None:
    for column, name in enumerate(GROUPS):
        brand(f"some-{name}", name)
        wanted = set()
        for label, cells in TABLE.items():
            app, model = label.split(".")
            wanted |= {f"{app}.{VERBS[letter]}_{model}" for letter in cells[column]}
        held = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in held} == wanted, name


def test_the_documented_table_is_this_one() -> None:
    text = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|([^\n]+)\|$", text, re.MULTILINE)
    told = {label: tuple(cell.strip().replace("–", "") for cell in cells.split("|")) for label, cells in rows}
    assert told == TABLE


@pytest.mark.parametrize("column", range(5))
def test_every_cell_answers_as_documented(one_of_each: dict[str, int], column: int) -> None:
    """200 for what one may look at, 404 for every other page, and forms only where one may fill them in."""
    user = brand(f"some-{GROUPS[column]}", GROUPS[column]) if column < 4 else root()
    client = browser(user)
    for label, cells in TABLE.items():
        may, name = cells[column], "admin:" + label.replace(".", "_")
        pk = one_of_each[label]
        seen = 200 if "v" in may else 404
        assert client.get(reverse(f"{name}_changelist")).status_code == seen, label
        page = client.get(reverse(f"{name}_change", args=[pk]))
        assert page.status_code == seen, label
        assert client.get(reverse(f"{name}_history", args=[pk])).status_code == seen, label
        assert client.get(reverse(f"{name}_add")).status_code == (200 if "a" in may else 404), label
        assert client.get(reverse(f"{name}_delete", args=[pk])).status_code == (200 if "d" in may else 404), label
        if seen == 200:
            saves = 'name="_save"' in page.content.decode()
            assert saves == ("c" in may and label in FORMS), label


@pytest.mark.parametrize("column", range(5))
def test_every_button_is_pressed_by_those_of_the_table_alone(one_of_each: dict[str, int], column: int) -> None:
    user = brand(f"some-{GROUPS[column]}", GROUPS[column]) if column < 4 else root()
    client = browser(user)
    mine = GROUPS[column] if column < 4 else "superuser"
    for model, desk in admin.site._registry.items():
        label = model._meta.label_lower
        for button in desk.buttons:
            allowed = "c" in TABLE[label][column]
            if label == "members.member" and button.name in {"grant", "end-grant", "role"}:
                allowed = mine in {"manager", "superuser"}
            if label == "people.user" and button.name == "pack":
                allowed = "c" in TABLE["people.export"][column]
            address = reverse(f"admin:{label.replace('.', '_')}_act", args=[one_of_each[label], button.name])
            assert client.get(address).status_code == (200 if allowed else 404), (label, button.name)
            if not allowed:
                before = rows_of_everything()
                assert client.post(address, {"reason": "because"}).status_code == 403
                assert rows_of_everything() == before


def test_nothing_that_an_action_owns_can_be_posted_over(one_of_each: dict[str, int], owner: User) -> None:
    """A superuser's hand-made POST to the change, add and delete address of each model without a form changes nothing."""
    client = browser(root())
    forged = {
        "title": "Forged",
        "state": "removed",
        "author": owner.pk,
        "rung": "0",
        "role": "owner",
        "standing": "member",
        "reason": "forged",
        "verb": "restored",
        "to": "x@y.example",
        "parked": "",
        "name": "forged",
        "key": str(uuid.uuid4()),
        "post": "yes",
    }
    before = rows_of_everything()
    for label, pk in one_of_each.items():
        if label in FORMS | ONLY_NEW:
            continue
        name = "admin:" + label.replace(".", "_")
        assert client.post(reverse(f"{name}_change", args=[pk]), forged).status_code == 403, label
        assert client.post(reverse(f"{name}_add"), forged).status_code == 403, label
        assert client.post(reverse(f"{name}_delete", args=[pk]), forged).status_code == 403, label
        chosen = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        assert client.post(reverse(f"{name}_changelist"), chosen).status_code == 403, label
    assert rows_of_everything() == before
