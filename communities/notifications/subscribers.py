"""The one subscriber that makes news of what happened."""

from communities.activity.models import Activity
from communities.activity.registry import stepper
from communities.notifications.actions import tell_step
from communities.notifications.kinds import HEARD


@stepper("notify", HEARD)
def notify(activity: Activity, rest: str) -> str:
    return tell_step(activity, rest)
