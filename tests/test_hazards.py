"""docs/hazards.md stays true: every test that it names exists, and every module that it says holds something."""

import ast
import re

import django

from config.bootstrap import ROOT

PAGE = ROOT / "docs" / "hazards.md"


def test_every_test_that_the_page_names_exists() -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE.read_text())
    assert len(named) > 100
    there = {
        (path, node.name)
        for path in {path for path, _name in named}
        for node in ast.parse((ROOT / "tests" / path).read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    assert [one for one in named if one not in there] == []


def test_every_module_that_the_page_names_exists() -> None:
    named = re.findall(r"`((?:communities|content|memberships|config)/[\w/]+(?:\.py|/))`", PAGE.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_django_has_its_repairs() -> None:
    """D06, A19: what was found in its admin and its cache headers is mended from here on."""
    assert django.VERSION >= (5, 2, 19)
