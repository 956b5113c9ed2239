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

    def signed_in(pk: str) -> str:
        user = User.objects.get(pk=pk)
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session["_auth_user_backend"] = "communities.people.backend.Backend"
        session["_auth_user_hash"] = user.get_session_auth_hash()
        session.save()
        return f"sessionid={session.session_key}"

    cookie = signed_in(found["reader"])
    writers = ",".join(signed_in(pk) for pk in found["writers"].split(","))
    found["tabs"] = ",".join(signed_in(pk) for pk in found["tabs"].split(","))
    if django.db.connection.vendor == "postgresql":
        with django.db.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(json.dumps({**found, "cookie": cookie, "writers": writers}))


if __name__ == "__main__":
    main()
