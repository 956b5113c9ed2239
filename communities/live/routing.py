"""The one address of sockets."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from django.urls import path

from communities.live.consumer import Socket

sockets = URLRouter([path("ws/", AuthMiddlewareStack(Socket.as_asgi()))])
