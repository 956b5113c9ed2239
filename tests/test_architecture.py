"""The house rules that a reader could not check by eye: layers, foreign keys, sizes, and who alone may do what."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from importlinter.cli import lint_imports

from config.bootstrap import ROOT

PACKAGES = ("config", "communities", "memberships", "content")
APP_CAP, TEST_CAP, TEMPLATE_CAP, FUNCTION_CAP = 400, 500, 150, 60
CAPS = {"config/settings.py": 350}
EVERYBODY_MAY_POINT_AT = {"people.User", "spaces.Community"}
# Bottom to top: an app's rows point only at rows of apps before it.
ORDER = [
    "access", "activity", "mail", "files", "people", "spaces", "members", "safety", "reactions", "embeds", "comments",
    "notifications", "discussion", "tiers", "posts", "search",
]  # fmt: skip


@cache
def modules(*, tests: bool = False) -> list[tuple[str, ast.Module]]:
    """Every module of ours (tests only when asked) as its path from the root and its syntax tree; migrations left out."""
    return [
        (str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8")))
        for folder in (*PACKAGES, *(["tests"] if tests else []))
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def imports_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offenders(pattern: str, *, allowed: tuple[str, ...]) -> list[str]:
    """Modules that import something matching `pattern` and do not start with an allowed path."""
    wanted = re.compile(pattern)
    return [
        path
        for path, tree in modules()
        if not path.startswith(allowed) and any(wanted.fullmatch(name) for name in imports_of(tree))
    ]


def test_imports_run_one_way() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_foreign_keys_point_downwards() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in ORDER:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey):
                target = field.related_model._meta
                # The two exceptions, and a community's own logo and cover, which are files of its own.
                if target.label in EVERYBODY_MAY_POINT_AT or target.app_label not in ORDER:
                    continue
                if ORDER.index(target.app_label) > ORDER.index(model._meta.app_label):
                    wrong.append(f"{model._meta.label}.{field.name} -> {target.label}")
    assert wrong == []


def test_files_stay_small() -> None:
    long = []
    for path, tree in modules(tests=True):
        length = len((ROOT / path).read_text(encoding="utf-8").splitlines())
        cap = TEST_CAP if path.startswith("tests/") else CAPS.get(path, APP_CAP)
        if length > cap:
            long.append(f"{path}: {length}")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_CAP and not path.startswith("tests/"):
                    long.append(f"{path}:{node.name}: {lines}")
    for template in sorted((ROOT / "templates").rglob("*.html")):
        length = len(template.read_text(encoding="utf-8").splitlines())
        if length > TEMPLATE_CAP:
            long.append(f"{template.relative_to(ROOT)}: {length}")
    assert long == []


def test_most_files_are_short() -> None:
    lengths = sorted(len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path, _tree in modules())
    assert lengths[len(lengths) // 2] <= 80
    assert lengths[int(len(lengths) * 0.9)] <= 200


def test_every_module_says_what_belongs_there() -> None:
    silent = [path for path, tree in modules(tests=True) if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def test_no_module_is_called_after_nothing() -> None:
    empty_names = {"utils", "helpers", "common", "services", "managers", "misc"}
    assert [path for path, _tree in modules() if Path(path).stem in empty_names] == []


def test_views_do_not_write() -> None:
    """HTTP comes in and goes out; rows are written by actions."""
    writes = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
    wrong = []
    for path, tree in modules():
        name = Path(path).stem
        if not (name.startswith(("views", "studio")) or name in {"feeds", "sitemaps", "old_paths"}):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes:
                receiver = ast.unparse(node.func.value)
                if "objects" in receiver or re.search(r"\b(post|member|community|space|user|form|rung)$", receiver):
                    wrong.append(f"{path}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "allowed"),
    [
        (
            r"stripe(\..*)?",
            ("memberships/billing/gateway.py", "memberships/standin/"),
        ),  # which judges and signs with it
        (r"smtplib|django\.core\.mail(\..*)?", ("communities/mail/",)),
        (
            r"(requests|httpx|aiohttp|urllib\.request|http\.client)(\..*)?",
            ("communities/fetch.py", "config/", "memberships/standin/"),
        ),
        (r"channels(_redis)?(\..*)?", ("communities/live/", "config/asgi.py")),
        (r"django\.utils\.safestring\.mark_safe", ("communities/ui/",)),
        (r"django\.db\.models\.signals(\..*)?|django\.dispatch(\..*)?", ()),
    ],
)
def test_some_things_have_one_door(pattern: str, allowed: tuple[str, ...]) -> None:
    assert offenders(pattern, allowed=allowed or ("nowhere/",)) == []


def test_only_access_compares_rungs_roles_and_audiences() -> None:
    """Whoever needs to know asks access. Members turns memberships into viewers and guards roles, by name an exception."""
    allowed = ("communities/access/", "communities/members/", "communities/safety/actions.py", "config/demo/")
    words = {"rung", "listed_rung", "own_rung", "role", "audience", "posting_rung"}
    wrong = []
    for path, tree in modules():
        if path.startswith(allowed) or path.endswith("/models.py"):  # constraints compare columns
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if any(isinstance(side, ast.Attribute) and side.attr in words for side in sides):
                    wrong.append(f"{path}:{node.lineno}")
            if isinstance(node, ast.keyword) and node.arg and re.match(r"(\w+__)?(listed_)?rung__(l|g)te?$", node.arg):
                wrong.append(f"{path}:{node.value.lineno}")
    assert wrong == []


def test_members_alone_write_a_rung() -> None:
    wrong = []
    for path, tree in modules():
        if path.startswith(("communities/members/", "config/demo/")):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            writes = node.func.attr in {"update", "create", "bulk_create", "update_or_create"}
            if writes and re.search(r"\b(Member|RungSource)\b.*objects", ast.unparse(node.func)):
                wrong.append(f"{path}:{node.lineno}")
    assert wrong == []


def test_tasks_are_started_by_the_outbox_only() -> None:
    """A task sent before its transaction commits, or from a request, is how work gets lost."""
    allowed = ("communities/activity/nudge.py", "config/")
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        if not path.startswith(allowed)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async", "send_task"}
    ]
    assert wrong == []


def test_templates_carry_no_script_style_or_raw_text() -> None:
    forbidden = {
        "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>"),
        "style attribute": re.compile(r"\sstyle=[\"']"),
        "style element": re.compile(r"<style\b"),
        "event attribute": re.compile(r"\son[a-z]+=[\"']"),
        "autoescape off": re.compile(r"autoescape off"),
    }
    wrong = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(ROOT))
        if name.startswith("templates/mail/"):  # mail programs know no stylesheets and run no scripts
            continue
        wrong += [f"{name}: {what}" for what, pattern in forbidden.items() if pattern.search(text)]
        # The only text that goes in as it is was cleaned when it was written.
        raw = set(re.findall(r"{{\s*([\w.]+)\s*\|\s*safe", text))
        wrong += [f"{name}: {field}|safe" for field in raw - {"post.html", "html", "totp_svg"}]
    assert wrong == []


def test_the_stand_in_stands_apart() -> None:
    """It knows the site by HTTP only, and the site it."""
    inside = [
        f"{path}: {name}"
        for path, tree in modules()
        if path.startswith("memberships/standin/")
        for name in imports_of(tree)
        if name.split(".")[0] in {*PACKAGES, "django"} and not name.startswith("memberships.standin")
    ]
    outside = [
        path
        for path, tree in modules()
        if not path.startswith("memberships/standin/")
        and any(it.startswith("memberships.standin") for it in imports_of(tree))
    ]
    assert (inside, outside) == ([], [])
