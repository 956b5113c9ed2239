"""A process of its own that migrates, fills and signs a reader in: prints the addresses and the session as JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


def main() -> None:
    from django.contrib.sessions.backends.cached_db import SessionStore
    from django.core.management import call_command

    from communities.people.models import User
    from tests.bench.seed import fill

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    found = fill(float(sys.argv[1]))
    reader = User.objects.get(pk=found["reader"])
    session = SessionStore()
    session["_auth_user_id"] = str(reader.pk)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = reader.get_session_auth_hash()
    session.save()
    if django.db.connection.vendor == "postgresql":
        with django.db.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(json.dumps({**found, "cookie": f"sessionid={session.session_key}"}))


if __name__ == "__main__":
    main()
