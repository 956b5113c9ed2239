"""A small place with one of everything that can look wrong, and the list of every page that it has, with who looks at it."""

import datetime as dt
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from PIL import Image

from communities.access.things import thing
from communities.activity.actions import deliver_due
from communities.comments.actions import edit_comment, remove_comment, write_comment
from communities.comments.models import Comment
from communities.discussion.actions import edit_message, remove_message, write_message
from communities.discussion.conversing import begin_conversation
from communities.discussion.models import Message, Room
from communities.discussion.models import Topic as RoomTopic
from communities.discussion.rooms import save_room
from communities.discussion.topics import put_into_topic
from communities.files.actions import take_image
from communities.files.waiting import Enclosed, hand_in
from communities.mail.sink import SinkBackend, sink_folder
from communities.members.actions import found_community
from communities.members.guidelines import write_guidelines
from communities.members.models import Invitation, JoinRequest, Member
from communities.members.questions import save_questions
from communities.notifications.stopping import token_for, token_for_address
from communities.people.models import User
from communities.people.profile import change_profile
from communities.reactions.actions import react
from communities.reactions.models import EMOJI
from communities.safety.actions import hide, warn_member
from communities.safety.models import Act
from communities.safety.reporting import file_report
from communities.spaces.actions import change_community
from communities.spaces.models import Community, Rung, Space, Topic
from communities.spaces.topics import Offer, save_topics
from content.posts.actions import publish_post, save_draft, set_tags, start_draft
from content.posts.kinds import KINDS
from content.posts.models import Post
from memberships.billing.models import BrandShare, Customer, Invoice, Refund, Subscription
from memberships.tiers.actions import declare_uses, open_tier, save_benefit, save_tier, set_price
from memberships.tiers.gifts import make_gift
from memberships.tiers.grants import give_tier
from memberships.tiers.promises import deliver
from tests.conftest import make_user

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
TABLE = "| Drum | Ink | Sheets |\n|---|---|---|\n| teal | soy | 400 |\n| coral | rice bran | 250 |\n"
CODE = "    press --drum teal --drum coral --sheets 400 --paper munken-lynx-120 --speed slow --and-then wait\n"
PAID_AT = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@dataclass
class Town:
    """posts by name; file: the address of a picture that only insiders may have."""

    place: Community
    people: dict[str, User]
    posts: dict[str, Post] = field(default_factory=dict)
    file: str = ""
    tier: Any = None
    gift: str = ""
    old_price: int = 0
    comments: dict[str, Comment] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    topics: dict[str, RoomTopic] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (640, 400), (20, 120, 120)).save(out, "PNG")
    return out.getvalue()


def built(demo: Community, people: dict[str, User], publish: Any, viewer_of: Any) -> Town:
    """People: owner, member, outsider and whoever else is needed to look."""
    town = Town(demo, people)
    demo.tagline, demo.about = "Ink, paper and patience", f"A place with a long word: {LONG}."
    demo.save()
    soon = timezone.now() + dt.timedelta(days=2)
    posts, owner = town.posts, viewer_of(people["owner"])
    posts["public"] = _illustrated(town, owner, rung=0)
    posts["locked"] = _illustrated(town, owner, rung=20)
    posts["early"] = publish("Early", rung=30, openings=((10, soon), (0, soon + dt.timedelta(days=1))))
    posts["long"] = publish(LONG, source=f"{LONG}\n\n{LONG}", author=people["member"], space="bench")
    posts["rtl"] = publish("الطباعة على الورق: رسالة من الورشة", source="مرحبا بكم في الورشة.", language="ar")
    posts["hidden"] = publish("Loud", author=people["member"], space="bench")
    hide(owner, obj=posts["hidden"], reason="Too loud.")
    file_report(viewer_of(people["insider"]), kind="post", object_id=posts["long"].pk, reason="spam", note=LONG)
    reported = {"kind": "post", "object_id": posts["public"].pk}
    file_report(viewer_of(people["insider"]), **reported, reason="rude", note="It calls names.")
    warn_member(owner, member=Member.objects.get(user=people["member"]), words="Please ask before you quote.")
    for kind in KINDS.values():
        own = {detail.name: _answer(detail.type, soon) for detail in kind.details}
        posts[kind.slug] = publish(f"A post as {kind.slug}", kind=kind.slug, details=own, rung=20)
    _talk(town, viewer_of)
    _rooms(town, viewer_of)
    posts["scheduled"] = publish("In two days", opens_at=soon)
    journal = Space.objects.get(community=demo, slug="journal")
    posts["draft"] = start_draft(owner, space=journal, title="Half", source="Half a *thought*.", teaser="Half.")
    _known(town)
    found_community(make_user("hermit"), name="Empty", slug="empty")
    _doors(town, owner)
    _offers(town, owner)
    while deliver_due():  # what happened stands on the bells
        pass
    return town


def _offers(town: Town, owner: Any) -> None:
    """A tier with a long name, two prices, a promise that was kept, one that is late, and where the money goes."""
    words = {"why": f"For the drums. {LONG}", "what": "Recipes.", "how": "The rent."}
    town.tier = tier = save_tier(owner, community=town.place, name=f"Patron {LONG}"[:60], level=20, **words)
    set_price(owner, tier=tier, interval="month", currency="eur", amount=600)
    set_price(owner, tier=tier, interval="year", currency="jpy", amount=6000)
    since = timezone.localdate() - dt.timedelta(days=40)
    kept = save_benefit(owner, tier=tier, text="A recipe", every="month", since=since)
    save_benefit(owner, tier=tier, text=f"A seat {LONG}"[:160])
    open_tier(owner, tier=tier)
    deliver(owner, benefit=kept, on=since, note="Teal.", link="/c/demo/")
    declare_uses(owner, community=town.place, uses=[("Rent", 6250), (f"Paper {LONG}"[:80], 3750)])
    save_tier(owner, community=town.place, tier=tier, how="The rent, and the roof.")
    give_tier(owner, member=Member.objects.get(user=town.people["insider"]), tier=tier, ends=None, reason="Kind.")
    giver = town.people["insider"].pk
    words = f"For the drums, and for you. {LONG}"
    town.gift = make_gift(tier_id=tier.pk, months=3, giver_id=giver, ref="purchase:0", message=words).token
    _paid(town, owner)


def _paid(town: Town, owner: Any) -> None:
    """Somebody pays, one bill in each of two currencies, and some of it went back."""
    payer, price = town.people["insider"], town.tier.prices.get(interval="month")
    customer = Customer.objects.create(user=payer, livemode=False, currency="eur", stripe_id="cus_town")
    facts = {"user": payer, "customer": customer, "community": town.place, "price": price, "livemode": False}
    sub = Subscription.objects.create(
        stripe_id="sub_town", status="active", paid_once=True, started_at=PAID_AT, cancel_at=PAID_AT, **facts
    )
    for number, (currency, paid) in enumerate((("eur", 1_234_567), ("jpy", 6000))):
        bill = {"status": "paid", "total": paid, "paid": paid, "net": paid, "brand_share": 1250, "paid_at": PAID_AT}
        row = Invoice.objects.create(
            subscription=sub, stripe_id=f"in_town{number}", number=f"H-{number}", currency=currency, **bill
        )
    Refund.objects.create(
        invoice=row, stripe_id="re_town", amount=600, net=600, currency="jpy", created_at=PAID_AT, status="succeeded"
    )
    BrandShare.objects.create(community=town.place, share=1250, starts=PAID_AT, reason=f"Agreed on {LONG}")
    facts |= {"user": town.people["outsider"], "stripe_id": "sub_town_of_before", "started_at": PAID_AT}
    Subscription.objects.create(status="active", paid_once=True, **facts)
    set_price(owner, tier=town.tier, interval="month", currency="eur", amount=800)
    town.old_price = price.pk


def _talk(town: Town, viewer_of: Any) -> None:
    """Under the public post: everything that a comment can hold and become."""
    post, people, said = town.posts["public"], town.people, town.comments
    about = thing(Post.KIND, post.pk, viewer_of(people["owner"]))
    assert about is not None

    def say(name: str, who: str, body: str, answers: str = "") -> Comment:
        above = said.get(answers)
        writer = viewer_of(people[who])
        said[name] = write_comment(writer, place=town.place, about=about, body=body, answers=above)
        return said[name]

    say("long", "member", f"{LONG} and {LONG}\n\n{TABLE}\n{CODE}\n> Slow is smooth.\n\n1. @owner\n2. `code`\n")
    say("answer", "owner", "Soy ink, always.", "long")
    say("deeper", "member", "مرحبا بكم في الورشة.", "answer")
    for name in ("hidden", "removed", "edited"):
        say(name, "member", f"What was {name}.")
        say(f"under {name}", "owner", "And what stood below.", name)
    hide(viewer_of(people["owner"]), obj=said["hidden"], reason="Too loud.")
    remove_comment(viewer_of(people["member"]), comment=said["removed"])
    edit_comment(viewer_of(people["member"]), comment=said["edited"], about=about, body=f"What it says now, {LONG}.")
    for who, emoji in (("owner", EMOJI[0]), ("member", EMOJI[1])):
        react(viewer_of(people[who]), thing=about, emoji=emoji, on=True)


def _rooms(town: Town, viewer_of: Any) -> None:
    """A room with everything that a message can hold and become, an empty one, one that members may not enter, one of the team."""
    people, said = town.people, town.messages
    owner = viewer_of(people["owner"])
    specs: dict[str, dict[str, Any]] = {
        "full": {"name": LONG[:60], "about": LONG, "slow": 30},
        "quiet": {"name": "غرفة هادئة", "about": "هنا نتكلم عن الورق."},
        "shut": {"name": "Higher up", "about": "For later.", "own_rung": 20},
        "team": {"name": "News of the house", "posting": "team"},
    }
    for slug, words in specs.items():
        room = Room(community=town.place, slug=slug, **{"own_listed_rung": 0, "own_rung": 0} | words)
        town.rooms[slug] = save_room(owner, room=room)
    Room.objects.filter(slug="full").update(slow=0)  # for as long as the talk is being made
    full = Room.objects.select_related("community").get(slug="full")

    def say(name: str, who: str, body: str, answers: str = "") -> None:
        said[name] = write_message(viewer_of(people[who]), room=full, body=body, answers=said.get(answers))

    say("long", "member", f"{LONG} and {LONG}\n\n{TABLE}\n{CODE}\n> Slow is smooth.\n\n1. @owner\n2. `code`\n")
    say("answer", "owner", "Soy ink, always.", "long")
    say("rtl", "member", "مرحبا بكم في الورشة.", "answer")
    for name in ("hidden", "removed", "edited"):
        say(name, "member", f"What was {name}.")
    hide(owner, obj=said["hidden"], reason="Too loud.")
    remove_message(viewer_of(people["member"]), message=said["removed"])
    edit_message(viewer_of(people["member"]), message=said["edited"], body=f"What it says now, {LONG}.")
    for who, emoji in (("owner", EMOJI[0]), ("insider", EMOJI[1])):
        about = thing(Message.KIND, said["edited"].pk, viewer_of(people[who]))
        assert about is not None
        react(viewer_of(people[who]), thing=about, emoji=emoji, on=True)
    writer = people["member"]
    kept = [("press.png", picture()), (f"{LONG}.pdf", b"%PDF-1.7"), ("drum.png", picture())]
    files = [hand_in(community=town.place, uploader=writer, upload=data, name=name) for name, data in kept]
    told = [Enclosed(file.token, LONG if file.is_picture else "") for file in files]
    said["files"] = write_message(viewer_of(writer), room=full, body="", files=told)
    say("unread", "owner", "And this one came while you were away.")
    write_message(owner, room=town.rooms["team"], body="The drums are mended.")
    town.topics["ink"] = put_into_topic(
        owner, message=Message.objects.get(pk=said["long"].pk), title=f"Ink {LONG}"[:80]
    )
    put_into_topic(owner, message=said["rtl"], title="الورق")
    others = [people["owner"], people["insider"]]
    said["letter"] = begin_conversation(viewer_of(people["member"]), place=town.place, people=others[:1], body=LONG)
    said["letters"] = begin_conversation(
        owner, place=town.place, people=[people["member"], others[1]], body="مرحبا بكم."
    )
    Room.objects.filter(slug="full").update(slow=30)


def _known(town: Town) -> None:
    """One who says everything at length, in a script that runs the other way too, and two who say a little."""
    labels = {"interest": ["Ink", LONG[:60]], "challenge": ["Pricing", "التسعير"]}
    topics = [
        Topic.objects.create(community=town.place, kind=kind, slug=slug, label=label)
        for kind, words in labels.items()
        for slug, label in zip(("pricing", "other"), words, strict=True)
    ]
    words = {"pronouns": "هي", "work": LONG[:80], "place": "Lisbon", "website": "https://example.org/" + "a" * 120}
    change_profile(town.people["owner"], bio=LONG[:160] + " and more words", words=words)
    change_profile(town.people["member"], words={"place": "Lisbon"}, seen_by={"place": "me"})
    for seat in Member.objects.filter(community=town.place):
        seat.topics.set(topics)


def _doors(town: Town, owner: Any) -> None:
    """The place lets in by hand and is full of words; one waits, one stands in line, links of every kind."""
    place, member = town.place, town.people["member"]
    save_questions(owner, community=place, questions=[("What do you make?", True), (LONG, False)])
    save_topics(owner, community=place, offers=[Offer("interest", LONG[:60], "riso"), Offer("challenge", "Paper")])
    write_guidelines(owner, community=place, source=f"Be kind.\n\n{TABLE}\n{LONG}")
    Member.objects.filter(community=place).update(agreed=1)
    change_community(owner, community=place, join_mode="request", join_note=f"Come on a Thursday. {LONG}")
    for name, state in (("waiting", "asked"), ("lining", "queued"), ("refused", "declined")):
        person = town.people[name] = make_user(name)
        moments = {"queued_at": timezone.now(), "decided_at": timezone.now()}
        words = {"answers": [["What do you make?", LONG]], "note": LONG}
        JoinRequest.objects.create(community=place, user=person, state=state, **words, **moments)
    gone = {"revoked_at": timezone.now(), "label": LONG[:80]}
    Invitation.objects.bulk_create(
        [
            Invitation(community=place, creator=member, token="open", label="Nora", max_uses=3, used=1),
            Invitation(community=place, creator=member, token="gone", **gone),
        ]
    )
    Member.objects.filter(user=town.people["outsider"]).update(invitation=Invitation.objects.get(token="open"))


def _answer(type_: str, soon: dt.datetime) -> Any:
    return {"url": "https://example.org/" + "a" * 120, "number": 40, "datetime": soon.isoformat()}.get(type_, LONG[:90])


def _illustrated(town: Town, owner: Any, *, rung: int) -> Post:
    journal = Space.objects.get(community=town.place, slug="journal")
    post = start_draft(owner, space=journal, title=f"Two drums, one sheet ({rung})", teaser="What the ink did.")
    file = take_image(
        community=town.place,
        uploader=town.people["owner"],
        parent_kind=Post.KIND,
        parent_id=post.pk,
        upload=picture(),
        name="sheet.png",
        alt="A teal sheet",
    )
    town.file = file.url
    quote = "> Slow is smooth.\n\n1. ink\n2. paper\n\n- [a link](/)\n- `code`\n"
    text = f"![A teal sheet]({file.url})\n\n## A table\n\n{TABLE}\n{CODE}\n{quote}"
    save_draft(owner, post=post, rev=post.rev, source=text, cover_id=file.pk)
    set_tags(post, ["riso", "paper"])
    return publish_post(owner, post=post, rung=rung)


def rooms_pages(town: Town) -> dict[str, list[str]]:
    """Everything about rooms, by who looks: a visitor, a member, the owner."""
    rooms, said, studio = town.rooms, town.messages, "/c/demo/studio/rooms/"
    message = {name: f"{rooms['full'].url}{row.number}/" for name, row in said.items()}
    doors = ["/c/demo/rooms/", "/c/empty/rooms/", *(rooms[name].url for name in ("full", "quiet", "shut", "team"))]
    member = [message["answer"], message["edited"], message["hidden"], f"{message['edited']}edit/"]
    report = f"/c/demo/report/message/{said['answer'].pk}/"
    owner = [rooms["full"].url, message["edited"], f"{message['edited']}history/", message["hidden"]]
    owner += [f"{message[name]}act/" for name in ("edited", "hidden")]
    desk = [studio, f"{studio}new/", f"{studio}{rooms['full'].pk}/"]
    topic = f"{rooms['full'].url}topics/{town.topics['ink'].pk}/"
    doors += [topic, f"{rooms['full'].url}topics/", f"{rooms['quiet'].url}topics/"]
    owner += [f"{topic}name/", f"{message['long']}topic/", said["letters"].room.url]
    written = ["/c/demo/messages/", "/c/demo/messages/new/", "/c/demo/messages/new/?to=@insider"]
    member += [*written, said["letter"].room.url, said["letter"].url, said["letters"].room.url]
    member.append(f"{said['letters'].room.url}leave/")
    return {
        "visitor": [*doors, message["long"], f"{rooms['full'].url}?at=3"],
        "member": [*doors, *member, f"{rooms['full'].url}level/", f"{rooms['full'].url}?before=3", report],
        "owner": [*owner, *desk],
    }


def visitors_pages(town: Town) -> list[str]:
    posts, owner = town.posts, town.people["owner"]
    address = EmailAddress.objects.get_or_create(user=owner, email=owner.email, defaults={"primary": True})[0]
    reset = f"{user_pk_to_url_str(owner)}-{default_token_generator.make_token(owner)}"
    letter = EmailMultiAlternatives("Welcome", "Come in.", "from@test.example", [owner.email])
    letter.attach_alternative("<p>Come in.</p>", "text/html")
    SinkBackend().send_messages([letter])
    number = next(sink_folder().glob("*.eml")).stem
    return [
        "/",
        "/c/demo/",
        "/c/demo/tiers/",
        f"/c/demo/tiers/{town.tier.slug}/",
        "/c/demo/?kind=idea",
        "/c/demo/?space=bench",
        "/c/demo/?tag=riso",
        "/c/empty/",
        "/c/demo/people/",
        "/c/empty/people/",
        "/c/demo/people/owner/",
        "/c/demo/join/",
        "/c/demo/search/",
        "/c/demo/search/?q=ink",
        "/c/demo/guidelines/",
        "/c/empty/guidelines/",
        "/i/open/",
        "/i/gone/",
        *(posts[name].url for name in ("public", "locked", "early", "long", "rtl", "offer", "question", "lesson")),
        f"{posts['public'].url}?by=team",
        f"/c/demo/react/post/{posts['public'].pk}/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/login/code/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/done/",
        f"/accounts/password/reset/key/{reset}/",
        "/accounts/password/reset/key/1-used/",
        "/accounts/confirm-email/",
        f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/",
        "/accounts/confirm-email/used/",
        "/accounts/inactive/",
        f"/n/{token_for(owner.pk, 'mention')}/",
        f"/n/again/{token_for_address(owner.email)}/",
        "/accounts/3rdparty/login/cancelled/",
        "/demo/mail/",
        f"/demo/mail/{number}/",
        *rooms_pages(town)["visitor"],
    ]


def members_pages(town: Town) -> list[str]:
    return [
        "/",
        "/c/demo/",
        "/c/demo/welcome/",
        "/c/demo/tiers/",
        "/c/demo/?kind=question",
        *(town.posts[name].url for name in ("public", "locked", "early", "hidden", "early", "idea")),
        f"{town.posts['public'].url}?quote={town.comments['answer'].pk}",
        f"/c/demo/comments/{town.comments['edited'].pk}/edit/",
        "/c/demo/people/",
        "/c/demo/people/?challenge=pricing&place=Lisbon",
        "/c/demo/people/?q=nobody-like-that",
        "/c/demo/people/me/",
        "/c/demo/search/",
        "/c/demo/search/?q=wo",
        "/c/demo/search/?q=nothing-like-that",
        "/c/demo/search/?q=الورشة",
        *(f"/c/demo/people/{name}/" for name in ("owner", "member", "insider")),
        "/c/demo/write/",
        f"/c/demo/write/{town.posts['long'].pk}/",
        "/c/demo/welcome/",
        "/c/demo/invite/",
        "/c/demo/leave/",
        "/me/",
        f"/c/demo/report/post/{town.posts['public'].pk}/",
        "/c/demo/report/person/insider/",
        "/me/reports/",
        "/me/standing/",
        "/me/money/",
        "/c/demo/give/",
        "/c/demo/seats/",
        f"/c/demo/gift/{town.gift}/",
        "/me/blocks/",
        "/me/blocks/?person=insider&next=/c/demo/",
        "/me/again/",
        "/me/news/",
        "/me/notifications/",
        "/me/data/",
        "/me/leave/",
        "/accounts/reauthenticate/",
        "/accounts/logout/",
        *rooms_pages(town)["member"],
    ]


def owners_pages(town: Town) -> list[str]:
    posts, studio = town.posts, "/c/demo/studio/"
    seat = Member.objects.get(community=town.place, user=town.people["member"])
    space = Space.objects.get(community=town.place, slug="bench")
    rung = Rung.objects.get(community=town.place, level=20)
    write = f"/c/demo/write/{posts['draft'].pk}/"
    return [
        "/c/demo/",
        *(posts[name].url for name in ("public", "hidden", "scheduled")),
        f"/c/demo/comments/{town.comments['edited'].pk}/history/",
        studio,
        f"{studio}look/",
        f"{studio}spaces/",
        f"{studio}spaces/new/",
        f"{studio}spaces/{space.pk}/",
        f"{studio}steps/new/",
        f"{studio}steps/{rung.pk}/",
        f"{studio}requests/",
        f"{studio}door/",
        f"{studio}door/guidelines/",
        f"{studio}door/topics/",
        f"{studio}members/",
        f"{studio}reports/",
        f"{studio}reports/post/{posts['long'].pk}/",
        f"{studio}log/",
        f"{studio}log/{Act.objects.get(kind='post', verb='hidden').pk}/",
        "/c/demo/invite/",
        f"{studio}members/{seat.pk}/",
        f"{studio}tiers/",
        f"{studio}tiers/new/",
        f"{studio}tiers/{town.tier.pk}/",
        f"{studio}offers/",
        f"{studio}seats/",
        f"/c/demo/tiers/{town.tier.slug}/",
        f"{studio}money/",
        f"{studio}money/buyers/",
        f"{studio}money/prices/{town.old_price}/",
        f"{studio}money/{PAID_AT:%Y/%m}/",
        f"{studio}money/2026/1/",
        "/new/",
        "/c/demo/write/",
        write,
        f"{write}remove/",
        f"{write}preview/",
        f"{write}preview/?as=insider",
        f"/c/demo/write/{posts['public'].pk}/",
        f"/c/demo/write/{posts['scheduled'].pk}/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/accounts/3rdparty/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        *rooms_pages(town)["owner"],
    ]
