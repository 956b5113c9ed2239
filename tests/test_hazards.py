"""docs/hazards.md stays true: every test that it names exists, and every module that it says holds something."""

import re

import django

from config.bootstrap import ROOT
from tests.named import named_in, not_there

PAGE = ROOT / "docs" / "hazards.md"


def test_every_test_that_the_page_names_exists() -> None:
    assert len(named_in("hazards.md")) > 100
    assert not_there("hazards.md") == []


def test_every_module_that_the_page_names_exists() -> None:
    named = re.findall(r"`((?:communities|content|memberships|config)/[\w/]+(?:\.py|/))`", PAGE.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_django_has_its_repairs() -> None:
    """D06, A19: what was found in its admin and its cache headers is mended from here on."""
    assert django.VERSION >= (5, 2, 19)
