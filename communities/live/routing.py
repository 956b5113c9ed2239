"""The one address of sockets."""

from channels.routing import URLRouter
from django.urls import path

from communities.live.consumer import Socket

sockets = URLRouter([path("ws/", Socket.as_asgi())])
