"""A process that holds many open tabs: says for each number when the last of them had it, how many had it at all, and what any of
them heard twice."""

import asyncio
import json
import sys
import time
from collections import defaultdict
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 20.0  # seconds for one message
counts: defaultdict[int, int] = defaultdict(int)
doubled = 0  # numbers that a tab heard again
lasts: dict[int, float] = {}


async def hold(url: str, topic: str, cookie: str, ready: asyncio.Semaphore) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    origin: Any = url.replace("ws:", "http:").replace("/ws/", "").rstrip("/")
    async with ready:
        tab: ClientConnection = await connect(url, origin=origin, additional_headers=headers, compression=None)
        if topic:
            await tab.send(json.dumps({"do": "join", "topic": topic}))
            while json.loads(await tab.recv()).get("kind") != "joined":
                pass
    asyncio.get_running_loop().create_task(listen(tab), name="tab")


async def listen(tab: ClientConnection) -> None:
    global doubled
    heard: set[int] = set()
    async for text in tab:
        seq = json.loads(text)["seq"]
        if seq in heard:
            doubled += 1
        elif seq:
            heard.add(seq)
            counts[seq] += 1
            lasts[seq] = time.monotonic()


async def main(url: str, size: int, topic: str) -> None:
    loop = asyncio.get_running_loop()
    cookies = json.loads(await loop.run_in_executor(None, sys.stdin.readline))["cookies"]
    ready = asyncio.Semaphore(20)
    await asyncio.gather(*(hold(url, topic, cookies[n % len(cookies)], ready) for n in range(size)))
    print(json.dumps({"open": size}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        seq = json.loads(line)["seq"]
        ends = time.monotonic() + PATIENCE
        while counts[seq] < size and time.monotonic() < ends:
            await asyncio.sleep(0.005)
        told = {"count": counts[seq], "last": lasts.get(seq, ends), "doubled": doubled}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
