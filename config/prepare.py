"""Brings the data folder to what the code expects, in one process: refusals, migrations, demo people, static files.

A refusal is the last line on standard error, with exit code 3.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from config.datafolder import DataFolder, Refusal

REFUSED = 3


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.db import DatabaseError

    django.setup()
    try:
        DataFolder(settings.HEARTH_DATA).open()
        migrate_database(settings.HEARTH_DATA / "migrations.json")
    except (Refusal, DatabaseError) as problem:
        said = str(problem).strip().splitlines() or [type(problem).__name__]
        print(said[0] if isinstance(problem, Refusal) else f"The database cannot be used: {said[0]}", file=sys.stderr)
        return REFUSED
    if settings.DEMO:
        fill_demo()
    collect_static(settings.HEARTH_DATA / "static.stamp")
    return 0


def migrate_database(remembered: Path) -> None:
    """Apply what is missing; refuse a database that is ahead of the code, or was made by other first migrations."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    on_disk = executor.loader.disk_migrations
    applied = set(executor.loader.applied_migrations)
    known = set(on_disk) | {old for migration in on_disk.values() for old in migration.replaces}
    if unknown := sorted(applied - known):
        name = ".".join(unknown[0])
        raise Refusal(
            f"The database has migrations that this version of Hearth does not know ({name}"
            f"{f' and {len(unknown) - 1} more' if len(unknown) > 1 else ''}); "
            "start the version that made it, or name another HEARTH_DATA."
        )
    digests = first_migrations(on_disk)
    before = json.loads(remembered.read_text(encoding="utf-8")) if remembered.is_file() else {}
    for name, digest in digests.items():
        if before.get(name, digest) != digest and tuple(name.split(".")) in applied:
            raise Refusal(
                f"The database was made by another version of {name} than this one; name another HEARTH_DATA."
            )
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    if digests != before:
        remembered.write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def first_migrations(on_disk: Mapping[tuple[str, str], object]) -> dict[str, str]:
    """A digest of what each of our own first migrations does; until 1.0 these change in place."""
    digests = {}
    for (app, name), migration in on_disk.items():
        module = sys.modules[type(migration).__module__]
        file = Path(module.__file__ or "")
        if name.endswith("_initial") and file.is_relative_to(Path(__file__).resolve().parent.parent) and ours(file):
            tree = ast.dump(ast.parse(file.read_text(encoding="utf-8")))
            digests[f"{app}.{name}"] = hashlib.sha256(tree.encode()).hexdigest()[:16]
    return dict(sorted(digests.items()))


def ours(file: Path) -> bool:
    return "site-packages" not in file.parts


def fill_demo() -> None:
    """Only into a database with nobody in it: a second start keeps what people did."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command, get_commands

    if "seed_demo" not in get_commands() or get_user_model()._default_manager.exists():
        return
    print("Filling the demo (once) ...", flush=True)
    call_command("seed_demo")


def collect_static(stamp: Path) -> None:
    """Copy, name by content and compress the static files, where any of them changed since the last start."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
