"""One port for everything: pages run as WSGI in a few threads, which serves twice the pages of Django's own ASGI; sockets
run in the loop beside them. In production the same application serves `/ws/` alone."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from config.wsgi import application as pages

from communities.live.routing import sockets  # isort: skip - models can be imported once the pages stand

Message = MutableMapping[str, Any]
THREADS = int(os.environ.get("WEB_THREADS", "4"))

# Django's handler answers an HttpResponse, which is the iterable that WSGI asks for.
over_http: Any = WSGIMiddleware(cast(Any, pages), workers=THREADS)


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "http":
        await over_http(scope, receive, send)
    elif scope["type"] == "websocket" and scope["path"] == "/ws/":
        await sockets(scope, receive, send)
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403})  # before the accept: a 403 at the handshake
