"""A process of its own that fills a community, publishes one story and tells everybody: prints the seconds as JSON."""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


def main() -> None:
    from django.core.management import call_command

    from communities.activity.actions import deliver_due
    from communities.activity.models import Delivery
    from communities.notifications import actions
    from communities.notifications.models import Notification
    from communities.people.models import User
    from tests.bench.seed import fill

    call_command("migrate", verbosity=0)
    Delivery.objects.all().delete()
    scale = float(sys.argv[1])
    fill(scale, posts=0)
    steps, tell = [], actions.tell

    def timed(*arguments: object) -> int:
        began = time.perf_counter()
        done: int = tell(*arguments)  # type: ignore[arg-type]
        steps.append(time.perf_counter() - began)
        return done

    actions.tell = timed  # type: ignore[assignment]
    began = time.perf_counter()
    while Delivery.objects.exists():
        deliver_due()
    seconds = time.perf_counter() - began
    rows = list(Notification.objects.filter(kind="post"))
    Notification.objects.all().delete()
    began = time.perf_counter()
    for at in range(0, len(rows), actions.BATCH):
        for row in rows[at : at + actions.BATCH]:
            row.pk = None
        Notification.objects.bulk_create(rows[at : at + actions.BATCH])
        User.objects.filter(pk__in=[row.user_id for row in rows[at : at + actions.BATCH]]).update(bell_at=rows[at].at)
    bare = time.perf_counter() - began
    print(json.dumps({"told": len(rows), "seconds": seconds, "longest": max(steps), "bare": bare}))


if __name__ == "__main__":
    main()
