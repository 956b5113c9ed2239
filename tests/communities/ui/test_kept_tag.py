"""The navigation is made once for all who stand alike, and never for anybody else."""

import pytest

pytestmark = pytest.mark.django_db


def rail(browser, path: str = "/c/demo/") -> str:
    page = browser.get(path).content.decode()
    return page[page.index('<header class="rail">') : page.index('<div class="end">')]


def test_each_role_and_step_keeps_a_navigation_of_its_own(demo, client_of, owner, moderator, insider, member):
    twice = [[rail(client_of(who)) for who in (owner, moderator, insider, member)] for _time in range(2)]
    assert twice[0] == twice[1]
    of_owner, of_moderator, of_insider, of_member = twice[0]
    assert "/c/demo/studio/look/" in of_owner
    assert "/c/demo/studio/look/" not in of_moderator
    assert "/c/demo/studio/" in of_moderator
    assert "/c/demo/studio/" not in of_insider
    assert "?space=table" in of_insider
    assert "?space=table" not in of_member


def test_a_page_marks_itself_and_not_what_was_kept_before(demo, client_of, member):
    assert 'aria-current="page"' in rail(client_of(member))
    journal = rail(client_of(member), "/c/demo/?space=journal")
    assert journal.count('aria-current="page"') == 1
    assert journal.index("?space=journal") < journal.index('aria-current="page"')


def test_the_menu_in_the_rail_is_ones_own(demo, client_of, member, circle):
    for who, other in ((member, circle), (circle, member)):
        page = client_of(who).get("/c/demo/").content.decode()
        menu = page[page.index('<div class="end">') :]
        assert who.name in menu
        assert f">{other.name}<" not in menu
