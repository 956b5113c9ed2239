"""The four groups of brand staff and exactly what each may. It stands in the composition root because it names models of every package."""

from typing import Any

from django.apps import apps as real_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOKS = {
    "people.user",
    "spaces.community",
    "spaces.space",
    "spaces.rung",
    "members.member",
    "posts.post",
    "posts.tag",
    "comments.comment",
    "comments.thread",
    "discussion.room",
    "discussion.message",
    "files.file",
    "activity.activity",
    "safety.act",
    "safety.report",
    "tiers.tier",
    "tiers.grant",
    "billing.coupon",
}
TALK = {"comments.comment", "comments.thread", "discussion.message"}
DOOR = {"members.joinrequest", "members.invitation"}
MONEY = {
    *("billing.subscription", "billing.invoice", "billing.purchase", "billing.stripeevent", "billing.brandshare"),
    *("billing.dispute", "billing.look", "tiers.gift", "tiers.pool", "tiers.ask"),
}
EVERYTHING = (
    LOOKS
    | DOOR
    | MONEY
    | {"people.export", "people.closing", "activity.delivery", "mail.mail", "auth.group", "admin.logentry"}
)

# group -> verb -> models. "change" of what an action owns is the right to press its buttons.
GROUPS: dict[str, dict[str, set[str]]] = {
    "analyst": {"view": LOOKS},
    "support": {
        "view": {
            "people.user",
            "spaces.community",
            "spaces.rung",
            "members.member",
            "mail.mail",
            "people.export",
            "people.closing",
            "billing.coupon",
            *MONEY,
            *DOOR,
        },
        "change": {"mail.mail", "people.export"},
    },
    "moderator": {
        "view": LOOKS | DOOR | {"admin.logentry"},
        "change": {"posts.post", "posts.tag", "members.member", "safety.report", *TALK, *DOOR},
        "delete": {"posts.tag"},
    },
    "manager": {
        "view": EVERYTHING,
        "add": {"spaces.community", "spaces.space", "spaces.rung", "billing.brandshare"},
        "change": {
            "people.user",
            "spaces.community",
            "spaces.space",
            "spaces.rung",
            "members.member",
            "posts.post",
            "posts.tag",
            "activity.delivery",
            "mail.mail",
            "people.export",
            "safety.report",
            "discussion.room",
            *TALK,
            "billing.stripeevent",
            "billing.look",
            "billing.subscription",
            "billing.invoice",
            *DOOR,
        },
        "delete": {"posts.tag"},
    },
}


def make_groups(apps: Any, schema_editor: Any) -> None:
    """Permissions are otherwise made after all migrations; here they are needed now."""
    for label in sorted({name.split(".")[0] for name in EVERYTHING}):
        create_permissions(real_apps.get_app_config(label), verbosity=0, interactive=False, apps=apps)
    permission, group = apps.get_model("auth", "Permission"), apps.get_model("auth", "Group")
    for name, verbs in GROUPS.items():
        row, _new = group.objects.get_or_create(name=name)
        for verb, models in verbs.items():
            for app, model in (one.split(".") for one in models):
                codename = f"{verb}_{model}"
                row.permissions.add(permission.objects.get(content_type__app_label=app, codename=codename))


class Migration(migrations.Migration):
    # Only that the models exist matters, so the first migration of each app is enough.
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("activity", "0001_initial"),
        ("billing", "0001_initial"),
        ("comments", "0001_initial"),
        ("discussion", "0001_initial"),
        ("files", "0001_initial"),
        ("mail", "0001_initial"),
        ("members", "0001_initial"),
        ("people", "0001_initial"),
        ("posts", "0001_initial"),
        ("safety", "0001_initial"),
        ("spaces", "0001_initial"),
        ("tiers", "0001_initial"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
