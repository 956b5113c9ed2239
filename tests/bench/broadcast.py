"""A bare `websockets` server that does nothing but tell everybody the same: what the fan-out of rooms is compared with."""

import asyncio
import json
import sys
import time

from websockets.asyncio.server import ServerConnection, broadcast, serve

WORDS = "<article>" + "x" * 900 + "</article>"  # about as many bytes as a message
tabs: set[ServerConnection] = set()


async def keep(tab: ServerConnection) -> None:
    tabs.add(tab)
    await tab.wait_closed()
    tabs.discard(tab)


async def main() -> None:
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.readline)
    async with serve(keep, "127.0.0.1", 0, compression=None) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            at = time.monotonic()
            broadcast(tabs, json.dumps({"seq": json.loads(line)["seq"], "html": WORDS}))
            print(json.dumps({"at": at}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
