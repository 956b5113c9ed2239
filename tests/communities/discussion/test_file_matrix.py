"""Files on messages x viewer x address: each answers by the room, and what was never sent by whoever handed it in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from communities.discussion.models import Message
from communities.files.models import WAITING, File
from tests.matrix import ENCLOSED, EVERYBODY, House, client_for, every_address_of
from tests.test_access_matrix import house

pytestmark = pytest.mark.django_db
__all__ = ["house"]


def test_each_file_of_a_message_answers_by_its_room(house: House, client_of: Callable[[Any], Client]) -> None:
    """200 where the message is read, else the one 404, at every address; the one who handed it in alone has what was never sent."""
    by_id = {message.pk: name for name, message in house.messages.items()}
    files = {file: by_id[file.parent_id] for file in File.objects.filter(parent_kind=Message.KIND)}
    files |= dict.fromkeys(File.objects.filter(parent_kind=WAITING), "waiting")
    assert {*files.values(), "spoken-removed"} == set(ENCLOSED)
    wrong = []
    for who in sorted(EVERYBODY):
        browser = client_for(house.people[who], client_of)
        for file, name in files.items():
            expected = 200 if who in ENCLOSED[name] else 404
            for address in every_address_of(file):
                got = browser.get(address).status_code
                if got != expected:
                    wrong.append((who, name, address, got, expected))
    assert wrong == []
