"""Several workers at the same moment: one mail a line, five in an hour, one piece of news a person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from communities.activity.actions import deliver_due
from communities.mail.models import Mail
from communities.notifications.mailing import mail_news
from communities.notifications.models import Notification
from tests.communities.notifications.test_bell import ring

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[Any], Any], things: list[Any]) -> list[Any]:
    def run(thing: Any) -> Any:
        try:
            return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(run, things))


def test_workers_that_mail_of_one_line_at_once_write_one_mail(publish, member, insider, confirmed):
    confirmed(member)
    post = publish("Two drums", author=member, space="bench")
    rows = [ring(member, post, kind="comment", key=f"comment:{number}", actor=insider) for number in range(6)]
    at_once(lambda row: mail_news([row]), rows)
    assert Mail.objects.count() == 1
    assert Notification.objects.filter(mailed_at__isnull=False).count() == 1


def test_workers_that_mail_one_person_of_many_things_at_once_keep_the_measure(publish, member, insider, confirmed):
    confirmed(member)
    rows = [
        ring(member, publish(f"Story {number}"), kind="mention", key=f"m:{number}", actor=insider)
        for number in range(8)
    ]
    at_once(lambda row: mail_news([row]), rows)
    assert 1 <= Mail.objects.count() <= 5
    mail_news(list(Notification.objects.filter(kind="mention")))
    assert Mail.objects.count() == 5


def test_workers_that_deliver_at_once_tell_everybody_once(publish, owner, member, insider, circle):
    for number in range(5):
        publish(f"Story {number}")
    at_once(lambda _worker: deliver_due(), [1, 2, 3, 4])
    while deliver_due():
        pass
    told = Notification.objects.filter(kind="post").values_list("user__name", "key")
    assert len(told) == len(set(told)) == 15
