"""The web part of `manage.py up`: uvicorn on sockets that the supervisor has opened already."""

from __future__ import annotations

import os
import socket
from importlib import import_module


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    import uvicorn
    from django.conf import settings

    # Everything slow is read while the database is still being prepared; the pipe says when that is done.
    django.setup()
    import_module(settings.ROOT_URLCONF)
    wait_for_go(os.environ.pop("HEARTH_GO_FD", ""))
    sockets = [socket.socket(fileno=int(number)) for number in os.environ.pop("HEARTH_SOCKET_FDS").split(",")]
    from config.asgi import application

    config = uvicorn.Config(
        application,
        lifespan="off",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=3,
        # A tab asks for little; compressing every frame for every tab would cost more memory than it saves.
        ws_max_size=65_536,
        ws_per_message_deflate=False,
    )
    uvicorn.Server(config).run(sockets=sockets)


def wait_for_go(number: str) -> None:
    """Read one byte; an end without it means that the preparation failed."""
    if not number:
        return
    with os.fdopen(int(number), "rb") as pipe:
        if pipe.read(1) != b"g":
            raise SystemExit(0)


if __name__ == "__main__":
    main()
