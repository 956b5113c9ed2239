"""Two installations on one Redis: neither hears, keeps or works off anything of the other."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from kombu import Connection

from config.bootstrap import ROOT
from config.processes import end
from tests.servers import start_valkey

MARKS = (
    "from django.conf import settings; "
    "print(settings.CHANNEL_LAYERS['default']['CONFIG']['prefix'], settings.CACHES['default']['KEY_PREFIX'],"
    "settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix'].rstrip('.'))"
)


def mark_of(folder: Path, key: str, redis: str) -> str:
    env = {**os.environ, "HEARTH_DATA": str(folder), "SECRET_KEY": key, "REDIS_URL": redis}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", MARKS], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    channels, keys, queues = done.stdout.split()
    assert channels == keys == queues
    return channels


def test_channels_keys_and_queues_bear_the_mark_of_their_installation(tmp_path: Path) -> None:
    """Numbered databases keep keys apart but not channels, and one database may be given to two by mistake."""
    valkey = start_valkey(tmp_path)
    if valkey is None:
        pytest.skip("no Valkey or Redis on this machine")
    part, server = valkey
    try:
        asked = [("one", "/0"), ("one", "/1"), ("two", "/0"), ("one", ""), ("one", "/0")]
        marks = [mark_of(tmp_path, key, server + number) for key, number in asked]
        assert marks[0] == marks[3] == marks[4] and len(set(marks)) == 3
        with ThreadPoolExecutor(1) as thread:  # in that of the tests a browser may have a loop running already
            assert thread.submit(asyncio.run, heard(server, marks[0], marks[1])).result() == [["said"], []]
        assert queued(server, marks[0], marks[1]) == [["done"], []]
    finally:
        end([part], patience=3)


def queued(server: str, mine: str, theirs: str) -> list[list[str]]:
    """One of them leaves something to be done: what each finds in its queue of the same name."""
    found: list[list[str]] = []
    with ExitStack() as opened:
        boxes = [
            opened.enter_context(Connection(server, transport_options={"global_keyprefix": f"{mark}."})).SimpleQueue(
                "q"
            )
            for mark in (mine, theirs)
        ]
        boxes[0].put("done")
        for box in boxes:
            try:
                message = box.get(timeout=1)
            except box.Empty:
                found.append([])
            else:
                message.ack()
                found.append([message.payload])
            box.close()
    return found


async def heard(server: str, mine: str, theirs: str) -> list[list[str]]:
    """Both listen to room 1, one of them says something in it: what each got."""
    layers = [RedisPubSubChannelLayer(hosts=[f"{server}/{n}"], prefix=mark) for n, mark in enumerate((mine, theirs))]
    ears = [await layer.new_channel() for layer in layers]
    for layer, ear in zip(layers, ears, strict=True):
        await layer.group_add("room.1", ear)
    await layers[0].group_send("room.1", {"type": "said"})
    found = []
    for layer, ear in zip(layers, ears, strict=True):
        try:
            found.append([(await asyncio.wait_for(layer.receive(ear), 2))["type"]])
        except TimeoutError:
            found.append([])
    for layer in layers:
        await layer.flush()
    return found
