"""A face of one's own: cut, stripped, at every size, for whoever may know the person, and dead at once when it is taken down."""

import datetime as dt
import threading
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image

from communities.activity.models import Activity
from communities.files import store
from communities.files.actions import make_sizes, sweep_files
from communities.files.models import FACE_WIDTHS, File
from communities.files.refusal import UploadRefused
from communities.members.models import JoinRequest, Member
from communities.people.faces import remove_face, set_face
from communities.people.models import User
from communities.spaces.models import Community
from tests.communities.files.samples import SECRET, encoded, long_animation, photo_with_everything, shade
from tests.conftest import make_member

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def small_disk(monkeypatch):
    monkeypatch.setattr(store, "RESERVE", 0)


def sent(data: bytes, name: str = "me and anna in porto.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def addresses(file: File) -> list[str]:
    return [file.url, *(f"/f/{file.token}/{width}.webp" for width in FACE_WIDTHS)]


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_telephones_heic_becomes_a_face(demo, member, visitor, client_of):
    """Through the form, as it comes from the telephone: on its side, with the place it was taken at."""
    photo = photo_with_everything("HEIF", orientation=6, size=(640, 400))
    assert SECRET in photo and photo[4:12] == b"ftypheic"
    answer = client_of(member).post("/me/face/", {"file": sent(photo, "IMG_0042.HEIC")})
    assert answer.status_code == 302, answer.content.decode()
    file = File.objects.get()
    make_sizes()
    browser = client_of(visitor)
    for address in addresses(file):
        face = body(browser.get(address))
        assert b"CANARY" not in face
        with Image.open(BytesIO(face)) as image:
            assert image.width == image.height
            assert image.convert("RGB").getpixel((image.width // 2, 2))[0] > 150  # red is up: it was put upright


def test_a_photograph_is_cut_to_its_middle_and_nothing_of_where_it_was_taken_survives(demo, member, visitor, client_of):
    """E07: neither in the original nor in any size."""
    photo = photo_with_everything("JPEG", orientation=6, size=(640, 400))
    assert SECRET in photo
    file = set_face(member, sent(photo))
    make_sizes()
    assert file.widths == list(FACE_WIDTHS)
    assert "anna" not in file.name
    for address, edge in zip(addresses(file), (512, *FACE_WIDTHS), strict=True):
        data = body(client_of(visitor).get(address))
        picture = Image.open(BytesIO(data))
        assert (picture.size, picture.format) == ((edge, edge), "WEBP")
        assert SECRET not in data
        assert not picture.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)
        # Turned upright, the red half is on top, the blue one below.
        assert picture.convert("RGB").getpixel((edge // 2, edge // 8))[0] > 180
        assert picture.convert("RGB").getpixel((edge // 2, edge - edge // 8))[2] > 180


@pytest.mark.parametrize("encoder", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "animation"])
def test_every_format_that_people_have_is_taken(encoder, demo, member):
    data = long_animation(4) if encoder == "animation" else encoded(shade(300, 200), encoder)
    if encoder == "animation":
        data = encoded(Image.open(BytesIO(data)).resize((90, 90)), "GIF")
    file = set_face(member, sent(data))
    assert (file.width, file.height, file.mime, file.animated) == (512, 512, "image/webp", False)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>", "This is not a photograph or drawing that we can cut."),
        (b"%PDF-1.7 nothing to see", "This is not a photograph or drawing that we can cut."),
        (encoded(shade(63, 400), "PNG"), "This picture is too small: it needs at least 64 pixels on each side."),
        (b"\xff\xd8\xff broken", "This is not a picture that we can read."),
        (b"", "The submitted file is empty."),
    ],
)  # fmt: skip
def test_what_is_no_face_is_refused_in_a_sentence_and_the_old_one_stays(data, sentence, demo, member, client_of):
    before = set_face(member, sent(encoded(shade(100, 100), "PNG"))).token
    answer = client_of(member).post("/me/face/", {"file": sent(data)})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert sentence in page
    assert 'class="errors" id="id_file_error"' in page
    assert page.count("autofocus") == 1
    assert User.objects.get(pk=member.pk).face_token == before
    assert File.objects.filter(parent_kind="user").count() == 1


def test_it_stands_wherever_the_drawn_one_stood(publish, demo, owner, member, visitor, client_of):
    post = publish("Words")
    drawn = f"/face/{owner.pk}.svg"
    pages = ("/", "/c/demo/", post.url, "/c/demo/people/", "/c/demo/people/owner/")
    assert all(drawn in client_of(visitor).get(page).content.decode() for page in pages)
    answer = client_of(owner).post("/me/face/", {"file": sent(encoded(shade(300, 200), "PNG"))})
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    token = User.objects.get(pk=owner.pk).face_token
    seat = Member.objects.get(user=owner).pk
    for who, more in ((visitor, ()), (owner, (f"/c/demo/studio/members/{seat}/", "/c/demo/studio/members/", "/me/"))):
        for page in (*pages, *more):
            text = client_of(who).get(page + ("?" if who is visitor else "")).content.decode()
            assert f"/f/{token}/" in text
            assert drawn not in text
    assert Activity.objects.filter(verb="person.face_changed", actor=owner).count() == 1


def test_replaced_or_taken_down_it_is_dead_at_once_row_and_bytes(
    demo, member, visitor, client_of, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        first = set_face(member, sent(encoded(shade(300, 200), "PNG")))
    make_sizes()
    assert {client_of(visitor).get(address).status_code for address in addresses(first)} == {200}
    with django_capture_on_commit_callbacks(execute=True):
        second = set_face(member, sent(encoded(shade(200, 300), "PNG")))
    assert {client_of(visitor).get(address).status_code for address in addresses(first)} == {404}
    assert client_of(visitor).get(second.url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(member).post("/me/face/", {"remove": "yes"})
    assert answer.status_code == 302
    assert {client_of(visitor).get(address).status_code for address in addresses(second)} == {404}
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []
    assert f"/face/{member.pk}.svg" in client_of(member).get("/me/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        remove_face(User.objects.get(pk=member.pk))
    assert Activity.objects.filter(verb="person.face_changed").count() == 3


def test_whoever_may_know_the_person_may_see_the_face(
    demo, maker, owner, moderator, member, outsider, staff, visitor, client_of
):
    """A listed community shows its people to everybody; an unlisted one to itself, its desk and its own door."""
    lone = make_member(Community.objects.get(slug="atelier"), "lone")
    file = set_face(lone, sent(encoded(shade(300, 200), "PNG")))
    cast = {"visitor": visitor, "outsider": outsider, "member": member, "owner": owner, "maker": maker, "staff": staff}
    cast["lone"] = lone

    def seers() -> set[str]:
        found = {
            who: {client_of(person).get(address).status_code for address in addresses(file)}
            for who, person in cast.items()
        }
        assert all(codes in ({200}, {404}) for codes in found.values())
        return {who for who, codes in found.items() if codes == {200}}

    assert seers() == set(cast)
    Community.objects.filter(slug="atelier").update(listed=False)
    assert seers() == {"maker", "lone", "staff"}
    Community.objects.filter(slug="demo").update(listed=False)
    JoinRequest.objects.create(community=demo, user=lone, state=JoinRequest.State.ASKED)
    assert seers() == {"maker", "lone", "staff", "owner"}
    Member.objects.filter(user=lone).update(standing="left")
    assert "maker" in seers()


def test_somebody_in_no_community_is_seen_by_themselves(demo, outsider, member, visitor, staff, client_of):
    file = set_face(outsider, sent(encoded(shade(300, 200), "PNG")))
    found = [client_of(who).get(file.url).status_code for who in (outsider, staff, member, visitor)]
    assert found == [200, 200, 404, 404]


def test_a_face_that_everybody_may_see_is_kept_by_browsers_for_a_minute_and_no_longer(demo, member, visitor, client_of):
    file = set_face(member, sent(encoded(shade(300, 200), "PNG")))
    make_sizes()
    for who in (visitor, member):
        answer = client_of(who).get(f"/f/{file.token}/128.webp")
        assert answer["Cache-Control"] == "public, max-age=60"
        assert answer["Content-Security-Policy"].startswith("default-src 'none'")
        again = client_of(who).get(f"/f/{file.token}/128.webp", HTTP_IF_NONE_MATCH=answer["ETag"])
        assert (again.status_code, again["Cache-Control"]) == (304, "public, max-age=60")
    assert client_of(visitor).get(f"/f/{file.token}/400.webp").status_code == 404
    assert client_of(visitor).post(file.url).status_code == 405


def test_the_sweeper_takes_what_is_nobodys_face_and_leaves_what_is(demo, member, insider):
    kept = set_face(member, sent(encoded(shade(300, 200), "PNG")))
    lost = set_face(insider, sent(encoded(shade(300, 200), "PNG")))
    User.objects.filter(pk=insider.pk).update(face_token="")
    File.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    assert sweep_files()[0] == 1
    assert list(File.objects.values_list("token", flat=True)) == [kept.token]
    assert not File.objects.filter(token=lost.token).exists()


def test_signed_out_nobody_changes_a_face(demo, visitor, client_of):
    answer = client_of(visitor).post("/me/face/", {"file": sent(encoded(shade(300, 200), "PNG"))})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/me/face/")
    assert not File.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_pictures_at_once_leave_one_face_and_one_file(member):
    """Two tabs: whichever comes last is the face, and the other one is gone."""
    data, problems = encoded(shade(300, 200), "PNG"), []
    start = threading.Barrier(2)

    def hand_in() -> None:
        try:
            user = User.objects.get(pk=member.pk)
            start.wait()
            set_face(user, sent(data))
        except (UploadRefused, RuntimeError) as problem:
            problems.append(problem)
        finally:
            connection.close()

    hands = [threading.Thread(target=hand_in) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert problems == []
    assert list(File.objects.values_list("token", flat=True)) == [User.objects.get(pk=member.pk).face_token]
