"""Pages of docs that name tests: `path/below/tests.py::test_name` in backticks, and whether each of them is there."""

import ast
import re
from functools import lru_cache

from config.bootstrap import ROOT

NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def named_in(page: str) -> list[tuple[str, str]]:
    """Every test that a page of docs/ names."""
    return NAMED.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


@lru_cache
def tests_of(path: str) -> frozenset[str]:
    file = ROOT / "tests" / path
    if not file.exists():
        return frozenset()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))


def not_there(page: str) -> list[tuple[str, str]]:
    return [(path, name) for path, name in named_in(page) if name not in tests_of(path)]
