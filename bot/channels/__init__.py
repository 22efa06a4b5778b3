"""What every chat service must offer, and the ways in which sending can fail."""

from collections.abc import Sequence
from typing import Protocol

from bot.messages import Address, Attachment, Caps, Drawn, Sent, Sink


class Channel(Protocol):
    """One chat service. An adapter translates and does nothing else; what the service cannot do is settled in it."""

    name: str
    caps: Caps

    async def run(self, sink: Sink) -> None:
        """Takes in until cancelled. The service is told "received" only after `sink` has returned."""

    async def send(self, to: Address, drawn: Drawn) -> Sent:
        """Sends one card. Raises one of the errors below."""
        ...

    async def update(self, to: Address, message: str, drawn: Drawn) -> Sent:
        """Replaces what a sent message shows, its buttons too. Raises Gone where that is no longer possible."""
        ...

    async def delete(self, to: Address, message: str) -> bool:
        """Takes a message away for good: the bot's own with all its pieces, or a person's. False where the service does not allow it, or
        no more. One that is gone already is taken away."""
        ...

    async def ack(self, handle: str, toast: str) -> None:
        """Acknowledges a press. Best effort: never raises."""

    async def fetch(self, attachment: Attachment) -> bytes:
        """The file's bytes."""
        ...

    def health(self) -> dict[str, object]:
        """`ok` and what an operator wants to know: last successful poll, last error."""
        ...


class ChannelError(Exception):
    """Something went wrong at a chat service."""


class TryLater(ChannelError):
    """The message certainly did not arrive; after `seconds` it may be tried again. `whole` pauses the whole account (429)."""

    def __init__(self, reason: str, seconds: float = 5.0, whole: bool = False) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.whole = whole


class Uncertain(ChannelError):
    """The message may have arrived or not (read timeout, dropped connection, 5xx)."""


class Undeliverable(ChannelError):
    """The service refuses this message for good."""


class Unreachable(ChannelError):
    """This person or group cannot be reached: never pressed Start, blocked the bot, the bot was removed."""


class Moved(ChannelError):
    """The group has a new id (`chat`)."""

    def __init__(self, chat: str) -> None:
        super().__init__(f"moved to {chat}")
        self.chat = chat


class Gone(ChannelError):
    """The message to be edited is no longer there, or may no longer be edited."""


class Stopped(ChannelError):
    """The service does not accept this account any more (401): stop and tell the operator."""


Channels = Sequence[Channel]
