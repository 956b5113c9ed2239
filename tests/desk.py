"""Brand staff for the tests of the admin, and what their pages are asked."""

from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from communities.people.models import User
from tests.conftest import make_user

GROUPS = ("analyst", "support", "moderator", "manager")


def brand(name: str, group: str = "") -> User:
    """Somebody of the brand's staff, in the group of that name (by default their own)."""
    found = Group.objects.filter(name=group or name).first()
    if found is None or not found.permissions.exists():  # a test with a real server empties every table after itself
        import_module("config.migrations.0001_brand_groups").make_groups(apps, None)
        found = Group.objects.get(name=group or name)
    user = make_user(name, is_staff=True)
    user.groups.add(found)
    return user


def root() -> User:
    return make_user("root", is_staff=True, is_superuser=True)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="communities.people.backend.Backend")
    return client


def rows_of_everything(*, but: tuple[str, ...] = ("django_session",)) -> dict[str, list[Any]]:
    """Every row of every table, to say afterwards that nothing changed."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in but]
        kept = {}
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            kept[table] = sorted(repr(row) for row in cursor.fetchall())
    return kept
