"""What is served over HTTP: the page where people chat, health, metrics, and the door for webhooks."""

from bot.web.server import address, open_socket, serve_web
from bot.web.service import Service
from bot.web.site import make_site

__all__ = ["Service", "address", "make_site", "open_socket", "serve_web"]
