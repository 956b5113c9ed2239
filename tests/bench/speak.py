"""A process that says something in a room when it is asked to, and says when that was committed."""

import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()


def main() -> None:
    from django.db import transaction

    from communities.access.viewer import viewer_for
    from communities.discussion.actions import write_message
    from communities.discussion.models import Room
    from communities.people.models import User

    for line in sys.stdin:
        asked = json.loads(line)
        room = Room.objects.select_related("community").get(pk=asked["room"].split(":")[1])
        viewer = viewer_for(User.objects.get(pk=asked["user"]), room.community)
        committed: list[float] = []
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(time.monotonic()))  # noqa: B023 - it runs within this turn
            message = write_message(viewer, room=room, body="The *margins* are lovely. " + "Slow is smooth. " * 12)
        print(json.dumps({"seq": message.rev, "at": committed[0]}), flush=True)


if __name__ == "__main__":
    main()
