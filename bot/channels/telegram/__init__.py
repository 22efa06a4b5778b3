"""Telegram: python-telegram-bot's `Bot`, types, errors and request class; the polling loop and the offset are our own."""

from bot.channels.telegram.adapter import Telegram
from bot.channels.telegram.incoming import incoming

__all__ = ["Telegram", "incoming"]
